"""A team's weekly hours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MIN, WEEK_MIN = 1_440, 10_080


LATEST_END_MIN = 2_160
"""A window ends at noon of the next day at the latest."""
MOST_WINDOWS = 21
"""Three a day."""


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


def free_spans(windows: Iterable[Window], *, zone: ZoneInfo, begins_at: datetime, ends_at: datetime) -> list[Span]:
    """The stretches of begins_at … ends_at without a gap in the windows, in UTC and in order."""
    return _merged(_spans(windows, zone, begins_at, ends_at))


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
