"""What the weather, and its own limits, allow a dog."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from config.policy import Welfare


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """A reading: °C in the shade, m/s at 10 m, whether the sun shines; None: nobody says, so it may."""

    temperature_c: float
    wind_mps: float = 0.0
    sun: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What of a dog the gates look at. `minutes_a_day` None: no limit of its own."""

    age_years: float
    weight_kg: float
    brachycephalic: bool = False
    overweight: bool = False
    stroller: bool = False
    minutes_a_day: int | None = None
    rest_days: int = 0
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outings:
    """What a team's dogs have walked or are to walk besides: minutes of the same day, and other days with a walk."""

    minutes: float = 0.0
    days: frozenset[date] = frozenset()


Verdict = Literal["go", "caution", "short", "stop"]


VERDICTS: tuple[Verdict, ...] = ("go", "caution", "short", "stop")


NONE_BESIDES = Outings()
MOST_REST_DAYS = 13
"""A dog that rests longer than that between two walks is no patrol dog."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What is allowed: `most_min` minutes of walk; `reasons` are codes, the gravest verdict's first.

    `dogs`: those that the verdict goes by; none where it is the same for every dog.
    """

    verdict: Verdict
    most_min: int
    reasons: tuple[str, ...]
    dogs: tuple[UUID, ...] = ()


REASONS: dict[str, dict[str, str]] = {
    "weather_unknown": {"ko": "날씨를 알 수 없습니다", "en": "the weather is unknown"},
    "too_hot": {"ko": "너무 덥습니다", "en": "it is too hot"},
    "heavy_dog": {"ko": "큰 반려견입니다", "en": "a heavy dog"},
    "sensitive_dog": {"ko": "더위에 약한 반려견입니다", "en": "a dog that heat is hard on"},
    "sun_on_asphalt": {"ko": "햇볕에 바닥이 뜨겁습니다", "en": "the sun heats the ground"},
    "hot": {"ko": "덥습니다", "en": "it is hot"},
    "warm": {"ko": "따뜻합니다", "en": "it is warm"},
    "cold": {"ko": "춥습니다", "en": "it is cold"},
    "rest_day": {"ko": "쉬는 날입니다", "en": "a day of rest"},
    "day_used": {"ko": "하루 산책 시간을 다 썼습니다", "en": "the minutes of the day are used up"},
    "day_limit": {"ko": "하루 산책 시간이 얼마 남지 않았습니다", "en": "few minutes of the day are left"},
}
"""Reason → its words."""


def welfare_gate(
    welfare: Welfare,
    weather: Weather | None,
    dogs: Sequence[Build],
    wanted_min: int,
    *,
    daylight: bool,
    day: date,
    besides: Outings = NONE_BESIDES,
) -> Gate:
    """What a team may walk that day: the strictest of what each of its dogs may.

    Unknown weather is a caution, not a refusal: the handler looks out of the door. `daylight`: the sun is up.
    """
    gates = [_limit(dog, wanted_min, day, besides) for dog in dogs]
    if weather is None:
        gates.append(Gate("caution", wanted_min, ("weather_unknown",)))
    else:
        gates.append(_cold(welfare, weather, wanted_min))
        gates += [_heat(welfare, weather, dog, wanted_min, daylight=daylight) for dog in dogs]
    return strictest(gates)


def strictest(gates: Iterable[Gate]) -> Gate:
    """What all of these allow together, with the reasons of each; what stops a walk needs no lesser ones.

    At least one gate.
    """
    ordered = sorted(gates, key=lambda gate: (-VERDICTS.index(gate.verdict), gate.most_min))
    verdict = ordered[0].verdict
    telling = [gate for gate in ordered if gate.verdict == verdict or verdict != "stop"]
    reasons = dict.fromkeys(reason for gate in telling for reason in gate.reasons)
    dogs = dict.fromkeys(dog for gate in ordered if gate.verdict == verdict for dog in gate.dogs)
    return Gate(verdict, min(gate.most_min for gate in ordered), tuple(reasons), tuple(dogs))


def may_be_grouped(reactive: Collection[bool]) -> bool:
    """Whether a team may walk in a joint patrol: not with a dog that is reactive to others."""
    return not any(reactive)


def _heat(welfare: Welfare, weather: Weather, dog: Build, wanted_min: int, *, daylight: bool) -> Gate:
    gate = _air(welfare, weather, dog, wanted_min, daylight=daylight)
    return replace(gate, dogs=_named(dog)) if gate.reasons else gate


