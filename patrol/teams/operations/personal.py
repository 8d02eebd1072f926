"""What teams hold of a person: given out; and how a team is forgotten while what it walked still counts.

What a forgotten team walked goes to one team a city that stands for all of them, so that nothing of one can be told
from what was another's.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import peewee

from config.database import transaction
from config.personal import Part, part
from patrol.people.models import Person
from patrol.places.models import City
from patrol.places.operations.cities import city_of, hold
from patrol.teams.models import Availability, Dog, PracticalTest, Team, TeamImport, TeamNote, TeamStep
from patrol.teams.rules import UNFINISHED

OnForgotten = Callable[[Team, Team, datetime], None]

NOBODYS_EMAIL = "erased@invalid"
"""No address that anybody could register: it has no dot."""
NOBODY = "지운 계정 · Erased accounts"


def exported(person: UUID) -> list[Part]:
    """A person's teams with all that hangs on them; tests that they examined, notes that they wrote."""
    mine = Team.select(Team.id).where(Team.handler == person)
    about = (TeamNote.team.in_(mine)) | (TeamNote.author == person)
    taken = (PracticalTest.team.in_(mine)) | (PracticalTest.examiner == person)
    return [
        part(Team.select().where(Team.handler == person), ko="팀", en="Teams"),
        part(Dog.select().where(Dog.team.in_(mine)), ko="반려견", en="Dogs"),
        part(Availability.select().where(Availability.team.in_(mine)), ko="순찰 가능한 시간", en="Hours"),
        part(PracticalTest.select().where(taken), ko="실기 시험", en="Practical tests"),
        part(TeamStep.select().where(TeamStep.team.in_(mine)).order_by(TeamStep.at), ko="팀의 이력", en="Team history"),
        part(TeamNote.select().where(about), ko="팀에 관한 메모", en="Notes about the team", without=("author",)),
    ]


def forget_of(person: Person, now: datetime, *, effects: tuple[OnForgotten, ...]) -> None:
    """Forget every team of a person. `effects` as in `forget_team`."""
    for team in Team.select().where(Team.handler == person).order_by(Team.created_at):
        forget_team(team, effects=effects, now=now)


def forget_team(team: Team, *, effects: tuple[OnForgotten, ...], now: datetime) -> None:
    """Remove a team with all that hangs on it; `effects` first let go of it in the subjects above."""
    with transaction():
        city = city_of(team.city_id)
        hold(city)
        to = _nobodys_team(city, code=team.code, now=now)
        for effect in effects:
            effect(team, to, now)
        _leave_imports(team)
        Team.delete().where(Team.id == team.id).execute()
        if team.code > to.code:  # codes are drawn above the highest: this one must not come again
            Team.update(code=team.code).where(Team.id == to.id).execute()


def forget_applications(city: City, *, before: datetime, effects: tuple[OnForgotten, ...], now: datetime) -> int:
    """Forget applications that came to nothing and at which nothing happened since. Returns how many."""
    return _forget_idle(city, UNFINISHED, before, effects, now)


def forget_retired(city: City, *, before: datetime, effects: tuple[OnForgotten, ...], now: datetime) -> int:
    """Forget teams that retired before then. Returns how many."""
    return _forget_idle(city, ("retired",), before, effects, now)


def _forget_idle(
    city: City, states: tuple[str, ...], before: datetime, effects: tuple[OnForgotten, ...], now: datetime
) -> int:
    moved = TeamStep.select(TeamStep.team).group_by(TeamStep.team).having(peewee.fn.MAX(TeamStep.at) >= before)
    idle = (
        (Team.city == city) & Team.state.in_(states) & (Team.created_at < before) & Team.id.not_in(moved)
    ) & ~_is_nobodys(city)
    count = 0
    for team in Team.select().where(idle).order_by(Team.id):
        forget_team(team, effects=effects, now=now)
        count += 1
    return count


def _is_nobodys(city: City) -> peewee.Expression:
    nobody = Person.select(Person.id).where((Person.city == city) & (Person.email == NOBODYS_EMAIL))
    return Team.handler.in_(nobody)


def _nobodys_team(city: City, *, code: str, now: datetime) -> Team:
    """The team that stands for all that are forgotten; retired, of an account to which nobody signs in."""
    found: Team | None = Team.get_or_none((Team.city == city) & _is_nobodys(city))
    if found is not None:
        return found
    nobody = Person.create(city=city, name=NOBODY, email=NOBODYS_EMAIL, state="disabled", created_at=now)
    return Team.create(
        city=city,
        handler=nobody,
        code=f"{code[:2]}0000",
        name=NOBODY,
        state="retired",
        walk_min=30,
        created_at=now,
        waiting_since=now,
    )


def _leave_imports(team: Team) -> None:
    for each in TeamImport.select().where(TeamImport.city == team.city_id):
        left = {row: made for row, made in each.made.items() if made != str(team.id)}
        if left != each.made:
            TeamImport.update(made=left).where(TeamImport.id == each.id).execute()
