"""What others learn of a sighting's steps: open pages at once, the reporter by a receipt.

Called inside the transaction of the step, after everything else in it.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from notifications.outbox import Said, Words, announce, enqueue
from patrol.alerts.models import Escalation
from patrol.alerts.operations.reading import recipients
from patrol.alerts.rules import RUNG_WORDS
from patrol.people.operations.accounts import people_with
from patrol.sightings import rules
from patrol.sightings.models import Sighting, SightingStep

RECEIPT_TITLE = {"ko": "신고 소식", "en": "Your sighting"}
WALKERS_PAGE = "/walk"


def note_step(
    sighting: Sighting, action: str, *, by: UUID | None, by_role: str, note: str = "", now: datetime
) -> SightingStep:
    """Write down what happened, after the sighting was changed."""
    step: SightingStep = SightingStep.create(
        sighting=sighting,
        version=sighting.version,
        action=action,
        state=sighting.state,
        outcome=sighting.outcome,
        by=by,
        by_role=by_role,
        note=note,
        at=now,
    )
    return step


def tell_change(sighting: Sighting, action: str, *, answering: Collection[UUID] | None = None, now: datetime) -> None:
    """Refresh the pages of those who answer, and give the reporter a receipt. `answering`: who, where that is known."""
    announce_change(sighting, answering=answering, now=now)
    text = rules.receipt(action, sighting.outcome)
    _give_receipt(sighting, text, key=f"sighting:{sighting.id}:{sighting.version}", now=now)


def announce_change(sighting: Sighting, *, answering: Collection[UUID] | None = None, now: datetime) -> None:
    """Refresh the pages that show a sighting: of those who answer, and of its reporter."""
    refresh(sighting, answering=answering, now=now)
    if sighting.reporter_id is not None:
        receipt = {"id": str(sighting.id), "state": sighting.state}
        announce(city=sighting.city_id, people=[sighting.reporter_id], kind="receipt", content=receipt, now=now)


def say_unmanned(sighting: Sighting, *, now: datetime) -> None:
    """Tell admins that something of a protected kind waits and nobody is charged with it; not what, nor where."""
    enqueue(
        city=sighting.city_id,
        people=people_with(sighting.city_id, "admin"),
        kind="rota_gap",
        words=words_of(rules.UNMANNED),
        link="/staff",
        subject=None,
        urgent=True,
        dedupe_key=f"unmanned:{sighting.id}",
        now=now,
    )


def refresh(sighting: Sighting, *, answering: Collection[UUID] | None = None, now: datetime) -> None:
    """Let the pages of those who answer fetch the sighting anew."""
    shown = {"id": str(sighting.id), "state": sighting.state, "urgency": sighting.urgency}
    kind = {} if sighting.restricted else {"kind": sighting.kind}
    people = recipients(sighting.id) if answering is None else answering
    announce(city=sighting.city_id, people=people, kind="sighting", content={**shown, **kind}, now=now)


def alert_words(sighting: Sighting, *, again: bool = False) -> Words:
    """What recipients read in a push: no name, no place, no kind."""
    return words_of(rules.AGAIN if again else rules.ALERT[sighting.urgency])


def words_of(said: dict[str, tuple[str, str]]) -> Words:
    """A title and a text in each language, as messages have them."""
    return Words(ko=_said(said["ko"]), en=_said(said["en"]))


def tell_passed_on(sighting: Sighting, step: Escalation, *, now: datetime) -> None:
    """The same when nobody acknowledged and the next contact was told; a mere reminder is no news to the reporter."""
    if step.again:
        refresh(sighting, now=now)
        return
    announce_change(sighting, now=now)
    _give_receipt(sighting, rules.passed_on(RUNG_WORDS[step.passed_to]), key=f"escalation:{step.id}", now=now)


def passed_on_words(*, again: bool) -> Words:
    """What those read to whom it is passed on: no name, no place, no kind."""
    return words_of(rules.REMINDER if again else rules.PASSED_ON)


def _give_receipt(sighting: Sighting, text: dict[str, str], *, key: str, now: datetime) -> None:
    """Tell the reporter once under this key, where there still is one."""
    if sighting.reporter_id is None:
        return
    enqueue(
        city=sighting.city_id,
        people=[sighting.reporter_id],
        kind="receipt",
        words=words_of({language: (title, text[language]) for language, title in RECEIPT_TITLE.items()}),
        link=WALKERS_PAGE,
        subject=sighting.id,
        urgent=False,
        dedupe_key=key,
        now=now,
    )


def _said(parts: tuple[str, str]) -> Said:
    return Said(title=parts[0], body=parts[1])
