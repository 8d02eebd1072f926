"""A walk begins, pauses, goes on and ends. The shift follows in the same transaction."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from config.database import transaction
from patrol.errors import Conflict, Invalid, NotFound
from patrol.people.models import Person
from patrol.people.operations.consents import hold, require
from patrol.places.models import City
from patrol.places.operations.cities import policy_of, zone_of
from patrol.shifts.models import Shift
from patrol.shifts.operations.answering import finish_shift, start_shift
from patrol.teams.models import Team
from patrol.teams.operations.welfare import WeatherAt, in_words, names_of
from patrol.teams.rules import Gate
from patrol.walks import rules
from patrol.walks.models import Walk
from patrol.walks.operations.measuring import measure, pauses_of, prune
from patrol.walks.operations.welfare import home_by, plain, wanted_min, watch_of


class NoSuchShift(Invalid):
    """The caller's teams have no such shift."""

    words = {"ko": "우리 팀의 근무가 아닙니다.", "en": "Your team has no such shift."}


class LeashNotAttested(Invalid):
    """A walk starts with the leash attested."""

    words = {
        "ko": "목줄({leash_m} m 이하)을 확인한 뒤 시작하세요.",
        "en": "Attest the leash ({leash_m} m at most) before you start.",
    }


class InFuture(Invalid):
    """A time ahead of the server's."""

    words = {
        "ko": "미래의 시각입니다. 휴대전화의 시계를 확인하세요.",
        "en": "Lies in the future; check the phone's clock.",
    }


class TooEarly(Invalid):
    """A time before what it follows. Facts: `after`."""

    words = {"ko": "{after} 이후여야 합니다.", "en": "Must not be before {after}."}


class ShiftNotOpen(Conflict):
    """A walk may start only within the shift's time."""

    words = {
        "ko": "이 근무는 {opens}부터 {closes}까지 시작할 수 있습니다.",
        "en": "This shift's walk may start from {opens} to {closes}.",
    }


class TeamNotActive(Conflict):
    """Only an active team patrols."""

    words = {"ko": "팀이 활동 상태가 아닙니다({state}).", "en": "The team is not active: {state}."}


class WelfareStop(Conflict):
    """The weather, or its own limit, forbids one of the dogs the walk. Facts: `reasons` (codes), `until` or null."""

    words = {
        "ko": "반려견 건강을 위해 지금은 순찰할 수 없습니다 – {why_ko}. {until_ko}",
        "en": "For the dogs' sake there is no walk now: {why_en}. {until_en}",
    }

    def __init__(self, gate: Gate, *, until: datetime | None, zone: ZoneInfo) -> None:
        """Names the dogs, what stops them, and when they may walk again if that can be foreseen."""
        known = names_of(gate.dogs)
        why = in_words(gate.reasons, [known[dog] for dog in gate.dogs])
        local = until and until.astimezone(zone)
        super().__init__(
            reasons=gate.reasons,
            until=until,
            why_ko=why["ko"],
            why_en=why["en"],
            until_ko=f"{local:%H:%M}부터 다시 걸을 수 있습니다." if local else "오늘은 쉬어 주세요.",
            until_en=f"From {local:%H:%M} on they may." if local else "Let them rest today.",
        )


class ShiftWalked(Conflict):
    """The shift has a walk already."""

    words = {"ko": "이 근무의 순찰이 이미 있습니다.", "en": "This shift has a walk already."}


class IdTaken(Conflict):
    """The id came before with other content."""

    words = {"ko": "같은 id가 다른 내용으로 이미 쓰였습니다.", "en": "This id was used with other content."}


class WalkState(Conflict):
    """The walk's state does not allow the action. Facts: `state`, `action`."""

    words = {
        "ko": "순찰이 '{state}' 상태라서 할 수 없습니다 ({action}).",
        "en": "The walk is {state}; {action} is not possible now.",
    }


def begin(
    city: City,
    walk_id: UUID,
    *,
    person: Person,
    shift_id: UUID,
    started_at: datetime,
    leash_attested: bool,
    weather: WeatherAt,
    now: datetime,
) -> tuple[Walk, bool]:
    """Start the walk of a shift. Returns it and whether it is new; the same again is the same walk.

    Raises Invalid…, ShiftNotOpen, TeamNotActive,
    WelfareStop, ShiftWalked, IdTaken, people's ConsentNeeded, shifts' ShiftState and AnswerTooLate.
    """
    shift = _shift_of(city, shift_id, person)
    policy = policy_of(city)
    if not leash_attested:
        raise LeashNotAttested("/leash_attested", leash_m=policy.walk.leash_m)
    _check_start(shift, started_at, now=now)
    digest = _digest(str(shift.id), started_at.astimezone(UTC).isoformat())
    known = Walk.get_or_none(Walk.id == walk_id)
    if known is not None:
        return _same(known, digest), False
    if shift.team.state != "active":
        raise TeamNotActive(state=shift.team.state)
    watch, minutes = watch_of(shift, weather), wanted_min(shift)
    gate = watch.gate(started_at, minutes)
    if gate.verdict == "stop":
        raise WelfareStop(gate, until=watch.allowed_again(started_at, minutes), zone=zone_of(city))
    with transaction():
        hold(person)  # a withdrawal at the same moment comes before this walk, or finds it and ends it
        require(person, policy=policy, kinds=("service", "location"), now=now)
        # So does whoever stops the team.
        if not Team.update(code=Team.code).where((Team.id == shift.team_id) & (Team.state == "active")).execute():
            raise TeamNotActive(state=Team.get_by_id(shift.team_id).state)
        made = (
            Walk.insert(
                id=walk_id,
                city=city,
                team=shift.team,
                shift=shift,
                state="walking",
                digest=digest,
                gate=plain(gate),
                end_by=home_by(watch, gate, shift, started_at),
                started_at=started_at,
                pauses=[],
                heard_at=now,
                created_at=now,
            )
            .on_conflict_ignore()
            .as_rowcount()
            .execute()
        )
        if not made:  # the phone's other try was faster, or another phone
            known = Walk.get_or_none(Walk.id == walk_id)
            if known is None:
                raise ShiftWalked
            return _same(known, digest), False
        start_shift(shift, now=now)
        walk: Walk = Walk.get_by_id(walk_id)
    return walk, True


