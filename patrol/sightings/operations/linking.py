"""Whoever answers says that two sightings are the same, or that they are not."""

from datetime import datetime
from uuid import UUID

from config.database import transaction
from patrol.alerts import operations as alerts
from patrol.errors import Conflict, Stale
from patrol.places.operations.cities import policy_of
from patrol.sightings import rules
from patrol.sightings.models import Corroboration, Sighting
from patrol.sightings.operations import corroborating
from patrol.sightings.operations.near import cell_of
from patrol.sightings.operations.routing import due, routed_again
from patrol.sightings.operations.telling import alert_words, announce_change, note_step, tell_change


class NeverTheSame(Conflict):
    """One of the two is of a kind whose sightings are each answered on their own."""

    words = {
        "ko": "이 종류의 신고는 따로따로 처리합니다.",
        "en": "Sightings of this kind are each answered on their own.",
    }


class Ended(Conflict):
    """One of the two is resolved."""

    words = {
        "ko": "종결된 신고는 묶거나 나눌 수 없습니다.",
        "en": "What is resolved can be neither linked nor split; it must be opened again first.",
    }


class LessUrgent(Conflict):
    """The first is less urgent than what would vanish behind it."""

    words = {
        "ko": "더 급한 신고를 덜 급한 신고에 묶을 수 없습니다. 반대로 묶어 주세요.",
        "en": "The first is less urgent than this one; link them the other way round.",
    }


class NotLinked(Conflict):
    """It stands for itself, and nobody asks whether it is another's."""

    words = {"ko": "다른 신고와 묶여 있지 않습니다.", "en": "It is not linked to another."}


class Itself(Conflict):
    """A sighting is not a second one of itself."""

    words = {"ko": "자기 자신과는 묶을 수 없습니다.", "en": "That is this very sighting, or belongs to it."}


def link(
    sighting: Sighting, first: Sighting, *, note: str, by: UUID, by_role: str, expected: int | None, now: datetime
) -> Sighting:
    """Make a sighting, with all that belong to it, belong to `first` or to what that one belongs to.

    Once more with the same first: nothing changes. Raises Stale, Itself, NeverTheSame, Ended, LessUrgent.
    """
    policy = policy_of(sighting.city_id)
    if not all(corroborating.may_belong(policy.kind(each.kind)) for each in (sighting, first)):
        raise NeverTheSame
    head = corroborating.first_of(first.id) or first.id
    if head == sighting.id:
        raise Itself
    with transaction():
        alerts.absorb(sighting.id, now=now)
        standing = [corroborating.hold_open(each) for each in sorted((head, sighting.id))]
        current = _current(sighting, expected)
        if corroborating.first_of(sighting.id) == head:
            return current
        if not all(standing) or corroborating.first_of(head) is not None:
            raise Ended
        if current.urgency_rank < Sighting.get_by_id(head).urgency_rank:
            raise LessUrgent
        for each in (current, *corroborating.belonging(current.id)):
            _place(each)
            corroborating.follow(each, head, by=by, by_role=by_role, note=note, now=now)
    return Sighting.get_by_id(sighting.id)


def split(sighting: Sighting, *, note: str, by: UUID, by_role: str, expected: int | None, now: datetime) -> Sighting:
    """Make it a sighting of its own again, with an alert of its own; or answer that it is not what was asked about.

    Raises Stale, NotLinked, Ended.
    """
    policy = policy_of(sighting.city_id)
    routed = routed_again(sighting, policy, now=now)
    with transaction():
        first = corroborating.first_of(sighting.id)
        if first is None:
            return _not_the_same(sighting, note=note, by=by, by_role=by_role, expected=expected, now=now)
        alerts.reopen(sighting.id, due_at=due(policy, sighting.urgency, now=now), now=now)
        if not corroborating.hold_open(first):
            raise Ended
        _current(sighting, expected)
        still = (Corroboration.sighting == sighting.id) & (Corroboration.first == first)
        if not Corroboration.update(first=None, linked_at=None).where(still).execute():
            raise NotLinked
        Sighting.update(state="alerted", **routed.columns, version=Sighting.version + 1).where(
            Sighting.id == sighting.id
        ).execute()
        own: Sighting = Sighting.get_by_id(sighting.id)
        alerts.tell(
            own.id, people=routed.people, kind="sighting", words=alert_words(own), link=rules.PAGE[routed.to], now=now
        )
        note_step(own, "split", by=by, by_role=by_role, note=note, now=now)
        tell_change(own, "split", now=now)
        announce_change(Sighting.get_by_id(first), now=now)
    return own


def _not_the_same(
    sighting: Sighting, *, note: str, by: UUID, by_role: str, expected: int | None, now: datetime
) -> Sighting:
    current = _current(sighting, expected)
    asked = (Corroboration.sighting == current.id) & Corroboration.same_as.is_null(is_null=False)
    if not Corroboration.update(same_as=None).where(asked).execute():
        raise NotLinked
    Sighting.update(version=Sighting.version + 1).where(Sighting.id == current.id).execute()
    own: Sighting = Sighting.get_by_id(current.id)
    note_step(own, "split", by=by, by_role=by_role, note=note, now=now)
    announce_change(own, now=now)
    return own


def _current(sighting: Sighting, expected: int | None) -> Sighting:
    current: Sighting = Sighting.get_by_id(sighting.id)
    if expected is not None and current.version != expected:
        raise Stale
    return current


def _place(sighting: Sighting) -> None:
    """What came before its kind could belong to another has no place among them yet."""
    Corroboration.insert(
        sighting=sighting.id,
        city=sighting.city_id,
        kind=sighting.kind,
        cell=cell_of(sighting.lon, sighting.lat),
        seen_at=sighting.seen_at,
    ).on_conflict_ignore().execute()
