"""Asking for a plan, and taking it back."""

from datetime import date, datetime
from uuid import UUID

from config.database import transaction
from notifications.outbox import announce
from patrol.errors import Conflict, Invalid, NotFound
from patrol.people.operations.accounts import people_with
from patrol.places.models import Block, City
from patrol.places.operations.cities import policy_of, zone_of
from patrol.places.operations.streets import streets_sha256
from patrol.planning.models import PlanRun
from patrol.planning.operations.snapshot import free_teams
from patrol.planning.rules import TRANSITIONS, window


class NoBlocks(Conflict):
    """The city has no target blocks yet."""

    words = {
        "ko": "순찰 구간이 없습니다. 먼저 구간을 만들거나 불러오세요 (build-blocks, import-blocks).",
        "en": "The city has no active target blocks; build or import them first (build-blocks, import-blocks).",
    }


class NoTeamAvailable(Conflict):
    """Nobody can walk in the window."""

    words = {
        "ko": "{begins} ~ {ends}에 나올 수 있는 팀이 없습니다. 활동 중인 팀: {active}",
        "en": "No team is available from {begins} to {ends}; active teams: {active}. "
        "Check availability, consents, vaccination, and shifts already given.",
    }


class EveningOver(Invalid):
    """The window has passed."""

    words = {"ko": "이미 지난 시간입니다.", "en": "That evening is over."}


class WindowReversed(Invalid):
    """The window ends before it begins, or lasts more than a day."""

    words = {
        "ko": "끝은 시작보다 뒤, 하루 안이어야 합니다.",
        "en": "It must end after it begins, within a day.",
    }


class RunState(Conflict):
    """The run's state forbids the action."""

    words = {"ko": "'{state}' 상태에서는 할 수 없습니다.", "en": "A run that is {state} cannot be changed so."}


def ask(
    city: City,
    *,
    evening: date,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    seconds: float | None = None,
    seed: int,
    by: UUID | None,
    now: datetime,
) -> PlanRun:
    """Queue a run.

    Raises what stands in the way: NoStreets, NoBlocks, NoTeamAvailable, EveningOver, WindowReversed.
    """
    policy = policy_of(city)
    usual = window(evening, policy.evening, zone_of(city))
    begins, ends = begins_at or usual[0], ends_at or usual[1]
    if not 0 < (ends - begins).total_seconds() <= 86_400:
        raise WindowReversed("/ends_at")
    if ends <= now:
        raise EveningOver("/evening")
    streets_sha256(city)
    if not Block.select().where((Block.city == city) & Block.active).exists():
        raise NoBlocks
    require_teams(city, begins, ends, now)
    with transaction():
        return PlanRun.create(
            city=city,
            evening=evening,
            begins_at=begins,
            ends_at=ends,
            seconds=seconds or policy.planning.seconds,
            seed=seed,
            requested_by=by,
            created_at=now,
        )


def require_teams(city: City, begins: datetime, ends: datetime, now: datetime) -> None:
    """Raise NoTeamAvailable unless somebody can walk."""
    free, active = free_teams(city, begins, ends, now)
    if not free:
        zone = zone_of(city)
        raise NoTeamAvailable(
            begins=f"{begins.astimezone(zone):%m-%d %H:%M}", ends=f"{ends.astimezone(zone):%H:%M}", active=active
        )


def run_of(city: UUID, run_id: UUID) -> PlanRun:
    """A city's run. Raises NotFound."""
    run = PlanRun.get_or_none((PlanRun.id == run_id) & (PlanRun.city == city))
    if run is None:
        raise NotFound
    return run


def cancel(run: PlanRun, *, now: datetime) -> None:
    """Stop a run; one under way keeps the best plan so far. Raises RunState."""
    with transaction():
        if move(run, "cancel", finished_at=now):
            return
        asked = PlanRun.update(cancel_asked=True).where((PlanRun.id == run.id) & (PlanRun.state == "running")).execute()
    if not asked:
        raise RunState(state=PlanRun.get_by_id(run.id).state)


def move(run: PlanRun, action: str, **changes: object) -> bool:
    """Compare-and-set a run's state by the table, with `changes`. False when its state has no such action."""
    for (state, named), to in TRANSITIONS.items():
        if named == action:
            here = (PlanRun.id == run.id) & (PlanRun.state == state)
            if PlanRun.update(state=to, **changes).where(here).execute():
                run.state = to
                return True
    return False


def tell(run: PlanRun, *, now: datetime) -> None:
    """Put the run's progress on the coordinators' live stream."""
    fresh = PlanRun.get_by_id(run.id)
    content = {
        "id": str(fresh.id),
        "state": fresh.state,
        "phase": fresh.phase,
        "progress": fresh.progress,
        "weight": fresh.weight,
    }
    people = people_with(fresh.city_id, "coordinator")
    with transaction():
        announce(city=fresh.city_id, people=people, kind="plan", content=content, now=now)
