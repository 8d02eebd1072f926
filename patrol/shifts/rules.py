"""Pure decisions about shifts: states, times, the part of a route that others see, the words of a turn."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

STATES = ("offered", "accepted", "declined", "expired", "withdrawn", "walking", "walked", "missed")
KOREAN = {
    "offered": "제안됨",
    "accepted": "수락함",
    "declined": "거절함",
    "expired": "답 없이 닫힘",
    "withdrawn": "취소됨",
    "walking": "순찰 중",
    "walked": "마침",
    "missed": "시작하지 않음",
}
"""What a state is called in Korean."""
LIVE = ("offered", "accepted", "walking")
"""States in which a team is taken."""

TRANSITIONS: dict[tuple[str, str], str] = {
    ("offered", "accept"): "accepted",
    ("offered", "decline"): "declined",
    ("accepted", "decline"): "declined",  # something came up
    ("offered", "expire"): "expired",
    ("offered", "withdraw"): "withdrawn",
    ("accepted", "withdraw"): "withdrawn",
    ("accepted", "start"): "walking",
    ("accepted", "miss"): "missed",
    ("missed", "start"): "walking",  # begun in time by a phone without a network, and heard of late
    ("walking", "finish"): "walked",
}
"""(state, action) → state. What is not here is refused."""

LEAST_TO_ANSWER = timedelta(minutes=15)
QUARTER_S = 900


def states_with(action: str) -> tuple[str, ...]:
    """The states that an action leads out of."""
    return tuple(state for state, named in TRANSITIONS if named == action)


@dataclass(frozen=True, slots=True)
class Times:
    """From when until when a walk may start, and until when a shift may be accepted."""

    opens_at: datetime
    closes_at: datetime
    answer_by: datetime


def times(
    *, starts_at: datetime, latest_start_at: datetime, start_early_min: int, answer_within_min: int, now: datetime
) -> Times:
    """A shift's times.

    Published late, it leaves half of the time until its last start to answer, at least a quarter of an hour.
    """
    usual = starts_at - timedelta(minutes=answer_within_min)
    late = now + max(LEAST_TO_ANSWER, (latest_start_at - now) / 2)
    return Times(
        opens_at=starts_at - timedelta(minutes=start_early_min),
        closes_at=latest_start_at,
        answer_by=min(max(usual, late) if usual < now + LEAST_TO_ANSWER else usual, latest_start_at),
    )


def reminder_due(starts_at: datetime, leads_min: Iterable[int], *, since: datetime, now: datetime) -> bool:
    """Whether one of the reminders, so many minutes before the start, fell due after `since` and not after `now`."""
    return any(since < starts_at - timedelta(minutes=lead) <= now for lead in leads_min)


Route = Mapping[str, Any]
"""As Shift.route holds it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody sees of a shift: all of it, or from its first block to its last.

    line: [lon, lat]s; distance_m, duration_s: of this part; stops and turns: with `along_m` and `at_m` counted from
    the part's beginning and arrives_at, leaves_at as instants.
    """

    whole: bool
    line: list[list[float]]
    distance_m: float
    duration_s: float
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    answer_by: datetime
    stops: list[dict[str, Any]]
    turns: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Between:
    """A route from its first block to its last: all that anybody but its team may know of its way and its times."""

    line: list[list[float]]
    distance_m: float
    duration_s: float
    starts_at: datetime
    ends_at: datetime


def between_blocks(route: Route, starts_at: datetime) -> Between:
    """That part of a route which leaves its door at `starts_at`."""
    first, last = route["stops"][0], route["stops"][-1]
    return Between(
        line=shown_line(route),
        distance_m=last["along_m"] + last["length_m"] - first["along_m"],
        duration_s=last["leaves_s"] - first["arrives_s"],
        starts_at=starts_at + timedelta(seconds=first["arrives_s"]),
        ends_at=starts_at + timedelta(seconds=last["leaves_s"]),
    )


def part(shift: Any, *, whole: bool) -> Part:
    """A shift as its team (`whole`) or anybody else sees it.

    Two rings around first and last block, as wide as the walk from and to the door, would meet at home: so others
    get no distance and no time that counts from the door. Their shift begins at the first block; `answer_by`, which
    follows from the true start, is rounded up to the quarter hour.
    """
    route, starts_at = shift.route, shift.starts_at
    stops = _stops(route, starts_at)
    if whole:
        return Part(
            whole=True,
            line=route["line"],
            distance_m=shift.distance_m,
            duration_s=shift.duration_s,
            starts_at=starts_at,
            ends_at=shift.ends_at,
            opens_at=shift.opens_at,
            closes_at=shift.closes_at,
            answer_by=shift.answer_by,
            stops=stops,
            turns=[dict(turn) for turn in route["turns"]],
        )
    seen = between_blocks(route, starts_at)
    lead = seen.starts_at - starts_at
    begins_m = route["stops"][0]["along_m"]
    ends_m = begins_m + seen.distance_m
    return Part(
        whole=False,
        line=seen.line,
        distance_m=seen.distance_m,
        duration_s=seen.duration_s,
        starts_at=seen.starts_at,
        ends_at=seen.ends_at,
        opens_at=shift.opens_at + lead,
        closes_at=shift.closes_at + lead,
        answer_by=quarter(shift.answer_by, up=True),
        stops=[{**stop, "along_m": stop["along_m"] - begins_m} for stop in stops],
        turns=_turns_between(route, begins_m, ends_m),
    )


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A route without its way from and to the door, as it is then kept; it leaves the first block at `starts_at`."""

    route: dict[str, Any]
    distance_m: float
    duration_s: float
    starts_at: datetime
    ends_at: datetime

    def changes(self) -> dict[str, Any]:
        """What of a row that holds the route is different."""
        return {
            "route": self.route,
            "distance_m": self.distance_m,
            "duration_s": self.duration_s,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
        }


