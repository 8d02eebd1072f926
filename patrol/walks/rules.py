"""Pure decisions about walks: how they go, which positions belong to one, how far it went, which blocks it covered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.geodesy import Sheet, haversine_m

STATES = ("walking", "paused", "ended")
UNDER_WAY = ("walking", "paused")
ENDED_BY = ("walker", "silence", "consent", "standing")
"""standing: the team was paused, suspended or retired."""
FLAGS = ("minutes", "stop")
"""Why the dogs should be home by now: their minutes are used up, or what they may do fell to nothing. Gravest last."""

NEXT: dict[str, dict[str, str]] = {
    "walking": {"pause": "paused", "end": "ended"},
    "paused": {"resume": "walking", "end": "ended"},
    "ended": {},
}
"""State → action → state. What is not here is refused."""

CLOCK_SLACK = timedelta(minutes=2)
SILENT = timedelta(hours=2)
"""A walk whose phone was not heard of for so long is over."""
LONGEST = timedelta(hours=6)
"""So long after its start a walk is over whatever the phone sends: it was forgotten in a pocket, at home."""

USABLE_M = 50.0
"""Positions less accurate than this are kept and not measured."""
GAP = timedelta(minutes=3)
GAP_M = 50.0
"""Positions farther apart than both are not joined: nobody knows the way between. Standing still is no gap."""
FASTEST_MPS = 7.0
"""Nobody walks a dog faster: the receiver jumped, and the jump is no way."""
NEAR_M = 25.0
"""What lies this near to the track was walked."""
WALKED_SHARE = 0.7
SAMPLE_M = 1.0
HOME_M = 100.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fix:
    """One position: degrees WGS 84, accuracy in metres or None."""

    at: datetime
    lon: float
    lat: float
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """From when until when nothing is recorded; `until` None: it lasts."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The time of a walk: positions outside it, or within a pause, are none of it."""

    started_at: datetime
    ended_at: datetime | None
    pauses: tuple[Pause, ...] = ()

    def keeps(self, at: datetime) -> bool:
        """Whether a position of this instant is kept. While a pause lasts all is, as its end may be in the past."""
        if not self.started_at <= at <= min(self.ended_at or self.started_at + LONGEST, self.started_at + LONGEST):
            return False
        return not any(pause.since < at < pause.until for pause in self.pauses if pause.until)

    def counts(self, at: datetime) -> bool:
        """Whether a position of this instant is measured and shown."""
        return self.keeps(at) and not any(pause.since < at for pause in self.pauses if pause.until is None)


@dataclass(frozen=True, slots=True)
class Target:
    """A block to walk: GeoJSON LineString or Point; a point has a dwell in seconds."""

    id: Any
    geometry: Mapping[str, Any]
    dwell_s: float


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk covered of a block: share 0 to 1, seconds near it, when it was first reached."""

    id: Any
    share: float
    dose_s: float
    at: datetime


def in_future(moment: datetime, *, now: datetime) -> bool:
    """Whether a phone's time lies ahead of ours by more than clocks differ."""
    return moment > now + CLOCK_SLACK


def out_at_most(allowed_min: int, wanted_min: int, *, cap_min: int, left_min: int | None) -> int:
    """Minutes that the dogs may be out, from door to door, pauses included.

    As long as nothing shortens the walk that was planned, that is the policy's cap, as nobody walks by the minute;
    `left_min`: of the dogs' own minutes of the day.
    """
    if allowed_min < wanted_min:
        return allowed_min
    longest = max(cap_min, wanted_min)
    return longest if left_min is None else min(longest, left_min)


def closed(pauses: Iterable[Pause], at: datetime) -> list[Pause]:
    """The pauses that began before a walk is over; one that lasts is over with it."""
    return [replace(pause, until=pause.until or at) for pause in pauses if pause.since < at]


def merged(known: Iterable[Fix], more: Iterable[Fix]) -> dict[datetime, Fix]:
    """All positions by instant. Of two for one instant the more accurate stays, whichever came first."""
    found: dict[datetime, Fix] = {}
    for fix in (*known, *more):
        other = found.get(fix.at)
        found[fix.at] = fix if other is None else min(fix, other, key=_worth)
    return found


def legs(fixes: Iterable[Fix], span: Span) -> list[list[Fix]]:
    """The track: positions that count, in order, parted where the walk paused or the phone was silent."""
    usable = sorted(
        (fix for fix in fixes if span.counts(fix.at) and (fix.accuracy_m or 0.0) <= USABLE_M), key=lambda fix: fix.at
    )
    found: list[list[Fix]] = []
    for fix in usable:
        if found and _joined(found[-1][-1], fix, span.pauses):
            found[-1].append(fix)
        else:
            found.append([fix])
    return found


def distance_m(track: Sequence[Sequence[Fix]]) -> float:
    """Metres walked."""
    return float(sum(_metres(one, other) for leg in track for one, other in pairwise(leg)))


def walked_s(started_at: datetime, ended_at: datetime, pauses: Iterable[Pause]) -> float:
    """Seconds of a walk without its pauses."""
    paused = sum(
        (min(pause.until or ended_at, ended_at) - pause.since).total_seconds()
        for pause in pauses
        if pause.since < ended_at
    )
    return (ended_at - started_at).total_seconds() - paused


def walked_blocks(targets: Iterable[Target], track: Sequence[Sequence[Fix]]) -> list[Walked]:
    """The targets that count as walked.

    A line does when WALKED_SHARE of it lies within NEAR_M of the track; a point when WALKED_SHARE of its dwell was
    spent within NEAR_M of it.
    """
    if not track:
        return []
    drawn = _Drawn(track)
    found = (drawn.cover(target) for target in targets)
    return [cover for cover in found if cover is not None and cover.share >= WALKED_SHARE]


