"""A plan becomes shifts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from config.database import transaction
from patrol.planning.models import PlanRoute, PlanRun
from patrol.planning.operations.asking import EveningOver, RunState, move, tell
from patrol.planning.operations.reach import districts_of
from patrol.planning.operations.snapshot import free_teams, replaced_by
from patrol.planning.operations.weekly import evenings_of
from patrol.shifts.models import Shift
from patrol.shifts.operations.offering import (
    StartPassed,
    TeamStopped,
    TeamTaken,
    offer_shift,
    take_over_shifts,
    withdraw_shifts,
)
from patrol.teams.models import Team
from patrol.teams.operations.welfare import WeatherAt, unknown

ROUNDING_S = 1.0


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did: shifts offered, teams that can no longer walk then, teams whose shift stays as it was."""

    shifts: list[Shift]
    passed_over: list[Team]
    kept: list[Team]


def publish(run: PlanRun, *, weather: WeatherAt = unknown, now: datetime) -> Published:
    """Offer every route of a finished run to its team, all or none. Raises RunState, EveningOver.

    A team that was suspended, withdrew a consent or got another shift since the plan was made is passed over, and one
    whose dogs may not walk so long by then: by their own limits, or by what is known of the weather. Where
    the run stays near a published one it takes its place: who has the same blocks keeps the shift, whatever else nobody
    has begun is taken back.
    """
    if run.ends_at <= now:
        raise EveningOver("/evening")
    with transaction():
        replaced = replaced_by(run)
        # Without a plan, as it was cancelled before there was one, it would but take another's shifts back.
        if PlanRun.get_by_id(run.id).summary is None or not move(run, "publish", published_at=now):
            raise RunState(state=PlanRun.get_by_id(run.id).state)
        able = _able(run, replaced, weather, now)
        routes = list(
            PlanRoute.select(PlanRoute, Team)
            .join(Team)
            .where(PlanRoute.run == run)
            .order_by(PlanRoute.evening, Team.code)
        )
        if replaced:
            # Teams before their shifts, as whoever sets out: two that wait for each other would do so for ever.
            Team.update(code=Team.code).where(Team.id.in_([route.team_id for route in routes])).execute()
        kept = _replace(run, routes, now) if replaced else set()
        shifts: list[Shift] = []
        passed_over: list[Team] = []
        for route in (route for route in routes if route.team_id not in kept):
            most_s = 60 * able.get((route.evening, route.team_id), 0)
            shift = _offer(run, route, now) if route.duration_s <= most_s + ROUNDING_S else None
            if shift is None:
                passed_over.append(route.team)
            else:
                shifts.append(shift)
    tell(run, now=now)
    if replaced:
        tell(run.near, now=now)
    return Published(shifts, passed_over, [route.team for route in routes if route.team_id in kept])


def withdraw(run: PlanRun, *, now: datetime) -> int:
    """Take back the run's shifts that nobody has begun. Returns how many. Raises RunState."""
    with transaction():
        if not move(run, "withdraw"):
            raise RunState(state=PlanRun.get_by_id(run.id).state)
        taken = withdraw_shifts(plan_run=run.id, now=now)
    tell(run, now=now)
    return int(taken)


def _able(run: PlanRun, replaced: UUID | None, weather: WeatherAt, now: datetime) -> dict[tuple[date, UUID], int]:
    """Who can still walk on which of the run's evenings, and for how many minutes."""
    districts = districts_of(run)
    return {
        (evening.day, planable.team.id): planable.walk_min
        for evening in evenings_of(run)
        for planable in free_teams(
            run.city, evening.begins, evening.ends, now, weather=weather, replacing=replaced, districts=districts
        ).teams
    }


def _replace(run: PlanRun, routes: Sequence[PlanRoute], now: datetime) -> set[UUID]:
    """Take back the published run that this one stays near, but for the shifts that both plans have. Their teams."""
    if not move(run.near, "withdraw"):
        raise RunState(state=PlanRun.get_by_id(run.near_id).state)
    blocks = {route.team_id: {stop["block"] for stop in route.route["stops"]} for route in routes}
    kept = take_over_shifts(plan_run=run.near_id, routes=blocks, to=run.id, now=now)
    withdraw_shifts(plan_run=run.near_id, now=now)
    return kept


def _offer(run: PlanRun, route: PlanRoute, now: datetime) -> Shift | None:
    """The shift, or None where the team has another one by now, was stopped, or its time to start has passed."""
    try:
        return offer_shift(
            city=run.city,
            team=route.team,
            plan_run=run.id,
            evening=route.evening,
            starts_at=route.starts_at,
            ends_at=route.ends_at,
            latest_start_at=route.latest_start_at,
            distance_m=route.distance_m,
            duration_s=route.duration_s,
            weight=route.weight,
            route=route.route,
            now=now,
        )
    except (TeamTaken, TeamStopped, StartPassed):
        return None
