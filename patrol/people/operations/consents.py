"""Consents: separate, versioned, each revocable. One may lapse; a new version of its text asks again."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from config import policy as policies
from config.database import transaction
from config.policy import Policy
from notifications.outbox import Words, enqueue
from patrol.errors import Forbidden, NotFound
from patrol.people.models import Consent, Person
from patrol.people.rules import CONSENT_NAMES, CONSENTS, consent_ends, missing_consents
from patrol.places.models import City

OnRevoked = Callable[[Person, str, datetime], None]

PAGE = "/privacy"
RENEWED_AT_MOST_EVERY = timedelta(days=1)


class NoSuchConsent(NotFound):
    """The city asks for no consent of this kind."""

    words = {"ko": "'{kind}' 동의 항목이 없습니다.", "en": "No consent of kind {kind!r} is asked for here."}


class ConsentNeeded(Forbidden):
    """Something needs a consent that is not given."""

    words = {"ko": "먼저 동의가 필요합니다: {kinds}", "en": "Consent is needed first: {kinds}."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A consent that the city asks for, and how it stands with somebody.

    `renew`: it was given, in an earlier version or too long ago, and is asked for again. `ends_at` None: it stands
    until it is withdrawn, or does not stand.
    """

    consent: policies.Consent
    given: bool
    given_at: datetime | None
    ends_at: datetime | None
    renew: bool


def give(person: Person, kind: str, *, policy: Policy, now: datetime) -> Consent:
    """Give consent to the present version; given already, that one stands. Raises NoSuchConsent.

    One that will lapse is thereby given anew, at most once a day.
    """
    asked = policy.consent(kind)
    if asked is None:
        raise NoSuchConsent(kind=kind)
    with transaction():
        hold(person)
        latest: Consent | None = (
            Consent.select()
            .where(_unrevoked(person) & (Consent.kind == kind) & (Consent.version == asked.version))
            .order_by(Consent.given_at.desc())
            .first()
        )
        fresh = asked.valid_days is None or (latest and latest.given_at > now - RENEWED_AT_MOST_EVERY)
        if latest is not None and fresh:
            return latest
        return Consent.create(city=person.city_id, person=person, kind=kind, version=asked.version, given_at=now)


def withdraw(person: Person, kind: str, *, effects: tuple[OnRevoked, ...], now: datetime) -> None:
    """Withdraw a consent; its effects in the subjects above happen in the same transaction. Raises NoSuchConsent.

    One that does not stand may be withdrawn, too: whatever rests on it by mistake ends as well.
    """
    if kind not in CONSENTS:
        raise NoSuchConsent(kind=kind)
    with transaction():
        hold(person)
        Consent.update(revoked_at=now).where(_unrevoked(person) & (Consent.kind == kind)).execute()
        for effect in effects:
            effect(person, kind, now)


def hold(person: Person) -> None:
    """Within a transaction: keep the person's consents as they are until its end; others who hold them wait."""
    Person.update(state=Person.state).where(Person.id == person.id).execute()


def standing_of(people: Collection[UUID], *, policy: Policy, now: datetime) -> dict[UUID, set[tuple[str, int]]]:
    """(kind, version) of the consents of each that stand: neither withdrawn nor lapsed."""
    given: dict[UUID, set[tuple[str, int]]] = defaultdict(set)
    for row in Consent.select().where(Consent.person.in_([*people]) & Consent.revoked_at.is_null()):
        if _stands(row, policy, now):
            given[row.person_id].add((row.kind, row.version))
    return given


def require(person: Person, *, policy: Policy, kinds: tuple[str, ...] | None = None, now: datetime) -> None:
    """Raise ConsentNeeded unless the required consents (or `kinds`) stand in their present version."""
    asked = [
        (consent.kind, consent.version)
        for consent in policy.consents
        if (consent.kind in kinds if kinds is not None else consent.required)
    ]
    lacking = missing_consents(asked, standing_of([person.id], policy=policy, now=now)[person.id])
    if lacking:
        raise ConsentNeeded(kinds=", ".join(lacking))


def asked_of(person: Person, *, policy: Policy, now: datetime) -> list[Asked]:
    """Each consent that the city asks for, in the policy's order."""
    rows = list(Consent.select().where(_unrevoked(person)).order_by(Consent.given_at))
    return [_asked(consent, [row for row in rows if row.kind == consent.kind], now) for consent in policy.consents]


def ask_again(city: City, *, before: Policy, after: Policy, now: datetime) -> int:
    """Tell whoever gave an earlier version of a consent that the policy `after` asks again; returns how many were told.

    In the transaction that puts the policy in force.
    """
    count = 0
    for consent in after.consents:
        earlier = before.consent(consent.kind)
        if earlier is None or consent.version <= earlier.version:
            continue
        rows = (
            Consent.select(Consent.person)
            .join(Person)
            .where(
                (Consent.city == city)
                & (Consent.kind == consent.kind)
                & (Consent.version < consent.version)
                & Consent.revoked_at.is_null()
                & (Person.state == "active")
            )
            .distinct()
        )
        people = [row.person_id for row in rows]
        count += len(people)
        enqueue(
            city=city.id,
            people=people,
            kind="consent_renewal",
            words=_renewal(consent.kind),
            link=PAGE,
            subject=None,
            urgent=False,
            dedupe_key=f"consent:{consent.kind}:{consent.version}",
            now=now,
        )
    return count


def _unrevoked(person: Person) -> object:
    return (Consent.person == person) & Consent.revoked_at.is_null()


def _stands(row: Consent, policy: Policy, now: datetime) -> bool:
    asked = policy.consent(row.kind)
    ends_at = consent_ends(asked, row.given_at) if asked else None
    return ends_at is None or now < ends_at


def _asked(consent: policies.Consent, rows: list[Consent], now: datetime) -> Asked:
    """`rows`: what was given of this kind and not withdrawn, in order."""
    present = [row for row in rows if row.version == consent.version]
    ends_at = consent_ends(consent, present[-1].given_at) if present else None
    given = bool(present) and (ends_at is None or now < ends_at)
    return Asked(
        consent=consent,
        given=given,
        given_at=rows[-1].given_at if rows else None,
        ends_at=ends_at if given else None,
        renew=bool(rows) and not given,
    )


def _renewal(kind: str) -> Words:
    name = CONSENT_NAMES[kind]
    return {
        "ko": {
            "title": "동의를 다시 확인해 주세요",
            "body": f"'{name['ko']}' 동의의 내용이 바뀌었습니다. 읽고 다시 동의해 주세요. "
            "그때까지 그에 따른 기능은 쉽니다.",
        },
        "en": {
            "title": "Please look at a consent again",
            "body": f"The text of the consent to {name['en']} has changed. Read it and give it again; until then what "
            "rests on it is at rest.",
        },
    }
