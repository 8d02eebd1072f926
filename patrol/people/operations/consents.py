"""Consents: separate, versioned, each revocable."""

from collections.abc import Callable
from datetime import datetime

from config.database import transaction
from config.policy import Policy
from patrol.errors import Forbidden, NotFound
from patrol.people.models import Consent, Person
from patrol.people.rules import CONSENTS, missing_consents

OnRevoked = Callable[[Person, str, datetime], None]


class NoSuchConsent(NotFound):
    """The city asks for no consent of this kind."""

    words = {"ko": "'{kind}' 동의 항목이 없습니다.", "en": "No consent of kind {kind!r} is asked for here."}


class ConsentNeeded(Forbidden):
    """Something needs a consent that is not given."""

    words = {"ko": "먼저 동의가 필요합니다: {kinds}", "en": "Consent is needed first: {kinds}."}


def give(person: Person, kind: str, *, policy: Policy, now: datetime) -> Consent:
    """Give consent to the present version; given already, that one stands. Raises NoSuchConsent."""
    asked = policy.consent(kind)
    if asked is None:
        raise NoSuchConsent(kind=kind)
    with transaction():
        hold(person)
        standing = (
            Consent.select()
            .where(
                (Consent.person == person)
                & (Consent.kind == kind)
                & (Consent.version == asked.version)
                & Consent.revoked_at.is_null()
            )
            .first()
        )
        return standing or Consent.create(
            city=person.city_id, person=person, kind=kind, version=asked.version, given_at=now
        )


def withdraw(person: Person, kind: str, *, effects: tuple[OnRevoked, ...], now: datetime) -> None:
    """Withdraw a consent; its effects in the subjects above happen in the same transaction. Raises NoSuchConsent.

    One that does not stand may be withdrawn, too: whatever rests on it by mistake ends as well.
    """
    if kind not in CONSENTS:
        raise NoSuchConsent(kind=kind)
    with transaction():
        hold(person)
        Consent.update(revoked_at=now).where(
            (Consent.person == person) & (Consent.kind == kind) & Consent.revoked_at.is_null()
        ).execute()
        for effect in effects:
            effect(person, kind, now)


def hold(person: Person) -> None:
    """Within a transaction: keep the person's consents as they are until its end; others who hold them wait."""
    Person.update(state=Person.state).where(Person.id == person.id).execute()


def given(person: Person) -> set[tuple[str, int]]:
    """(kind, version) of the consents that stand."""
    rows = Consent.select().where((Consent.person == person) & Consent.revoked_at.is_null())
    return {(row.kind, row.version) for row in rows}


def require(person: Person, *, policy: Policy, kinds: tuple[str, ...] | None = None) -> None:
    """Raise ConsentNeeded unless the required consents (or `kinds`) stand in their present version."""
    asked = [
        (consent.kind, consent.version)
        for consent in policy.consents
        if (consent.kind in kinds if kinds is not None else consent.required)
    ]
    lacking = missing_consents(asked, given(person))
    if lacking:
        raise ConsentNeeded(kinds=", ".join(lacking))
