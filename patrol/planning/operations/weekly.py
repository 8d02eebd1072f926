"""What the planner needs for a week: seven evenings with who is out on each, and the visits that blocks still want."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from config.database import transaction
from config.policy import Policy
from patrol.places.models import Block, City
from patrol.places.operations.blocks import within
from patrol.places.operations.cities import policy_of, zone_of
from patrol.planning.models import Pairing, PlanRun
from patrol.planning.operations.pairing import Unmet, pairings, unmet_pins
from patrol.planning.operations.reach import districts_of
from patrol.planning.operations.snapshot import Gated, bands_of, budget_s, free_teams, line_of, may_serve
from patrol.planning.rules import EVENINGS, visit_weights, window
from patrol.shifts.models import Shift, ShiftBlock
from patrol.shifts.rules import LIVE
from patrol.teams.models import Team
from patrol.teams.operations.planable import PlanableTeam
from patrol.teams.operations.welfare import WeatherAt
from patrol.walks.models import Walk
from patrol.walks.operations.measuring import duration_s
from routing.evening import Week
from routing.problem import Floats, Integers

BURDEN_BEFORE = timedelta(weeks=3)
"""With the week that is planned, the four over which a team's minutes are bounded."""


@dataclass(frozen=True, slots=True)
class WeekSnapshot:
    """A week as the planner gets it, the pins that it cannot heed, and the teams whose dogs' gates say something."""

    week: Week
    unmet: list[Unmet]
    gated: list[Gated]


@dataclass(frozen=True, slots=True)
class OneEvening:
    """An evening of a week: its day and its hours."""

    day: date
    begins: datetime
    ends: datetime


def evenings_of(run: PlanRun) -> list[OneEvening]:
    """The evenings that a run plans: its own, or seven from it on in the hours of the policy."""
    if run.kind == "evening":
        return [OneEvening(run.evening, run.begins_at, run.ends_at)]
    return week_from(run.city, run.evening)


def week_from(city: City, first: date) -> list[OneEvening]:
    """Seven evenings in the hours of the city's policy."""
    hours, zone = policy_of(city).evening, zone_of(city)
    days = [first + timedelta(days=number) for number in range(EVENINGS)]
    return [OneEvening(day, *window(day, hours, zone)) for day in days]


def snapshot_week(run: PlanRun, *, weather: WeatherAt, now: datetime) -> WeekSnapshot:
    """The run's week as arrays. Times of a day are seconds after its evening begins."""
    evenings = evenings_of(run)
    with transaction():
        city, policy, districts = run.city, policy_of(run.city), districts_of(run)
        free = [
            free_teams(city, evening.begins, evening.ends, now, weather=weather, districts=districts)
            for evening in evenings
        ]
        out = [{planable.team.id: planable for planable in one.teams} for one in free]
        teams = _ever_out(out)
        blocks = _wanting(city, evenings, policy, districts)
        found = list(pairings(city.id, districts=districts))
        walked_s = _walked_s(teams, evenings[0].begins)
        given = _shifts_given(city, evenings)
    return WeekSnapshot(
        week=_week(
            evenings,
            policy,
            out=out,
            teams=teams,
            blocks=blocks,
            found=found,
            walked_s=walked_s,
            given=given,
            zone=zone_of(city),
        ),
        unmet=unmet_pins(
            found,
            on=run.evening,
            out={team.id for team in teams},
            open_blocks={block.id for block, _ in blocks},
        ),
        gated=[gate for evening, one in zip(evenings, free, strict=True) for gate in one.gated(evening.day)],
    )


Out = Sequence[dict[UUID, PlanableTeam]]
Wanting = Sequence[tuple[Block, Floats]]


def _week(
    evenings: Sequence[OneEvening],
    policy: Policy,
    *,
    out: Out,
    teams: Sequence[Team],
    blocks: Wanting,
    found: Sequence[Pairing],
    walked_s: Floats,
    given: Counter[UUID],
    zone: ZoneInfo,
) -> Week:
    rules = policy.week
    budget, earliest, latest = _hours(evenings, policy, out=out, teams=teams)
    bare = [block for block, _ in blocks]
    first = evenings[0]
    return Week(
        team_ids=tuple(str(team.id) for team in teams),
        team_lon=np.array([team.door_lon for team in teams], dtype=np.float64),
        team_lat=np.array([team.door_lat for team in teams], dtype=np.float64),
        speed_mps=np.full(len(teams), policy.walk.speed_kmh / 3.6),
        budget_s=budget,
        earliest_s=earliest,
        latest_s=latest,
        walks_at_most=np.array([max(0, rules.walks - given[team.id]) for team in teams], dtype=np.int64),
        rest_days=_rest_days(out, teams, at_least=rules.rest_days),
        walked_before_s=walked_s,
        burden_at_most_s=np.full(len(teams), 60.0 * rules.burden_min),
        block_ids=tuple(str(block.id) for block in bare),
        lines=tuple(line_of(block) for block in bare),
        visit_weight=_in_columns([weights for _, weights in blocks]),
        dwell_s=np.array([block.dwell_s for block in bare], dtype=np.float64),
        spacing_days=np.full(len(bare), rules.spacing_days, dtype=np.int64),
        bands=tuple(bands_of(block, first.begins, first.ends, zone) for block in bare),
        compatible=may_serve(found, [team.id for team in teams], [block.id for block in bare]),
        reach_m=policy.planning.reach_m,
        start_within_m=policy.planning.start_within_m,
        explore=rules.explore,
    )


