"""Asking for a plan, and taking it back."""

from datetime import date, datetime, timedelta
from uuid import UUID

from config.database import transaction
from config.policy import Policy
from notifications.outbox import announce
from patrol.errors import Conflict, Invalid, NotFound
from patrol.people.operations.accounts import coordinators_of
from patrol.places.models import Block, City
from patrol.places.operations.blocks import within as blocks_within
from patrol.places.operations.cities import policy_of, zone_of
from patrol.places.operations.streets import streets_sha256
from patrol.planning.models import PlanRun, PlanRunDistrict
from patrol.planning.operations.reach import districts_of, within
from patrol.planning.operations.snapshot import free_teams
from patrol.planning.operations.weekly import week_from
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


class HoursOfAnotherDay(Invalid):
    """The window does not begin on the evening's day, nor in the night that follows."""

    words = {
        "ko": "그날이나 이어지는 밤에 시작해야 합니다.",
        "en": "It must begin on that day, or in the night after it.",
    }


class WeekAsPolicySays(Invalid):
    """What only an evening's plan can be asked for."""

    words = {
        "ko": "일주일 계획에는 쓸 수 없습니다. 시간은 정책을 따르고, 다른 계획 가까이 세울 수 없습니다.",
        "en": "Not with a week: it has the policy's hours, and does not stay near another plan.",
    }


class NearAnother(Invalid):
    """The run to stay near is of another evening, or has no plan."""

    words = {
        "ko": "같은 날, 같은 종류의 계획 가운데 결과가 있는 것이어야 합니다.",
        "en": "It must be a plan of the same kind and day that has come to a result.",
    }


class RunState(Conflict):
    """The run's state forbids the action."""

    words = {"ko": "'{state}' 상태에서는 할 수 없습니다.", "en": "A run that is {state} cannot be changed so."}


def ask(
    city: City,
    *,
    evening: date,
    kind: str = "evening",
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    seconds: float | None = None,
    near: UUID | None = None,
    keep_weight: float | None = None,
    districts: frozenset[UUID] = frozenset(),
    seed: int,
    by: UUID | None,
    now: datetime,
) -> PlanRun:
    """Queue a run for an evening, or for the week of which it is the first; for the whole city or some districts.

    `near`: a run of the same evening to change as little as may be, in whose place this one is published; there a
    block changes hands for `keep_weight` or more only, the policy's where none is given.

    Raises what stands in the way: NoStreets, NoBlocks, NoTeamAvailable, EveningOver, WindowReversed, NearAnother,
    HoursOfAnotherDay, WeekAsPolicySays.
    """
    policy = policy_of(city)
    begins, ends = _hours(city, evening, kind, begins_at, ends_at)
    if ends <= now:
        raise EveningOver("/evening")
    if kind == "week" and near:
        raise WeekAsPolicySays("/near")
    streets_sha256(city)
    if not Block.select().where((Block.city == city) & Block.active & blocks_within(districts)).exists():
        raise NoBlocks
    before = _near(city, near, evening, districts) if near else None
    if kind == "week":
        require_teams_in_week(city, evening, now, districts)
    else:
        require_teams(city, begins, ends, now, before, districts=districts)
    with transaction():
        run: PlanRun = PlanRun.create(
            city=city,
            kind=kind,
            evening=evening,
            begins_at=begins,
            ends_at=ends,
            seconds=seconds or (policy.week.seconds if kind == "week" else policy.planning.seconds),
            seed=seed,
            near=before,
            keep_weight=_keep_weight(before, keep_weight, policy),
            requested_by=by,
            created_at=now,
        )
        for district in sorted(districts):
            PlanRunDistrict.create(run=run, district=district)
    return run


def _hours(
    city: City, evening: date, kind: str, begins_at: datetime | None, ends_at: datetime | None
) -> tuple[datetime, datetime]:
    """From the first evening's beginning to the last one's end.

    Raises HoursOfAnotherDay, WindowReversed, WeekAsPolicySays.
    """
    if kind == "week":
        if begins_at or ends_at:
            raise WeekAsPolicySays("/begins_at" if begins_at else "/ends_at")
        evenings = week_from(city, evening)
        return evenings[0].begins, evenings[-1].ends
    zone = zone_of(city)
    usual = window(evening, policy_of(city).evening, zone)
    begins, ends = begins_at or usual[0], ends_at or usual[1]
    if not evening <= begins.astimezone(zone).date() <= evening + timedelta(days=1):
        raise HoursOfAnotherDay("/begins_at")
    if not 0 < (ends - begins).total_seconds() <= 86_400:
        raise WindowReversed("/ends_at")
    return begins, ends


def _near(city: City, run_id: UUID, evening: date, districts: frozenset[UUID]) -> PlanRun:
    """The run to stay near, for the same districts. Raises NearAnother."""
    found = PlanRun.get_or_none((PlanRun.id == run_id) & (PlanRun.city == city))
    if found is None or found.summary is None or (found.kind, found.evening) != ("evening", evening):
        raise NearAnother("/near")
    if districts_of(found) != districts:
        raise NearAnother("/near")
    return found


def _keep_weight(near: PlanRun | None, given: float | None, policy: Policy) -> float | None:
    if near is None:
        return None
    return policy.planning.keep_weight if given is None else given


def require_teams(
    city: City,
    begins: datetime,
    ends: datetime,
    now: datetime,
    near: PlanRun | None = None,
    *,
    districts: frozenset[UUID] = frozenset(),
) -> None:
    """Raise NoTeamAvailable unless somebody can walk."""
    replacing = near.id if near is not None and near.state == "published" else None
    free = free_teams(city, begins, ends, now, replacing=replacing, districts=districts)
    if not (free.teams or free.kept_in):
        raise _nobody(city, begins, ends, free.active)


def require_teams_in_week(city: City, first: date, now: datetime, districts: frozenset[UUID] = frozenset()) -> None:
    """Raise NoTeamAvailable unless somebody can walk on one of seven evenings."""
    evenings = week_from(city, first)
    found = [free_teams(city, evening.begins, evening.ends, now, districts=districts) for evening in evenings]
    if not any(free.teams or free.kept_in for free in found):
        raise _nobody(city, evenings[0].begins, evenings[-1].ends, found[0].active)


def _nobody(city: City, begins: datetime, ends: datetime, active: int) -> NoTeamAvailable:
    zone = zone_of(city)
    first, last = begins.astimezone(zone), ends.astimezone(zone)
    over = f"{last:%H:%M}" if last - first <= timedelta(days=1) else f"{last:%m-%d %H:%M}"
    return NoTeamAvailable(begins=f"{first:%m-%d %H:%M}", ends=over, active=active)


def run_of(city: UUID, run_id: UUID, *, districts: frozenset[UUID] = frozenset()) -> PlanRun:
    """A city's run that whoever looks after `districts` has (see reach.within). Raises NotFound."""
    run = PlanRun.get_or_none((PlanRun.id == run_id) & (PlanRun.city == city) & within(districts))
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
    """Put the run's progress on the live stream of the coordinators who have it."""
    fresh = PlanRun.get_by_id(run.id)
    content = {
        "id": str(fresh.id),
        "state": fresh.state,
        "phase": fresh.phase,
        "progress": fresh.progress,
        "weight": fresh.weight,
        "bound": fresh.bound,
        "gap": fresh.gap,
    }
    people = coordinators_of(fresh.city_id, *districts_of(fresh))
    with transaction():
        announce(city=fresh.city_id, people=people, kind="plan", content=content, now=now)
