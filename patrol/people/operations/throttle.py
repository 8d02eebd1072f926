"""Throttling by fixed windows, counted in the database so that it holds over all processes."""

import math
from datetime import UTC, datetime, timedelta

from config.database import transaction
from patrol.errors import TooMany
from patrol.people.models import Throttle


def throttle(key: str, *, most: int, every: timedelta, now: datetime) -> None:
    """Count one attempt for `key`. Raises TooMany beyond `most` in the present window."""
    length = every.total_seconds()
    began = math.floor(now.timestamp() / length) * length
    window = datetime.fromtimestamp(began, UTC)
    with transaction():
        Throttle.insert(key=key, window_began=window, count=0).on_conflict_ignore().execute()
        row = (Throttle.key == key) & (Throttle.window_began == window)
        Throttle.update(count=Throttle.count + 1).where(row).execute()
        count = Throttle.get(row).count
    if count > most:
        raise TooMany(retry_after_s=math.ceil(began + length - now.timestamp()))


def forget_windows(*, before: datetime) -> int:
    """Drop windows that began before then. Returns how many."""
    with transaction():
        return int(Throttle.delete().where(Throttle.window_began < before).execute())