class _Drawn:
    """A track on a flat sheet: its stretches, and pieces of them short enough to be near a place or not."""

    def __init__(self, track: Sequence[Sequence[Fix]]) -> None:
        self.sheet = Sheet(track[0][0].lat)
        pairs = [pair for leg in track for pair in (pairwise(leg) if len(leg) > 1 else [(leg[0], leg[0])])]
        begins, ends = (self._points([(pair[i].lon, pair[i].lat) for pair in pairs]) for i in (0, 1))
        self.stretches: Floats = np.hstack((begins, ends))
        self.begun = pairs[0][0].at
        start_s = np.array([(one.at - self.begun).total_seconds() for one, _ in pairs])
        length_s = np.array([(other.at - one.at).total_seconds() for one, other in pairs])
        self.pieces, of, nth, count = _pieces(self.stretches)
        self.piece_s = length_s[of] / count
        self.piece_at_s = start_s[of] + nth * self.piece_s

    def cover(self, target: Target) -> Walked | None:
        coordinates = target.geometry["coordinates"]
        is_line = target.geometry["type"] == "LineString"
        corners = self._points(coordinates if is_line else [coordinates])
        outline = np.hstack((corners[:-1], corners[1:])) if is_line else np.hstack((corners, corners))
        near = _distance(self.pieces, outline) <= NEAR_M
        if not near.any():
            return None
        dose_s = float(self.piece_s[near].sum())
        if is_line:
            share = _share(outline, self._beside(corners))
        else:
            share = min(1.0, dose_s / target.dwell_s) if target.dwell_s else 1.0
        return Walked(target.id, share, dose_s, self.begun + timedelta(seconds=float(self.piece_at_s[near][0])))

    def _beside(self, corners: Floats) -> Floats:
        """The stretches whose box touches the block's, so that far ones cost nothing; at least one, as one is near."""
        low, high = corners.min(axis=0) - 2 * NEAR_M, corners.max(axis=0) + 2 * NEAR_M
        begins, ends = self.stretches[:, :2], self.stretches[:, 2:]
        touching = (np.maximum(begins, ends) >= low).all(axis=1) & (np.minimum(begins, ends) <= high).all(axis=1)
        beside: Floats = self.stretches[touching]
        return beside

    def _points(self, places: Sequence[Sequence[float]]) -> Floats:
        lon, lat = np.array([place[:2] for place in places], dtype=np.float64).T
        return self.sheet.points(lon, lat)


def may_show(place: tuple[float, float], line: Sequence[Sequence[float]], shown: Sequence[int]) -> bool:
    """Whether others may see that a team is here: on the way between its blocks, not on its way from or to its door.

    `line` is the whole route, `shown` the indices of the part that others see. The door is the line's first point.
    """
    if float(haversine_m(*place, *line[0][:2])) < HOME_M:
        return False
    first, last = shown
    way, out, back = line[first : last + 1], line[: first + 1], line[last:]
    return away_m(place, way) <= min(away_m(place, out), away_m(place, back))


def away_m(place: tuple[float, float], line: Sequence[Sequence[float]]) -> float:
    """Metres from a place to the nearest point of a line; both are lon and lat in degrees."""
    sheet = Sheet(place[1])
    points = sheet.points([point[0] for point in line], [point[1] for point in line])
    ends = points[1:] if len(points) > 1 else points
    return float(_distance(sheet.points(*place), np.hstack((points[: len(ends)], ends)))[0])


def _worth(fix: Fix) -> tuple[float, float, float]:
    return (float("inf") if fix.accuracy_m is None else fix.accuracy_m, fix.lon, fix.lat)


def _joined(one: Fix, other: Fix, pauses: Iterable[Pause]) -> bool:
    if any(one.at <= pause.since and pause.until and pause.until <= other.at for pause in pauses):
        return False
    metres, lapse = _metres(one, other), other.at - one.at
    return metres <= GAP_M or (lapse <= GAP and metres <= FASTEST_MPS * lapse.total_seconds())


def _metres(one: Fix, other: Fix) -> float:
    return float(haversine_m(one.lon, one.lat, other.lon, other.lat))


def _pieces(lines: Floats) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Lines [x1, y1, x2, y2] cut into equal pieces of at most SAMPLE_M.

    For each piece its middle, which line it is of, the how-manieth of that, and of how many.
    """
    begins, ends = lines[:, :2], lines[:, 2:]
    count = np.maximum(1, np.ceil(np.hypot(*(ends - begins).T) / SAMPLE_M)).astype(np.int64)
    of = np.repeat(np.arange(len(lines)), count)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    middles: Floats = begins[of] + (ends - begins)[of] * ((nth + 0.5) / count[of])[:, None]
    return middles, of, nth, count[of]


def _share(outline: Floats, track: Floats) -> float:
    """How much of an outline's length lies within NEAR_M of the track, 0 to 1."""
    middles, of, _, count = _pieces(outline)
    length = np.hypot(*(outline[:, 2:] - outline[:, :2]).T)[of] / count
    return float(length[_distance(middles, track) <= NEAR_M].sum() / length.sum())


def _distance(points: Floats, lines: Floats) -> Floats:
    """Metres from each of points[P, 2] to the nearest of lines[L, 4]."""
    begins, along = lines[:, :2], lines[:, 2:] - lines[:, :2]
    squared = np.maximum((along**2).sum(axis=1), 1e-12)
    offset = points[:, None, :] - begins
    share = np.clip((offset * along).sum(axis=2) / squared, 0.0, 1.0)
    away = offset - share[:, :, None] * along
    nearest: Floats = np.sqrt((away**2).sum(axis=2).min(axis=1))
    return nearest
