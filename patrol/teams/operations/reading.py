"""Teams with all that hangs on them, read in a handful of queries however many they are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from peewee import SQL

from patrol.people.models import Person
from patrol.teams.models import Availability, Dog, PracticalTest, Renewal, Team, TeamStep
from patrol.teams.rules import RENEWABLE, Window


@dataclass(frozen=True, slots=True)
class WholeTeam:
    """A team's row with its handler's name, dogs, hours, tests and steps, each in order.

    `renewal` is the state of the one under way, if any: that of its present year, as in renewing.open_renewal.
    """

    team: Team
    handler_name: str
    dogs: list[Dog]
    availability: list[Window]
    tests: list[PracticalTest]
    renewal: str | None
    steps: list[TeamStep]


def within(districts: frozenset[UUID]) -> Any:
    """Condition on teams: they are of one of these districts; of whichever, where none is named (see Caller).

    What hangs on a team (shifts, walks, places in a plan) is looked for with the same condition, joined to its team.
    """
    return Team.district.in_(districts) if districts else SQL("1 = 1")


def whole(teams: Sequence[Team]) -> list[WholeTeam]:
    """The same teams in the same order, with all that hangs on them."""
    names = {person.id: person.name for person in Person.select().where(Person.id.in_([t.handler_id for t in teams]))}
    dogs = _by_team(Dog, teams, Dog.created_at, Dog.name)
    hours = _by_team(Availability, teams, Availability.weekday, Availability.begins_min)
    tests = _by_team(PracticalTest, teams, PracticalTest.attempt)
    steps = _by_team(TeamStep, teams, TeamStep.at)
    renewing = [team.id for team in teams if team.state in RENEWABLE]
    under_way = Renewal.select().where(Renewal.team.in_(renewing) & (Renewal.state != "done"))
    renewals: dict[tuple[UUID, date | None], str] = {(row.team_id, row.from_day): row.state for row in under_way}
    return [
        WholeTeam(
            team=team,
            handler_name=names[team.handler_id],
            dogs=dogs[team.id],
            availability=[Window(row.weekday, row.begins_min, row.ends_min) for row in hours[team.id]],
            tests=tests[team.id],
            renewal=renewals.get((team.id, team.active_until)),
            steps=steps[team.id],
        )
        for team in teams
    ]


def _by_team(model: Any, teams: Sequence[Team], *order: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in model.select().where(model.team.in_([team.id for team in teams])).order_by(*order):
        found[row.team_id].append(row)
    return found
