"""The dogs' welfare before and during a walk: what they may do now, and when they are to be home."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from config.database import transaction
from config.due import one_by_one
from notifications.outbox import Words, announce, enqueue
from patrol.errors import NotFound
from patrol.people.operations.accounts import coordinators_of
from patrol.places.models import City
from patrol.places.operations.cities import zone_of
from patrol.shifts.models import Shift
from patrol.teams.models import Team
from patrol.teams.operations.welfare import Watch, WeatherAt, in_words, names_of, watch_over
from patrol.teams.rules import Gate, Weather, strictest
from patrol.walks import rules
from patrol.walks.models import Walk
from patrol.walks.operations.outings import outings_of

WALKED = ("walking", "walked")

TITLES: dict[str, dict[str, str]] = {
    "stop": {"ko": "지금 순찰을 마쳐 주세요", "en": "Please end the walk now"},
    "minutes": {"ko": "돌아갈 시간입니다", "en": "Time to go home"},
}
ADVICE: dict[str, dict[str, str]] = {
    "stop": {
        "ko": "{why}. 그늘로 옮겨 물을 주고 집으로 돌아가 주세요.",
        "en": "{why}. Go into the shade, give water and go home.",
    },
    "minutes": {
        "ko": "오늘 반려견이 걸을 수 있는 시간을 다 썼습니다. 집으로 돌아가 주세요.",
        "en": "The dogs have been out for as long as they may today. Please go home.",
    },
}

WeatherOf = Callable[[City], WeatherAt]


@dataclass(frozen=True, slots=True)
class Present:
    """What a team may do at an instant, and what that follows from. `until`: when it may walk next, if not now."""

    team: Team
    at: datetime
    wanted_min: int
    gate: Gate
    names: list[str]
    until: datetime | None
    weather: Weather | None
    daylight: bool


def wanted_min(shift: Shift) -> int:
    """Minutes of a shift's walk."""
    return math.ceil(shift.duration_s / 60)


def watch_of(shift: Shift, weather: WeatherAt) -> Watch:
    """What looks after the dogs on a shift's walk: their other walks are those that they really went on."""
    besides = outings_of(shift.team, shift.evening, besides=Shift.id == shift.id, states=WALKED)
    return watch_over(shift.team, weather=weather, on=shift.evening, besides=besides)


def present(person: UUID, city: City, *, shift_id: UUID | None, weather: WeatherAt, now: datetime) -> Present:
    """What the person's active team may do now: on one of its shifts, or on a walk as usual. Raises NotFound."""
    mine = (Team.handler == person) & (Team.city == city)
    if shift_id is not None:
        shift = Shift.select(Shift, Team).join(Team).where(mine & (Shift.id == shift_id)).first()
        if shift is None:
            raise NotFound
        return _present(watch_of(shift, weather), wanted_min(shift), now)
    team = Team.get_or_none(mine & (Team.state == "active"))
    if team is None:
        raise NotFound
    today = now.astimezone(zone_of(city)).date()
    besides = outings_of(team, today, states=WALKED)
    return _present(watch_over(team, weather=weather, on=today, besides=besides), team.walk_min, now)


def _present(watch: Watch, minutes: int, at: datetime) -> Present:
    gate = watch.gate(at, minutes)
    names = names_of(gate.dogs)
    return Present(
        team=watch.team,
        at=at,
        wanted_min=minutes,
        gate=gate,
        names=[names[dog] for dog in gate.dogs],
        until=watch.allowed_again(at, minutes) if gate.verdict == "stop" else None,
        weather=watch.weather(at),
        daylight=watch.daylight(at),
    )


def look_after_dogs(weather_of: WeatherOf, now: datetime) -> int:
    """Look at every walk under way, as a phone may be silent; returns how many are newly flagged. Due job."""
    out = Walk.select(Walk.id, Walk.city).where(Walk.state.in_(rules.UNDER_WAY))
    return sum(one_by_one("dogs", out, lambda walk: _look_after(walk, weather_of, now)))


def _look_after(walk: Walk, weather_of: WeatherOf, now: datetime) -> bool:
    with transaction():
        still = (Walk.id == walk.id) & (Walk.state != "ended")
        if not Walk.update(heard_at=Walk.heard_at).where(still).execute():  # held: a batch comes before or after
            return False
        before = Walk.get_by_id(walk.id)
        return check(before, weather_of(before.city), now=now).flag != before.flag


