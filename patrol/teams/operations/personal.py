"""What teams hold of a person: given out; and how a team is forgotten while what it walked still counts.

What a forgotten team walked goes to one team a city that stands for all of them, so that nothing of one can be told
from what was another's.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import peewee

from config.database import transaction
from config.due import one_by_one
from config.personal import Part, part
from notifications.personal import forget_about
from patrol.errors import NotFound
from patrol.http.replays import forget_mentioning
from patrol.people.models import Person
from patrol.places.models import City
from patrol.places.operations.cities import city_of, hold
from patrol.teams.models import (
    Availability,
    Candidate,
    DayExaminer,
    Dog,
    DogDispute,
    LapseWarning,
    Mark,
    PracticalTest,
    Renewal,
    ScreeningDay,
    Team,
    TeamImport,
    TeamNote,
    TeamStep,
)
from patrol.teams.operations.disputes import release_dogs
from patrol.teams.rules import UNFINISHED

OnForgotten = Callable[[Team, Team, datetime], None]

NOBODYS_EMAIL = "erased@invalid"
"""No address that anybody could register: it has no dot."""
NOBODY = "지운 계정 · Erased accounts"


def exported(person: UUID) -> list[Part]:
    """A person's teams with all that hangs on them; and what they noted as an examiner, but not of whom.

    What somebody wrote as a coordinator is about others, and told to them; so is how the tests they took came out. Why
    one of two got a dog is about both, and neither is told who the other is.
    """
    mine = Team.select(Team.id).where(Team.handler == person)

    def of_team(model: Any, *order: Any) -> Any:
        return model.select().where(model.team.in_(mine)).order_by(*order)

    candidates = Candidate.select(Candidate.id).where(Candidate.team.in_(mine))
    marks = Mark.candidate.in_(candidates) | (Mark.examiner == person)
    disputes = DogDispute.holder.in_(mine) | DogDispute.claimant.in_(mine)
    return [
        part(Team.select().where(Team.handler == person), ko="팀", en="Teams"),
        part(of_team(Dog, Dog.created_at), ko="반려견", en="Dogs"),
        part(of_team(Availability), ko="순찰 가능한 시간", en="Hours"),
        part(of_team(TeamStep, TeamStep.at), ko="팀의 이력", en="Team history", without=["by"]),
        part(of_team(PracticalTest), ko="실기 시험", en="Practical tests", without=["examiner"]),
        part(of_team(Candidate), ko="심사일 접수", en="Screening days"),
        part(Mark.select().where(marks), ko="심사 기록", en="Marks of tests", without=["examiner", "candidate"]),
        part(DayExaminer.select().where(DayExaminer.person == person), ko="심사 참여", en="Days as an examiner"),
        part(
            ScreeningDay.select().where(ScreeningDay.lead == person),
            ko="맡은 심사일",
            en="Days led",
            without=["created_by"],
        ),
        part(of_team(Renewal), ko="활동 갱신", en="Renewals"),
        part(of_team(LapseWarning), ko="만료 안내", en="Warnings of lapsing"),
        part(
            DogDispute.select().where(disputes),
            ko="등록번호 확인",
            en="Claims to a dog",
            without=["holder", "claimant", "dog", "decided_by", "note"],
        ),
        part(
            of_team(TeamNote, TeamNote.created_at), ko="팀에 관한 메모", en="Notes about the team", without=["author"]
        ),
    ]


def forget_of(person: UUID, now: datetime, *, effects: tuple[OnForgotten, ...]) -> None:
    """Forget every team of a person. `effects` as in `forget_team`. Raises NotFound for who stands for them all."""
    if Person.select().where((Person.id == person) & (Person.email == NOBODYS_EMAIL)).exists():
        raise NotFound
    for team in Team.select().where(Team.handler == person).order_by(Team.created_at):
        forget_team(team, effects=effects, now=now)


def forget_team(team: Team, *, effects: tuple[OnForgotten, ...], now: datetime) -> None:
    """Remove a team with all that hangs on it; `effects` first let go of it in the subjects above."""
    with transaction():
        city = city_of(team.city_id)
        hold(city)
        Team.update(code=Team.code).where(Team.id == team.id).execute()  # before its walks and shifts, as when it stops
        to = _nobodys_team(city, now=now)
        for effect in effects:
            effect(team, to, now)
        forget_about(team.city_id, subjects=[team.id], mentioning=team.code)
        forget_mentioning(str(team.id))
        here = Person.select(Person.id).where(Person.city == team.city_id)
        forget_mentioning(f'"{team.code}"', among=here)  # as on a screening day, where no id is told
        _leave_imports(team)
        release_dogs(team, now=now)
        Team.delete().where(Team.id == team.id).execute()
        if _number(team) > _number(to):  # codes are drawn above the highest: this one must not come again
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
    teams = Team.select().where(idle).order_by(Team.id)
    return len(one_by_one("retention", teams, lambda team: forget_team(team, effects=effects, now=now)))


def _is_nobodys(city: City) -> peewee.Expression:
    nobody = Person.select(Person.id).where((Person.city == city) & (Person.email == NOBODYS_EMAIL))
    return Team.handler.in_(nobody)


def _number(team: Team) -> int:
    """That of its code: as texts T-9999 would come after T-10000."""
    return int(team.code[2:])


def _nobodys_team(city: City, *, now: datetime) -> Team:
    """The team that stands for all that are forgotten; retired, of an account to which nobody signs in."""
    found: Team | None = Team.get_or_none((Team.city == city) & _is_nobodys(city))
    if found is not None:
        return found
    nobody = Person.create(city=city, name=NOBODY, email=NOBODYS_EMAIL, state="disabled", created_at=now)
    return Team.create(
        city=city,
        handler=nobody,
        code="T-0000",
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
