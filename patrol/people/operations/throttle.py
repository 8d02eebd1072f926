"""Throttling by fixed windows, counted in the database so that it holds over all processes."""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from config.database import transaction
from patrol.errors import TooMany
from patrol.people.models import Throttle


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in each window of that length. What `key` names is kept as a digest only."""

    key: str
    most: int
    every: timedelta

    def window(self, now: datetime) -> tuple[str, datetime]:
        """The row that counts it at present."""
        length = self.every.total_seconds()
        began = math.floor(now.timestamp() / length) * length
        return hashlib.sha256(self.key.encode()).hexdigest(), datetime.fromtimestamp(began, UTC)


def throttle(key: str, *, most: int, every: timedelta, now: datetime) -> None:
    """Count one attempt for `key`. Raises TooMany beyond `most` in the present window."""
    count((Limit(key, most, every),), now=now)


def count(limits: Iterable[Limit], *, now: datetime) -> None:
    """Count one attempt towards each limit, in one statement. Raises TooMany when one of them is passed."""
    rows = {limit.window(now): limit for limit in limits}
    # In the same order everywhere: two that count the same keys would deadlock otherwise.
    new = [{"key": key, "window_began": began, "count": 1} for key, began in sorted(rows)]
    with transaction():
        counted = list(
            Throttle.insert_many(new)
            .on_conflict(
                conflict_target=[Throttle.key, Throttle.window_began], update={Throttle.count: Throttle.count + 1}
            )
            .returning(Throttle)
            .execute()
        )
    passed = [row for row in counted if row.count > rows[row.key, row.window_began].most]
    if passed:
        ends = max(row.window_began + rows[row.key, row.window_began].every for row in passed)
        raise TooMany(retry_after_s=math.ceil((ends - now).total_seconds()))


def take_back(limits: Iterable[Limit], *, now: datetime) -> None:
    """What was counted went well after all."""
    rows = sorted(limit.window(now) for limit in limits)
    counted = [(Throttle.key == key) & (Throttle.window_began == began) for key, began in rows]
    with transaction():
        for row in counted:
            Throttle.update(count=Throttle.count - 1).where(row & (Throttle.count > 0)).execute()


def forget_windows(*, before: datetime) -> int:
    """Drop windows that began before then. Returns how many."""
    with transaction():
        return int(Throttle.delete().where(Throttle.window_began < before).execute())