def _hours(
    evenings: Sequence[OneEvening], policy: Policy, *, out: Out, teams: Sequence[Team]
) -> tuple[Floats, Floats, Floats]:
    """Budget, earliest and latest of each team on each day; a budget of 0 where it is not out. Shapes [T, D]."""
    size = (len(teams), len(evenings))
    budget, earliest, latest = np.zeros(size), np.zeros(size), np.zeros(size)
    for d, evening in enumerate(evenings):
        for t, team in enumerate(teams):
            if team.id in out[d]:
                planable = out[d][team.id]
                budget[t, d] = budget_s(planable, policy)
                earliest[t, d] = (planable.earliest - evening.begins).total_seconds()
                latest[t, d] = (planable.latest - evening.begins).total_seconds()
    return budget, earliest, latest


def _rest_days(out: Out, teams: Sequence[Team], *, at_least: int) -> Integers:
    """Whole days of rest between two walks of a team: the policy's, or more for one of its dogs. Shape [T]."""
    longest = {name: planable.rest_days for day in out for name, planable in day.items()}
    return np.array([max(at_least, longest[team.id]) for team in teams], dtype=np.int64)


def _ever_out(out: Out) -> list[Team]:
    """Teams that can walk on any of the evenings, by code."""
    teams = {planable.team.id: planable.team for day in out for planable in day.values()}
    return sorted(teams.values(), key=lambda team: str(team.code))


def _wanting(
    city: City, evenings: Sequence[OneEvening], policy: Policy, districts: frozenset[UUID]
) -> list[tuple[Block, Floats]]:
    """Blocks valid on all of these evenings that want more visits than shifts give them, with what each is worth."""
    days = [evening.day for evening in evenings]
    rows = (
        ShiftBlock.select(ShiftBlock.block)
        .join(Shift)
        .where((Shift.city == city) & Shift.evening.in_(days) & Shift.state.in_((*LIVE, "walked")))
    )
    given = Counter(row.block_id for row in rows)
    blocks = Block.select().where(
        (Block.city == city)
        & Block.active
        & (Block.valid_from.is_null() | (Block.valid_from <= days[0]))
        & (Block.valid_until.is_null() | (Block.valid_until >= days[-1]))
        & within(districts)
    )
    found = []
    for block in blocks.order_by(Block.code):
        weights = visit_weights(block.weight, block.visits_per_week, policy.week.visit_shares)[given[block.id] :]
        if weights:
            found.append((block, np.array(weights)))
    return found


def _in_columns(rows: Sequence[Floats]) -> Floats:
    """Rows of different lengths as a matrix: what is not wanted is worth nothing. Shape [B, V], V from 1."""
    wide = np.zeros((len(rows), max((len(row) for row in rows), default=1)))
    for number, row in enumerate(rows):
        wide[number, : len(row)] = row
    return wide


def _walked_s(teams: Sequence[Team], before: datetime) -> Floats:
    """Seconds that each team walked in the three weeks before. Shape [T]."""
    walks = Walk.select().where(
        Walk.team.in_([team.id for team in teams])
        & (Walk.started_at >= before - BURDEN_BEFORE)
        & (Walk.started_at < before)
    )
    walked: Counter[UUID] = Counter()
    for walk in walks:
        walked[walk.team_id] += int(duration_s(walk) or 0.0)
    return np.array([walked[team.id] for team in teams], dtype=np.float64)


def _shifts_given(city: City, evenings: Sequence[OneEvening]) -> Counter[UUID]:
    """How many walks each team has in that week already."""
    days = [evening.day for evening in evenings]
    rows = Shift.select(Shift.team).where(
        (Shift.city == city) & Shift.evening.in_(days) & Shift.state.in_((*LIVE, "walked"))
    )
    return Counter(row.team_id for row in rows)
