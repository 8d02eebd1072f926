"""Where people are reached by channels that leave the house."""

from datetime import datetime
from uuid import UUID

from config.database import transaction
from notifications.models import Address


def put_address(*, city: UUID, person: UUID, channel: str, value: str, now: datetime) -> None:
    """From now on `person` is reached by `channel` at `value` and nowhere else. Again the same: nothing happens."""
    with transaction():
        here = (Address.person == person) & (Address.channel == channel)
        Address.delete().where(here & (Address.value != value)).execute()
        if not Address.select().where(here).exists():
            Address.create(city=city, person=person, channel=channel, value=value, created_at=now)
