"""What people and spreadsheet programs write into cells, read as values.

Each raises Unfit, naming the column, what stands there and what would do.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

from config.policy import Formats
from patrol.people.rules import e164
from patrol.places.rules import Unfit
from patrol.teams.rules.availability import Window, clock_text, overlapping, too_long, window

FIRST_YEAR, LAST_YEAR = 1900, 2200
EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheet programs, as they count since Lotus took 1900 for a leap year."""
FIRST_SERIAL, LAST_SERIAL = 7_000, 80_000
"""Serial numbers that are taken for a day: 1919 to 2119. Others are likelier to be something else, such as 210304."""
LONGEST_CELL = 2000

TRUTHS = {
    **dict.fromkeys(("예", "네", "o", "y", "yes", "true", "1", "있음", "해당", "✓", "v"), True),
    **dict.fromkeys(("아니오", "아니요", "x", "n", "no", "false", "0", "없음", "해당없음", "-"), False),
}

DAYS = {
    **{word: (n,) for n, word in enumerate("월화수목금토일")},
    **{word: (n,) for n, word in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))},
    **dict.fromkeys(("평일", "weekdays", "weekday"), range(5)),
    **dict.fromkeys(("주말", "weekends", "weekend"), range(5, 7)),
    **dict.fromkeys(("매일", "daily", "everyday"), range(7)),
}

DASH = r"\s*[-~–—〜∼]\s*"
HALVES = ("오전", "오후")
DIAL_MIN = 720
CLOCK = r"(?:오후|오전)?\s*\d{1,2}\s*(?::\s*\d{2}|시(?:\s*\d{1,2}\s*분)?)?"
HOURS = re.compile(rf"([^\d;\n]*?)[\s:]*({CLOCK}){DASH}({CLOCK})\s*(?:[;,/\n]+\s*|$)")
GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet program would take for the beginning of a formula, and the guard itself."""


def text_of(value: Any) -> str:
    """A cell as text: trimmed, in NFC, without what no database holds; a guard before a formula's sign taken off."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = unicodedata.normalize("NFC", str(value)).encode("utf-8", "ignore").decode()
    text = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf"))
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(GUARDED) else text


def guarded(text: str) -> str:
    """Text as a spreadsheet program opens it without running it; `text_of` gives the text back."""
    return f"'{text}" if text.startswith(GUARDED) else text


def bounded(value: Any, column: str, most: int) -> str:
    """Text of at most `most` characters."""
    text = text_of(value)
    if len(text) > most:
        raise Unfit(column, f"{most}자를 넘습니다", f"is longer than {most} characters")
    return text


def day_of(value: Any, column: str) -> date:
    """A day: a date, 2021-03-04, 2021.3.4, 2021. 3. 4., 2021년 3월 4일, 20210304 or a spreadsheet's serial number."""
    found = value.date() if isinstance(value, datetime) else value
    if not isinstance(found, date):
        found = _written_day(text_of(value))
    if found is None or not FIRST_YEAR <= found.year < LAST_YEAR:
        raise Unfit(
            column,
            f"날짜가 아닙니다: {text_of(value)[:40]!r} (예: 2021-03-04)",
            f"is no date: {text_of(value)[:40]!r}; write it like 2021-03-04",
        )
    return found


