"""Pure decisions about teams: states, the practical test, who may join, dog welfare, weekly availability."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from config.policy import Formats, Policy, Screening, Welfare

TEAM_STATES = (
    "applied",
    "documents_ok",
    "test_booked",
    "passed",
    "failed",
    "active",
    "paused",
    "suspended",
    "lapsed",
    "retired",
)
TEST_STATES = ("booked", "passed", "failed")
KOREAN = {
    "applied": "신청",
    "documents_ok": "서류 확인",
    "test_booked": "실기 평가 예약",
    "passed": "합격",
    "failed": "불합격",
    "active": "활동 중",
    "paused": "쉬는 중",
    "suspended": "활동 정지",
    "lapsed": "기한 지남",
    "retired": "활동 종료",
}
"""What a state is called in Korean."""

TRANSITIONS: dict[tuple[str, str], str] = {
    ("applied", "accept_documents"): "documents_ok",
    ("applied", "refuse_documents"): "applied",
    ("lapsed", "accept_documents"): "documents_ok",
    ("lapsed", "refuse_documents"): "lapsed",
    ("documents_ok", "book_test"): "test_booked",
    ("test_booked", "book_test"): "test_booked",
    ("failed", "book_test"): "test_booked",
    ("test_booked", "pass_test"): "passed",
    ("test_booked", "fail_test"): "failed",
    ("passed", "activate"): "active",
    ("active", "pause"): "paused",
    ("paused", "resume"): "active",
    ("suspended", "reinstate"): "active",
    ("active", "suspend"): "suspended",
    ("paused", "suspend"): "suspended",
    ("active", "lapse"): "lapsed",
    ("paused", "lapse"): "lapsed",
    # A new dog has not been screened: its papers come first.
    ("applied", "add_dog"): "applied",
    ("documents_ok", "add_dog"): "applied",
    ("failed", "add_dog"): "applied",
    ("lapsed", "add_dog"): "lapsed",
    **{(state, "edit"): state for state in TEAM_STATES if state != "retired"},
    **{(state, "retire"): "retired" for state in TEAM_STATES if state != "retired"},
}
"""(state, action) → state. What is not here is refused."""

STOPPING = frozenset({"pause", "suspend", "lapse", "retire"})
"""Actions after which the team's shifts cannot be walked."""

DAY_MIN, WEEK_MIN = 1_440, 10_080
LATEST_END_MIN = 2_160
"""A window ends at noon of the next day at the latest."""


def score_problems(screening: Screening, scores: Mapping[str, int], *, failed_at_once: bool) -> dict[str, str]:
    """What is wrong with a sheet of scores, by item: unknown, missing, or out of range.

    A test that was failed at once ends there, so items after it may be missing.
    """
    most = screening.rubric
    problems = {item: "unknown" for item in scores if item not in most}
    problems |= {item: "range" for item, points in scores.items() if item in most and not 0 <= points <= most[item]}
    if not failed_at_once:
        problems |= {item: "missing" for item in most if item not in scores}
    return problems


def passes(screening: Screening, total: int, failed_at_once: str | None) -> bool:
    """Whether a test is passed: the pass mark reached and nothing done that fails at once."""
    return failed_at_once is None and total >= screening.pass_mark


def registration_no(text: str, formats: Formats) -> str | None:
    """An animal registration number as it is stored, or None when it is none by the city's format."""
    plain = re.sub(r"[\s.-]", "", text).upper()
    return plain if re.fullmatch(formats.registration_pattern, plain) else None


def restricted_breed(breed: str, screening: Screening) -> str | None:
    """The restricted breed that `breed` is or is a cross of, or None. Case, spaces and hyphens do not matter."""
    plain = _bare(breed)
    return next((restricted for restricted in screening.restricted_breeds if _bare(restricted) in plain), None)


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def age_years(born_on: date, on: date) -> float:
    """Age in years, counted in whole months."""
    months = (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)
    return months / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """A reading: °C in the shade, m/s at 10 m, whether the sun is on the ground."""

    temperature_c: float
    wind_mps: float = 0.0
    sun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What of a dog the gates look at."""

    age_years: float
    weight_kg: float
    brachycephalic: bool = False
    overweight: bool = False


Verdict = Literal["go", "caution", "short", "stop"]
VERDICTS: tuple[Verdict, ...] = ("go", "caution", "short", "stop")


@dataclass(frozen=True, slots=True)
class Gate:
    """What the weather allows: `most_min` minutes of walk; `reasons` are codes, the gravest verdict's first."""

    verdict: Verdict
    most_min: int
    reasons: tuple[str, ...]


