"""A published route is offered to its team as a shift, and taken back."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from patrol.errors import Conflict
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.shifts.models import Shift, ShiftBlock
from patrol.shifts.operations.moving import ShiftState, move, show
from patrol.shifts.operations.telling import tell_handler, tell_open
from patrol.shifts.rules import LIVE, states_with, times
from patrol.teams.models import Team


class TeamTaken(Conflict):
    """The team has a shift in that time already."""

    words = {
        "ko": "{team} 팀은 그 시간에 이미 근무가 있습니다.",
        "en": "Team {team} has a shift at that time already.",
    }


class TeamStopped(Conflict):
    """The team was paused or suspended meanwhile."""

    words = {"ko": "{team} 팀은 지금 활동하지 않습니다.", "en": "Team {team} is not active now."}


class StartPassed(Conflict):
    """It is too late to start the walk."""

    words = {"ko": "{team} 팀이 출발할 수 있는 시간이 지났습니다.", "en": "It is too late for team {team} to start."}


def offer_shift(
    *,
    city: City,
    team: Team,
    plan_run: UUID,
    evening: date,
    starts_at: datetime,
    ends_at: datetime,
    latest_start_at: datetime,
    distance_m: float,
    duration_s: float,
    weight: float,
    route: dict[str, Any],
    now: datetime,
) -> Shift:
    """Offer a route to its team and tell the handler. `route`: see Shift.

    Raises TeamTaken, TeamStopped, StartPassed.
    """
    if latest_start_at <= now:
        raise StartPassed(team=team.code)
    policy = policy_of(city)
    allowed = times(
        starts_at=starts_at,
        latest_start_at=latest_start_at,
        start_early_min=policy.walk.start_early_min,
        answer_within_min=policy.planning.answer_within_min,
        now=now,
    )
    with transaction():
        # Two plans published at once would both find the team free: the second waits for this row. So does whoever
        # suspends the team: either that comes first and is seen here, or the shift is there to be withdrawn.
        if not Team.update(code=Team.code).where((Team.id == team.id) & (Team.state == "active")).execute():
            raise TeamStopped(team=team.code)
        if _taken(team, starts_at, max(ends_at, latest_start_at)):
            raise TeamTaken(team=team.code)
        shift = Shift.create(
            city=city,
            team=team,
            plan_run=plan_run,
            evening=evening,
            starts_at=starts_at,
            ends_at=ends_at,
            opens_at=allowed.opens_at,
            closes_at=allowed.closes_at,
            answer_by=allowed.answer_by,
            distance_m=distance_m,
            duration_s=duration_s,
            weight=weight,
            route=route,
            created_at=now,
        )
        for position, stop in enumerate(route["stops"], start=1):
            ShiftBlock.create(shift=shift, block=UUID(stop["block"]), position=position)
        tell_handler(shift, "shift_offered", now=now)
        show(shift, now=now)
    return shift


def take_over_shifts(*, plan_run: UUID, routes: Mapping[UUID, Collection[str]], to: UUID, now: datetime) -> set[UUID]:
    """Let a plan put in another's place keep the shifts that it would offer again; returns their teams.

    `routes`: team → ids of its blocks in the new plan. A team with the same blocks, in whatever order, keeps its shift,
    its way, its times and its answer, and is told nothing.
    """
    kept = set()
    with transaction():
        waiting = (Shift.plan_run == plan_run) & Shift.state.in_(states_with("withdraw")) & (Shift.closes_at > now)
        for shift in Shift.select().where(waiting).order_by(Shift.id):
            if {stop["block"] for stop in shift.route["stops"]} == set(routes.get(shift.team_id, ())):
                Shift.update(plan_run=to).where((Shift.id == shift.id) & waiting).execute()
                kept.add(shift.team_id)
    return kept


def withdraw_shifts(*, plan_run: UUID, now: datetime) -> int:
    """Take back a plan's shifts that nobody has begun, and tell their handlers; returns how many."""
    return len(_withdraw(Shift.plan_run == plan_run, now))


def withdraw_of_team(team: Team, now: datetime) -> None:
    """A team was paused, suspended or retired: what it has not begun, it will not walk."""
    _withdraw(Shift.team == team, now)


def open_after(team: Team, last_day: date, now: datetime) -> None:
    """A team lapsed: its shifts after the last day on which it was eligible are open, as the coordinators are told."""
    opened = _withdraw((Shift.team == team) & (Shift.evening > last_day), now)
    if opened:
        with transaction():
            tell_open(team, opened, now=now)


def _withdraw(which: Any, now: datetime) -> list[Shift]:
    withdrawn = []
    with transaction():
        waiting = which & Shift.state.in_(states_with("withdraw"))
        Shift.update(version=Shift.version).where(waiting).execute()  # hold them: an answer comes before or too late
        for shift in Shift.select(Shift, Team).join(Team).where(waiting).order_by(Shift.id):
            try:
                changed = move(shift, "withdraw", now=now)
            except ShiftState:  # begun or answered in between
                continue
            tell_handler(changed, "shift_withdrawn", now=now)
            withdrawn.append(changed)
    return withdrawn


def _taken(team: Team, begins: datetime, ends: datetime) -> bool:
    live = (Shift.team == team) & Shift.state.in_(LIVE)
    overlapping = (Shift.starts_at < ends) & ((Shift.ends_at > begins) | (Shift.closes_at > begins))
    return bool(Shift.select().where(live & overlapping).exists())
