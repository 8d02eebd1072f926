"""At the end of a shift whoever took sightings gives them to a colleague, or back to those who come next."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from config.database import transaction
from notifications.outbox import enqueue
from patrol.alerts import operations as alerts
from patrol.alerts.operations.reading import told_of
from patrol.errors import Conflict, Invalid
from patrol.people.models import Person
from patrol.places.operations.cities import policy_of
from patrol.sightings import rules
from patrol.sightings.models import Sighting
from patrol.sightings.operations.answering import expect, move, told
from patrol.sightings.operations.routing import due, routed_again
from patrol.sightings.operations.telling import alert_words, words_of


class NotAColleague(Invalid):
    """The sighting could not be answered by this person."""

    words = {
        "ko": "이 신고를 맡을 수 있는 동료가 아닙니다.",
        "en": "Is nobody who could answer this sighting; see its colleagues.",
    }


def colleagues(sighting: Sighting, *, by: UUID, now: datetime) -> list[Person]:
    """Who else could take a sighting: those who would be told of it now; of a restricted one, who is on its duty."""
    routed = routed_again(sighting, policy_of(sighting.city_id), now=now)
    unmoved = (routed.to, routed.box) == (sighting.routed_to, sighting.box_id)
    could = set(routed.people) if unmoved else set()
    if not sighting.restricted:
        could |= {*told_of(sighting.id)}
    active = Person.id.in_(could - {by}) & (Person.state == "active")
    return list(Person.select().where(active).order_by(Person.name, Person.id))


def hand_over(
    sighting: Sighting, *, to: UUID | None, note: str, by: UUID, by_role: str, expected: int | None, now: datetime
) -> Sighting:
    """Give what one took to `to`, who has it from now on; None: back to the queue, alerted anew and due anew.

    Raises NotAColleague, NotNow, Stale, alerts' TakenAlready (somebody else has it).
    """
    if to is None:
        return _hand_back(sighting, note=note, by=by, by_role=by_role, expected=expected, now=now)
    if to not in {person.id for person in colleagues(sighting, by=by, now=now)}:
        raise NotAColleague("/to")
    with transaction():
        current = expect(sighting, "hand_over", expected)
        alerts.hand_over(current.id, by=by, to=to, now=now)
        moved = move(current, "hand_over")
        _tell_colleague(moved, to, now=now)
        return told(moved, "hand_over", by=by, by_role=by_role, note=note, now=now)


def _hand_back(
    sighting: Sighting, *, note: str, by: UUID, by_role: str, expected: int | None, now: datetime
) -> Sighting:
    """It goes where it would go by now; with nobody there, it stays where it is."""
    policy = policy_of(sighting.city_id)
    routed = routed_again(sighting, policy, now=now)
    with transaction():
        current = expect(sighting, "hand_back", expected)
        people = {*told_of(current.id), *routed.people} - {by}
        alerts.release(current.id, by=by, due_at=due(policy, current.urgency, now=now), now=now)
        moved = move(current, "hand_back", **(routed.columns if routed.people else {}))
        words, page = alert_words(moved), rules.PAGE[moved.routed_to]
        alerts.tell(moved.id, people=people, kind="sighting", words=words, link=page, now=now)
        return told(moved, "hand_back", by=by, by_role=by_role, note=note, now=now)


def hand_over_all(
    mine: Sequence[tuple[Sighting, str]], *, to: UUID | None, note: str, by: UUID, now: datetime
) -> tuple[list[UUID], list[UUID]]:
    """Give all that one has, each with the role one answers it in. Returns what went, and what one still has.

    What the colleague could not answer, and what somebody changed meanwhile, stays.
    """
    went: list[UUID] = []
    kept: list[UUID] = []
    for sighting, role in mine:
        try:
            hand_over(sighting, to=to, note=note, by=by, by_role=role, expected=None, now=now)
        except (Conflict, Invalid):
            kept.append(sighting.id)
        else:
            went.append(sighting.id)
    return went, kept


def _tell_colleague(sighting: Sighting, to: UUID, *, now: datetime) -> None:
    enqueue(
        city=sighting.city_id,
        people=[to],
        kind="sighting",
        words=words_of(rules.HANDED_OVER),
        link=rules.PAGE[sighting.routed_to],
        subject=sighting.id,
        urgent=sighting.urgency == "Immediate",
        dedupe_key=f"handed:{sighting.id}:{sighting.version}",
        now=now,
    )
