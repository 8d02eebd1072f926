"""Who may join: the practical test, registration numbers, restricted breeds."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from config.policy import Formats, Screening

TEST_STATES = ("booked", "passed", "failed")
MOST_DOGS = 6
"""Of one team."""
OLDEST_DOG_YEARS = 30
LONGEST_VACCINATION = timedelta(days=3 * 366)
"""No vaccine against rabies is given for longer than three years."""


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


def retest_from(screening: Screening, tests: Iterable[date], failed_on: date | None) -> date | None:
    """The first day on which a team may take the test again, or None when any day will do.

    `tests` are the days of the tests it took; `failed_on` that of the last one, if it was failed.
    """
    year = timedelta(days=365)
    wait = failed_on + timedelta(days=screening.retest_after_days) if failed_on else None
    latest = sorted(tests)[-screening.attempts_a_year :]
    full = latest[0] + year if len(latest) == screening.attempts_a_year else None
    return max(filter(None, (wait, full)), default=None)


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