def trimmed(route: Route, starts_at: datetime) -> Trimmed | None:
    """The route that left its door at `starts_at`, cut to what others see; None where it is that already."""
    last = len(route["line"]) - 1
    if list(route["shown"]) == [0, last]:
        return None
    seen = between_blocks(route, starts_at)
    lead_s, lead_m = route["stops"][0]["arrives_s"], route["stops"][0]["along_m"]
    stops = [
        {
            **stop,
            "arrives_s": stop["arrives_s"] - lead_s,
            "leaves_s": stop["leaves_s"] - lead_s,
            "along_m": stop["along_m"] - lead_m,
        }
        for stop in route["stops"]
    ]
    kept = {
        "line": seen.line,
        "shown": [0, len(seen.line) - 1],
        "stops": stops,
        "turns": _turns_between(route, lead_m, lead_m + seen.distance_m),
    }
    return Trimmed(kept, seen.distance_m, seen.duration_s, seen.starts_at, seen.ends_at)


def shown_line(route: Route) -> list[list[float]]:
    """The line from the first block's beginning to the last one's end: at least two points."""
    first, last = route["shown"]
    line: list[list[float]] = route["line"][first : last + 1]
    return line if len(line) > 1 else line * 2


def _stops(route: Route, starts_at: datetime) -> list[dict[str, Any]]:
    return [
        {
            **{name: value for name, value in stop.items() if name not in ("arrives_s", "leaves_s")},
            "position": position,
            "arrives_at": starts_at + timedelta(seconds=stop["arrives_s"]),
            "leaves_at": starts_at + timedelta(seconds=stop["leaves_s"]),
        }
        for position, stop in enumerate(route["stops"], start=1)
    ]


def _turns_between(route: Route, begins_m: float, ends_m: float) -> list[dict[str, Any]]:
    """The turns within a stretch, with a start and an arrival of its own."""
    turns = [turn for turn in route["turns"] if turn["kind"] not in ("start", "arrive")]
    inside = [turn for turn in turns if begins_m < turn["at_m"] < ends_m]
    before = [turn for turn in route["turns"] if turn["at_m"] <= begins_m]
    street = before[-1]["street"] if before else ""
    line = shown_line(route)
    told = [_turn("start", street, begins_m, line[0]), *inside]
    told.append(_turn("arrive", told[-1]["street"], ends_m, line[-1]))
    ends = [turn["at_m"] for turn in told[1:]] + [ends_m]
    return [
        {**turn, "at_m": turn["at_m"] - begins_m, "length_m": end - turn["at_m"]}
        for turn, end in zip(told, ends, strict=True)
    ]


def _turn(kind: str, street: str, at_m: float, point: list[float]) -> dict[str, Any]:
    return {"kind": kind, "street": street, "at_m": at_m, "lon": point[0], "lat": point[1]}


def quarter(moment: datetime, *, up: bool) -> datetime:
    """The quarter hour at or after (`up`) or at or before an instant: near enough for others, too far off for rings."""
    quarters = moment.timestamp() / QUARTER_S
    return datetime.fromtimestamp((math.ceil(quarters) if up else math.floor(quarters)) * QUARTER_S, UTC)


TURN_WORDS: dict[str, tuple[str, str]] = {
    "start": ("출발", "Set out"),
    "straight": ("직진", "Go straight on"),
    "slight_left": ("왼쪽 앞으로", "Bear left"),
    "left": ("왼쪽으로 돌기", "Turn left"),
    "slight_right": ("오른쪽 앞으로", "Bear right"),
    "right": ("오른쪽으로 돌기", "Turn right"),
    "u_turn": ("되돌아가기", "Turn round"),
    "arrive": ("도착", "You have arrived"),
}


def say(kind: str, street: str) -> dict[str, str]:
    """A turn in words, Korean and English, with the street that follows where it has a name."""
    ko, en = TURN_WORDS[kind]
    if not street or kind == "arrive":
        return {"ko": ko, "en": en}
    return {"ko": f"{ko}: {street}", "en": f"{en} along {street}" if kind == "start" else f"{en} onto {street}"}