def _air(welfare: Welfare, weather: Weather, dog: Build, wanted_min: int, *, daylight: bool) -> Gate:
    sensitive = dog.brachycephalic or dog.overweight or not welfare.puppy_years <= dog.age_years < welfare.senior_years
    heavy = dog.weight_kg > welfare.heavy_kg
    felt = weather.temperature_c + (welfare.sensitive_lower_c if sensitive else 0.0)
    why = ("sensitive_dog",) if sensitive else ()
    if felt >= welfare.stop_c:
        return Gate("stop", 0, ("too_hot", *why))
    if heavy and felt >= welfare.heavy_stop_c:
        return Gate("stop", 0, ("too_hot", "heavy_dog", *why))
    # Paws that ride do not touch the ground; the air is as hot in a stroller.
    if daylight and weather.sun is not False and felt >= welfare.sun_c and not dog.stroller:
        return Gate("stop", 0, ("sun_on_asphalt", *why))
    if felt >= welfare.halve_c:
        return Gate("short", wanted_min // 2, ("hot", *why))
    if felt >= welfare.caution_c:
        return Gate("caution", wanted_min, ("warm", *why))
    return Gate("go", wanted_min, ())


def _cold(welfare: Welfare, weather: Weather, wanted_min: int) -> Gate:
    if wind_chill_c(weather) < welfare.cold_short_c:
        return Gate("short", min(wanted_min, welfare.cold_max_min), ("cold",))
    return Gate("go", wanted_min, ())


def _limit(dog: Build, wanted_min: int, day: date, besides: Outings) -> Gate:
    """What the dog's own limits allow: whole days of rest between two walks, and minutes a day."""
    if any(0 < abs(day - other).days <= dog.rest_days for other in besides.days):
        return Gate("stop", 0, ("rest_day",), _named(dog))
    if dog.minutes_a_day is None:
        return Gate("go", wanted_min, ())
    left = int(dog.minutes_a_day - besides.minutes)
    if left < 1:
        return Gate("stop", 0, ("day_used",), _named(dog))
    return Gate("short", left, ("day_limit",), _named(dog)) if left < wanted_min else Gate("go", wanted_min, ())


def _named(dog: Build) -> tuple[UUID, ...]:
    return () if dog.id is None else (dog.id,)


def wind_chill_c(weather: Weather) -> float:
    """Felt temperature in the wind, °C; the air's own above 10 °C or in a calm.

    Osczevski and Bluestein 2005, doi:10.1175/BAMS-86-10-1453.
    """
    air, wind_kmh = weather.temperature_c, weather.wind_mps * 3.6
    if air > 10.0 or wind_kmh <= 4.8:
        return air
    blown = wind_kmh**0.16
    return float(13.12 + 0.6215 * air - 11.37 * blown + 0.3965 * air * blown)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time with the gate that holds throughout."""

    begins: datetime
    ends: datetime
    gate: Gate


def best_stretch(pieces: Iterable[Piece]) -> tuple[datetime, datetime, int] | None:
    """When a team can walk longest: from when until when, and how many minutes whenever it leaves in between.

    Of equal minutes the longest stretch, of equal stretches the first. None when no stretch holds its own minutes.
    `pieces` in order; what lies between two is time that the team does not have.
    """
    runs = _runs(pieces)
    found = []
    for first, (begins, ends, least) in enumerate(runs):
        until, most = ends, least
        found.append((begins, until, most))
        for after, later, minutes in runs[first + 1 :]:
            if after != until:
                break
            until, most = later, min(most, minutes)
            found.append((begins, until, most))
    whole = [one for one in found if one[2] > 0 and one[1] - one[0] >= timedelta(minutes=one[2])]
    return max(whole, key=lambda one: (one[2], one[1] - one[0], -one[0].timestamp()), default=None)


def _runs(pieces: Iterable[Piece]) -> list[tuple[datetime, datetime, int]]:
    """Pieces as (begins, ends, minutes), neighbours that allow the same as one."""
    runs: list[tuple[datetime, datetime, int]] = []
    for piece in pieces:
        if runs and runs[-1][1] == piece.begins and runs[-1][2] == piece.gate.most_min:
            runs[-1] = (runs[-1][0], piece.ends, piece.gate.most_min)
        else:
            runs.append((piece.begins, piece.ends, piece.gate.most_min))
    return runs