def check(walk: Walk, weather: WeatherAt, *, now: datetime) -> Walk:
    """Look at the dogs of a walk that is held, and tell the handler once when they are to be home.

    The strictest gate of a walk stays: a dog that was too hot is not well because a cloud came.
    """
    if walk.state == "ended":
        return walk
    watch = watch_of(walk.shift, weather)
    gate = strictest([gate_in(walk.strictest or walk.gate), watch.gate(now, wanted_min(walk.shift))])
    ends = now if gate.verdict == "stop" else home_by(watch, gate, walk.shift, walk.started_at)
    end_by = min(ends, walk.end_by or ends)
    flag = "stop" if gate.verdict == "stop" else "minutes" if end_by <= now else None
    seen = plain(gate)
    if (seen, end_by, flag) == (walk.strictest, walk.end_by, walk.flag):
        return walk
    Walk.update(strictest=seen, end_by=end_by, flag=flag).where(Walk.id == walk.id).execute()
    changed: Walk = Walk.get_by_id(walk.id)
    if flag is not None and flag != walk.flag:
        _tell(changed, flag, gate, now)
    return changed


def home_by(watch: Watch, gate: Gate, shift: Shift, started_at: datetime) -> datetime:
    """When the dogs are to be back from a walk that this gate allows."""
    cap = watch.policy.walk.hard_cap_min
    out_min = rules.out_at_most(gate.most_min, wanted_min(shift), cap_min=cap, left_min=watch.minutes_left())
    return started_at + timedelta(minutes=out_min)


def _tell(walk: Walk, flag: str, gate: Gate, now: datetime) -> None:
    """A message to the handler, and a line for the coordinators' open pages."""
    names = names_of(gate.dogs)
    why = in_words(gate.reasons, list(names.values()))
    title, advice = TITLES[flag], ADVICE[flag]
    words: Words = {
        "ko": {"title": title["ko"], "body": advice["ko"].format(why=why["ko"])},
        "en": {"title": title["en"], "body": advice["en"].format(why=why["en"])},
    }
    enqueue(
        city=walk.city_id,
        people=[walk.team.handler_id],
        kind="walk_welfare",
        words=words,
        link="/walk",
        subject=walk.id,
        urgent=True,
        dedupe_key=f"walk:{walk.id}:welfare:{flag}",
        now=now,
    )
    content = {"id": str(walk.id), "state": walk.state, "flag": flag}
    announce(
        city=walk.city_id,
        people=coordinators_of(walk.city_id, walk.team.district_id),
        kind="walk",
        content=content,
        now=now,
    )


def shown(walks: Iterable[Walk]) -> dict[UUID, dict[str, Any]]:
    """Walk → its strictest gate so far in words, when the dogs are to be back, and its flag."""
    gates = {walk: gate_in(walk.strictest or walk.gate) for walk in walks}
    known = names_of(dog for gate in gates.values() for dog in gate.dogs)
    return {walk.id: _in_full(walk, gate, known) for walk, gate in gates.items()}


def _in_full(walk: Walk, gate: Gate, known: Mapping[UUID, str]) -> dict[str, Any]:
    names = [known[dog] for dog in gate.dogs if dog in known]
    return {
        "verdict": gate.verdict,
        "most_min": gate.most_min,
        "reasons": list(gate.reasons),
        "dogs": names,
        "words": in_words(gate.reasons, names),
        "end_by": walk.end_by,
        "flag": walk.flag,
    }


def gate_in(kept: Mapping[str, Any]) -> Gate:
    """A gate as a walk keeps it; older ones name no dogs."""
    dogs = tuple(UUID(dog) for dog in kept.get("dogs", ()))
    return Gate(kept["verdict"], kept["most_min"], tuple(kept["reasons"]), dogs)


def plain(gate: Gate) -> dict[str, Any]:
    """A gate as a walk keeps it."""
    return {
        "verdict": gate.verdict,
        "most_min": gate.most_min,
        "reasons": list(gate.reasons),
        "dogs": [str(dog) for dog in gate.dogs],
    }