def welfare_gate(policy: Policy, weather: Weather | None, dogs: Sequence[Build], wanted_min: int) -> Gate:
    """What the weather allows a team: the strictest of what it allows each of its dogs.

    Unknown weather is a caution, not a refusal: the handler looks out of the door.
    """
    if weather is None:
        return Gate("caution", wanted_min, ("weather_unknown",))
    gates = [_cold(policy.welfare, weather, wanted_min)]
    gates += [_heat(policy.welfare, weather, dog, wanted_min) for dog in dogs]
    gates.sort(key=lambda gate: VERDICTS.index(gate.verdict), reverse=True)
    reasons = dict.fromkeys(reason for gate in gates for reason in gate.reasons)
    return Gate(gates[0].verdict, min(gate.most_min for gate in gates), tuple(reasons))


def _heat(welfare: Welfare, weather: Weather, dog: Build, wanted_min: int) -> Gate:
    sensitive = dog.brachycephalic or dog.overweight or dog.age_years >= welfare.senior_years
    heavy = dog.weight_kg > welfare.heavy_kg
    felt = weather.temperature_c + (welfare.sensitive_lower_c if sensitive else 0.0)
    why = ("sensitive_dog",) if sensitive else ()
    if felt >= welfare.stop_c:
        return Gate("stop", 0, ("too_hot", *why))
    if heavy and felt >= welfare.heavy_stop_c:
        return Gate("stop", 0, ("too_hot", "heavy_dog", *why))
    if weather.sun and felt >= welfare.caution_c:
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


def wind_chill_c(weather: Weather) -> float:
    """Felt temperature in the wind, °C; the air's own above 10 °C or in a calm.

    Osczevski and Bluestein 2005, doi:10.1175/BAMS-86-10-1453.
    """
    air, wind_kmh = weather.temperature_c, weather.wind_mps * 3.6
    if air > 10.0 or wind_kmh <= 4.8:
        return air
    blown = wind_kmh**0.16
    return float(13.12 + 0.6215 * air - 11.37 * blown + 0.3965 * air * blown)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A weekly window in the city's time: weekday 0 (Monday) to 6, minutes after that day's midnight."""

    weekday: int
    begins_min: int
    ends_min: int


def window(weekday: int, begins: str, ends: str) -> Window:
    """From `HH:MM` texts; an end that is not after the beginning is on the next day."""
    begins_min, ends_min = (int(text[:2]) * 60 + int(text[3:]) for text in (begins, ends))
    return Window(weekday, begins_min, ends_min if ends_min > begins_min else ends_min + DAY_MIN)


def clock_text(minutes: int) -> str:
    """Minutes after midnight as `HH:MM`, of the next day too."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def too_long(windows: Sequence[Window]) -> int | None:
    """Index of the first window that runs past noon of the next day, or None."""
    return next((i for i, window in enumerate(windows) if window.ends_min > LATEST_END_MIN), None)


def overlapping(windows: Sequence[Window]) -> tuple[int, int] | None:
    """Indices (later in the list first) of two windows that overlap in the week, Sunday running into Monday."""
    for i, one in enumerate(windows):
        for j, other in enumerate(windows[:i]):
            if any(_overlap(one, other, shift) for shift in (-WEEK_MIN, 0, WEEK_MIN)):
                return i, j
    return None


def _overlap(one: Window, other: Window, shift: int) -> bool:
    lead = (one.weekday - other.weekday) * DAY_MIN + shift
    return one.begins_min + lead < other.ends_min and other.begins_min < one.ends_min + lead


Span = tuple[datetime, datetime]


def longest_span(windows: Iterable[Window], *, zone: ZoneInfo, begins_at: datetime, ends_at: datetime) -> Span | None:
    """The longest stretch of begins_at … ends_at without a gap in the windows, in UTC; the first of equals.

    None when no window touches it.
    """
    spans = _merged(_spans(windows, zone, begins_at, ends_at))
    return max(spans, key=lambda span: span[1] - span[0], default=None)


def _spans(windows: Iterable[Window], zone: ZoneInfo, begins_at: datetime, ends_at: datetime) -> list[Span]:
    first = begins_at.astimezone(zone).date() - timedelta(days=1)  # a window of the day before may run into this one
    days = [first + timedelta(days=n) for n in range((ends_at.astimezone(zone).date() - first).days + 1)]
    found = []
    for window in windows:
        for day in days:
            if day.weekday() == window.weekday:
                begins = max(_instant(day, window.begins_min, zone, fold=0), begins_at.astimezone(UTC))
                ends = min(_instant(day, window.ends_min, zone, fold=1), ends_at.astimezone(UTC))
                if begins < ends:
                    found.append((begins, ends))
    return sorted(found)


def _instant(day: date, minutes: int, zone: ZoneInfo, *, fold: int) -> datetime:
    """What the clock on the wall shows `minutes` after midnight, in UTC.

    Beginnings have fold 0 and ends fold 1: so a window takes in both of the hours that a clock shows twice, and where
    a clock skips an hour (there fold 0 is the later one) never more than was stated.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for begins, ends in spans:
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return merged
