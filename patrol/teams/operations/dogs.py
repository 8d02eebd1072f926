"""A handler keeps up to date what the gates go by."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from patrol.errors import Invalid, NotFound
from patrol.teams.models import Dog, Team
from patrol.teams.operations.moving import move
from patrol.teams.rules import LONGEST_VACCINATION, OLDEST_DOG_YEARS, age_years


class BornLater(Invalid):
    """A birthday in the future."""

    words = {"ko": "태어난 날이 오늘보다 뒤입니다.", "en": "Born after today."}


class BornTooLongAgo(Invalid):
    """Older than any dog. Facts: `years`."""

    words = {
        "ko": "{years}년보다 오래전입니다. 연도를 확인해 주세요.",
        "en": "More than {years} years ago; check the year.",
    }


class VaccinatedBeforeBirth(Invalid):
    """A vaccination that had run out when the dog was born."""

    words = {"ko": "반려견이 태어나기 전입니다.", "en": "Before the dog was born."}


class VaccinatedTooLong(Invalid):
    """Good for longer than any vaccine. Facts: `last`."""

    words = {
        "ko": "예방접종 유효일은 {last}까지 적을 수 있습니다. 연도를 확인해 주세요.",
        "en": "No vaccination is good for so long, {last} at most; check the year.",
    }


def check_dates(born_on: date, vaccinated_until: date | None, *, at: str, today: date) -> None:
    """Raise the Invalid that says which date of a dog, below `at`, cannot be."""
    if born_on > today:
        raise BornLater(f"{at}/born_on")
    if age_years(born_on, today) > OLDEST_DOG_YEARS:
        raise BornTooLongAgo(f"{at}/born_on", years=OLDEST_DOG_YEARS)
    if vaccinated_until is None:
        return
    if vaccinated_until < born_on:
        raise VaccinatedBeforeBirth(f"{at}/vaccinated_until")
    if vaccinated_until > today + LONGEST_VACCINATION:
        raise VaccinatedTooLong(f"{at}/vaccinated_until", last=(today + LONGEST_VACCINATION).isoformat())


def change_dog(
    team: Team, dog_id: UUID, changes: dict[str, Any], *, expected: int | None, by: UUID, now: datetime
) -> Team:
    """Change a dog's weight, build or limits. `expected`: the team's version as seen; None: whatever it is.

    Raises NotFound, Stale, TeamState.
    """
    with transaction():
        dog = Dog.get_or_none((Dog.id == dog_id) & (Dog.team == team))
        if dog is None:
            raise NotFound
        Dog.update(**changes).where(Dog.id == dog.id).execute()
        note = f"{dog.name}: " + ", ".join(f"{name} {value}" for name, value in changes.items())
        return move(team, "edit", by=by, note=note, expected=expected, now=now)
