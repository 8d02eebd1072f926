"""Where people are reached by channels that leave the house."""

from datetime import datetime
from uuid import UUID

from config.database import transaction
from notifications.models import Address


def put_address(*, city: UUID, person: UUID, channel: str, value: str, now: datetime) -> None:
    """Reach `person` at `value` by `channel`; known already, nothing changes."""
    with transaction():
        Address.insert(
            city=city, person=person, channel=channel, value=value, created_at=now
        ).on_conflict_ignore().execute()


def forget_addresses(*, person: UUID) -> None:
    """Reach `person` by no channel that leaves the house."""
    with transaction():
        Address.delete().where(Address.person == person).execute()