def pause(walk_id: UUID, *, person: Person, at: datetime, now: datetime) -> Walk:
    """Record nothing from `at` on. Raises NotFound, WalkState, InFuture, TooEarly."""
    with transaction():
        walk = held(walk_id, person, now=now)
        state = _next(walk, "pause")
        pauses = pauses_of(walk)
        _check_order("/at", at, after=pauses[-1].until if pauses else walk.started_at, now=now)
        return _change(walk, state=state, pauses=_plain([*pauses, rules.Pause(at)]))


def resume(walk_id: UUID, *, person: Person, at: datetime, now: datetime) -> Walk:
    """Record again from `at` on; what came of the time between is deleted. Raises as `pause`."""
    with transaction():
        walk = held(walk_id, person, now=now)
        state = _next(walk, "resume")
        pauses = pauses_of(walk)
        _check_order("/at", at, after=pauses[-1].since, now=now)
        return _change(walk, state=state, pauses=_plain([*pauses[:-1], rules.Pause(pauses[-1].since, at)]))


def end(walk_id: UUID, *, person: Person, ended_at: datetime, now: datetime) -> Walk:
    """End the walk; once more with the same time changes nothing. Raises as `pause`.

    A walk that was ended because its phone was silent takes the phone's word when it is heard of again.
    """
    with transaction():
        walk = held(walk_id, person, now=now)
        _check_order("/ended_at", ended_at, after=walk.started_at, now=now)
        ended_at = min(ended_at, walk.started_at + rules.LONGEST)
        if walk.state == "ended" and walk.ended_by == "walker" and walk.ended_at == ended_at:
            return walk
        if walk.state == "ended" and walk.ended_by != "silence":
            raise WalkState(state=walk.state, action="end")
        return finish(walk, ended_at=ended_at, by="walker", now=now)


def finish(walk: Walk, *, ended_at: datetime, by: str, now: datetime) -> Walk:
    """End a walk that is held, for one of rules.ENDED_BY; its shift is walked.

    Silence may yet turn out to be no end: then a pause that lasts is over when the phone was last heard of.
    """
    ended_at = min(ended_at, walk.started_at + rules.LONGEST)
    pauses = rules.closed(pauses_of(walk), max(ended_at, walk.heard_at) if by == "silence" else ended_at)
    under_way = walk.state != "ended"
    changed = _change(walk, state="ended", ended_at=ended_at, ended_by=by, pauses=_plain(pauses))
    if under_way:
        finish_shift(walk.shift, now=now)
    return changed


def held(walk_id: UUID, person: Person, *, now: datetime) -> Walk:
    """The person's walk, kept from others until the transaction ends: what arrives at once is taken one by one.

    Raises NotFound.
    """
    mine = Team.select(Team.id).where(Team.handler == person)
    own = (Walk.id == walk_id) & Walk.team.in_(mine)
    if not Walk.update(heard_at=now).where(own).execute():
        raise NotFound
    walk: Walk = Walk.get_by_id(walk_id)
    return walk


def _change(walk: Walk, **values: Any) -> Walk:
    """Write it, and what follows for the track: positions that are none of the walk's go, the rest is measured anew."""
    Walk.update(**values).where(Walk.id == walk.id).execute()
    changed: Walk = Walk.get_by_id(walk.id)
    if not changed.forgotten:
        prune(changed)
        measure(changed)
    return Walk.get_by_id(walk.id)


def _next(walk: Walk, action: str) -> str:
    state = rules.NEXT[walk.state].get(action)
    if state is None:
        raise WalkState(state=walk.state, action=action)
    return state


def _plain(pauses: list[rules.Pause]) -> list[list[str | None]]:
    return [
        [pause.since.astimezone(UTC).isoformat(), pause.until.astimezone(UTC).isoformat() if pause.until else None]
        for pause in pauses
    ]


def _shift_of(city: City, shift_id: UUID, person: Person) -> Shift:
    wanted = (Shift.id == shift_id) & (Shift.city == city) & (Team.handler == person)
    found: Shift | None = Shift.select(Shift, Team).join(Team).where(wanted).first()
    if found is None:
        raise NoSuchShift("/shift")
    return found


def _check_start(shift: Shift, started_at: datetime, *, now: datetime) -> None:
    if rules.in_future(started_at, now=now):
        raise InFuture("/started_at")
    if not shift.opens_at <= started_at <= shift.closes_at:
        zone = zone_of(shift.city_id)
        opens, closes = shift.opens_at.astimezone(zone), shift.closes_at.astimezone(zone)
        raise ShiftNotOpen(opens=f"{opens:%Y-%m-%d %H:%M}", closes=f"{closes:%H:%M}")


def _check_order(pointer: str, at: datetime, *, after: datetime | None, now: datetime) -> None:
    if rules.in_future(at, now=now):
        raise InFuture(pointer)
    if after is not None and at < after:
        raise TooEarly(pointer, after=after.isoformat())


def _same(known: Walk, digest: str) -> Walk:
    if known.digest != digest:
        raise IdTaken
    return known


def _digest(*content: str) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