def _written_day(text: str) -> date | None:
    parts = re.fullmatch(r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[.일]?(?:[ T]0?0:00(?::00)?)?", text)
    parts = parts or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    try:
        if parts:
            return date(*map(int, parts.groups()))
        if re.fullmatch(r"[1-9]\d{3,4}(\.0+)?", text) and FIRST_SERIAL <= float(text) <= LAST_SERIAL:
            return EPOCH + timedelta(days=int(float(text)))
    except ValueError:
        pass
    return None


def phone_of(value: Any, column: str, formats: Formats) -> str:
    """A phone number in E.164, also one whose leading 0 a spreadsheet program has eaten."""
    text = text_of(value)
    tries = (text, f"0{text}", f"+{text}") if re.fullmatch(r"[1-9][\d \-().]*", text) else (text,)
    found = next((number for number in (e164(each, formats) for each in tries) if number), None)
    if found is None:
        _refuse_shortened(text, column)
        raise Unfit(
            column,
            f"전화번호가 아닙니다: {text[:40]!r} (예: {formats.phone_example})",
            f"is no phone number here: {text[:40]!r}; write it like {formats.phone_example}",
        )
    return found


def _refuse_shortened(text: str, column: str) -> None:
    """Raise Unfit for 4.10E+14: the digits are gone, and only whoever has them can put them back."""
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
        raise Unfit(
            column,
            f"프로그램이 번호를 줄여 적었습니다 ({text}). 칸을 '텍스트'로 바꾸고 다시 적어 주세요",
            f"was shortened to {text} by a spreadsheet program; make the cell text and write the number again",
        )


def registration_of(value: Any, column: str) -> str:
    """A registration number as it is written; whether it is one, the policy's format says."""
    text = text_of(value)
    _refuse_shortened(text, column)
    return text


def number_of(value: Any, column: str, low: float, high: float, *, unit: str = "") -> float:
    """A number from `low` to `high`, its unit behind it or not."""
    text = text_of(value)
    bare = re.sub(rf"\s*{unit}\.?$", "", text, flags=re.IGNORECASE) if unit else text
    found = float(bare) if re.fullmatch(r"[-+]?\d{1,9}(\.\d{1,9})?", bare) else None
    if found is None or not low <= found <= high:
        raise Unfit(
            column,
            f"{low:g}~{high:g} 사이의 수여야 합니다: {text[:40]!r}",
            f"must be a number from {low:g} to {high:g}, not {text[:40]!r}",
        )
    return found


def truth_of(value: Any, column: str) -> bool:
    """예 or 아니오, O or X, yes or no; an empty cell is no."""
    text = text_of(value).casefold()
    found = TRUTHS.get(text.replace(" ", "")) if text else False
    if found is None:
        raise Unfit(column, f"예 또는 아니오여야 합니다: {text[:40]!r}", f"must be yes or no, not {text[:40]!r}")
    return found


def hours_of(value: Any, column: str) -> list[Window]:
    """Weekly hours: `월·수·금 19:00-22:00; 토 20:00~01:00`, `평일 19시~22시`, `19:00-22:00` (every day)."""
    text = text_of(value)
    found: list[Window] = []
    days: tuple[int, ...] = tuple(range(7))
    at = 0
    while at < len(text):
        entry = HOURS.match(text, at)
        if entry is None:
            raise _no_hours(text, column)
        named, begins, ends = entry.groups()
        if named.strip(" ,·/()"):
            days = _days(named, text, column)
        first, last = _clocks(begins, ends, text, column)
        found += [window(day, first, last) for day in days]
        at = entry.end()
    if too_long(found) is not None or overlapping(found) is not None:
        raise Unfit(
            column, f"시간이 서로 겹치거나 너무 깁니다: {text[:60]!r}", f"overlaps or is too long: {text[:60]!r}"
        )
    return found


def _days(named: str, text: str, column: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in re.split(r"[\s,·/()]+", re.sub(DASH, "-", named.casefold()).replace("요일", "")):
        ends = [DAYS.get(end[:3] if end.isascii() and end not in DAYS else end) for end in part.split("-")]
        if part and None not in ends and len(ends) == 2 and all(len(each or ()) == 1 for each in ends):
            first, last = (each[0] for each in ends if each)
            found += [day % 7 for day in range(first, last + 1 if first <= last else last + 8)]
        elif part and len(ends) == 1 and ends[0] is not None:
            found += ends[0]
        elif part and all(letter in DAYS for letter in part):  # 월수금
            found += [DAYS[letter][0] for letter in part]
        elif part:
            raise _no_hours(text, column)
    return tuple(dict.fromkeys(found))


def _clocks(begins: str, ends: str, text: str, column: str) -> tuple[str, str]:
    """Both as HH:MM. After a beginning with 오전 or 오후 an end without is the next on the dial: 오후 7시~10시."""
    first, last = _minutes(begins, text, column), _minutes(ends, text, column)
    if begins.startswith(HALVES) and not ends.startswith(HALVES) and last <= DIAL_MIN:
        last = first + ((last - first) % DIAL_MIN or DIAL_MIN)
    return clock_text(first), clock_text(last)


def _minutes(written: str, text: str, column: str) -> int:
    hour, minute = [*re.findall(r"\d+", written), "0"][:2]
    hours, minutes = int(hour), int(minute)
    if written.startswith(HALVES) and hours == 12:  # 오전 12시 is midnight, as telephones and spreadsheets show it
        hours = 0
    if written.startswith("오후") and hours < 12:
        hours += 12
    if hours > 24 or minutes > 59 or (hours == 24 and minutes):
        raise _no_hours(text, column)
    return hours * 60 + minutes


def _no_hours(text: str, column: str) -> Unfit:
    return Unfit(
        column,
        f"요일과 시간을 읽을 수 없습니다: {text[:60]!r} (예: 월·수·금 19:00-22:00; 토 18:00-20:00)",
        f"is not read as days and hours: {text[:60]!r}; write it like Mon,Wed 19:00-22:00; Sat 18:00-20:00",
    )
