"""How people want to be reached: by which channels, when not, how often. Immediate messages heed none of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from config.database import transaction
from config.policy import Notifications
from notifications.models import CHANNELS, CityPreference, Preference

GROUPS: dict[str, tuple[str, ...]] = {
    "sightings": ("sighting", "receipt", "notice", "alert"),
    "shifts": ("shift", "shifts", "walk", "plan"),
    "team": ("team", "dog", "training", "test"),
    "other": (),
}
"""Group of messages → how the kinds in it begin, up to the first underscore. What fits nowhere is `other`."""
USUAL_CHANNELS = ("email", "fcm", "web_push")
"""What is not urgent comes by these unless its recipient chose otherwise: a text message costs the city money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What holds for one person: their own choice, else their city's. `language` None: as each device has it.

    `quiet_from` and `quiet_until` are HH:MM in `zone`, both None for no quiet hours. `weekly_budget` None: no limit.
    """

    zone: str = "UTC"
    language: str | None = None
    channels: Mapping[str, list[str]] = field(default_factory=dict)
    quiet_from: str | None = None
    quiet_until: str | None = None
    weekly_budget: int | None = None
    bundle_min: int = 0

    def wants(self, kind: str, channel: str) -> bool:
        """Whether messages of this kind that are not urgent come by this channel."""
        return channel in self.channels.get(group_of(kind), USUAL_CHANNELS)

    def quiet_ends(self, now: datetime) -> datetime | None:
        """The end of the quiet hours that `now` is in; None outside them."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return None
        begins, ends = time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_until)
        here = now.astimezone(ZoneInfo(self.zone))
        clock = here.time()
        within = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
        if not within:
            return None
        day = here.date() + timedelta(days=1 if clock >= ends else 0)
        return datetime.combine(day, ends, ZoneInfo(self.zone)).astimezone(now.tzinfo)


def group_of(kind: str) -> str:
    """The group of a kind of message: `shift_offered` → `shifts`."""
    first = kind.split("_", 1)[0]
    return next((group for group, beginnings in GROUPS.items() if first in beginnings), "other")


def put_city_preference(city: UUID, *, zone: str, usual: Notifications) -> None:
    """What holds in a city from now on for whoever has chosen nothing."""
    values = {
        "zone": zone,
        "quiet_from": usual.quiet_from,
        "quiet_until": usual.quiet_until,
        "weekly_budget": usual.weekly_budget or None,
        "bundle_min": usual.bundle_min,
    }
    with transaction():
        CityPreference.insert(city=city, **values).on_conflict(
            conflict_target=[CityPreference.city], update=values
        ).execute()


def put_preference(
    *,
    city: UUID,
    person: UUID,
    language: str | None,
    channels: Mapping[str, list[str]],
    quiet_from: str | None,
    quiet_until: str | None,
    weekly_budget: int | None,
    bundle_min: int,
    now: datetime,
) -> None:
    """A person's own choice, whole; it takes the place of the one before. Quiet hours are both given or both None."""
    values: dict[str, Any] = {
        "language": language,
        "channels": {group: sorted(names) for group, names in channels.items()},
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "weekly_budget": weekly_budget,
        "bundle_min": bundle_min,
        "changed_at": now,
    }
    with transaction():
        Preference.insert(person=person, city=city, **values).on_conflict(
            conflict_target=[Preference.person], update=values
        ).execute()


def chosen(people: Mapping[UUID, UUID]) -> dict[UUID, Chosen]:
    """What holds for each of `people` (person → city)."""
    if not people:
        return {}
    cities = {row.city: row for row in CityPreference.select().where(CityPreference.city.in_(_each(people.values())))}
    own = {row.person: row for row in Preference.select().where(Preference.person.in_(_each(people)))}
    return {person: _of(own.get(person), cities.get(city)) for person, city in people.items()}


def _of(own: Preference | None, usual: CityPreference | None) -> Chosen:
    held = own or usual
    if held is None:
        return Chosen()
    return Chosen(
        zone=usual.zone if usual else "UTC",
        language=own.language if own else None,
        channels=own.channels if own else {},
        quiet_from=held.quiet_from,
        quiet_until=held.quiet_until,
        weekly_budget=held.weekly_budget,
        bundle_min=held.bundle_min,
    )


def _each(ids: Iterable[UUID]) -> list[UUID]:
    return sorted(set(ids))


assert set(USUAL_CHANNELS) <= set(CHANNELS)  # noqa: S101 - a channel that nothing delivers is a bug
