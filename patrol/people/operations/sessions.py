"""Signing in and out. A token is 256 random bits; only its SHA-256 is stored, so it can be revoked and never read."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from config.database import transaction
from notifications.devices import retire_of_session
from patrol.errors import Conflict, NotFound
from patrol.people.models import Link, Person, Session
from patrol.people.operations.passwords import Cost, matches
from patrol.people.operations.powers import Powers, powers_of
from patrol.people.operations.throttle import throttle
from patrol.people.rules import LINK_NEEDS, e164
from patrol.places.models import City
from patrol.places.operations.cities import policy_of

TOUCH_EVERY = timedelta(minutes=10)
ATTEMPTS, ATTEMPTS_EVERY = 10, timedelta(minutes=5)


class WrongSignIn(NotFound):
    """Name and password do not go together; says no more than that."""

    words = {"ko": "아이디 또는 비밀번호가 맞지 않습니다.", "en": "Name and password do not go together."}


class LinkUsed(Conflict):
    """A one-time link was used, has run out, or never was."""

    words = {
        "ko": "이 링크는 이미 쓰였거나 만료되었습니다. 새 링크를 요청하세요.",
        "en": "This link was used or has run out; ask for a new one.",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A fresh session: the only moment at which its token is known."""

    token: str
    session: Session
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who a token belongs to and what they may do."""

    person: Person
    session: Session
    powers: Powers


def sign_in(
    city: City, *, name: str, password: str, device: str, channel: str, cost: Cost, lasting: timedelta, now: datetime
) -> SignedIn:
    """Sign in by phone or e-mail. Raises WrongSignIn, TooMany."""
    known_as = e164(name, policy_of(city).formats) or name.strip().casefold()
    throttle(f"sign-in:{city.id}:{known_as}", most=ATTEMPTS, every=ATTEMPTS_EVERY, now=now)
    person = Person.get_or_none(
        (Person.city == city) & ((Person.phone == known_as) | (Person.email == known_as)) & (Person.state == "active")
    )
    if not matches(person.password_hash if person else None, password, cost=cost) or person is None:
        raise WrongSignIn
    with transaction():
        return open_session(person, device=device, channel=channel, lasting=lasting, now=now)


def sign_in_by_link(token: str, *, device: str, channel: str, lasting: timedelta, now: datetime) -> SignedIn:
    """Sign in by a one-time link. Raises LinkUsed."""
    with transaction():
        person = use_link(token, purpose="sign_in", now=now)
        return open_session(person, device=device, channel=channel, lasting=lasting, now=now)


def open_session(person: Person, *, device: str, channel: str, lasting: timedelta, now: datetime) -> SignedIn:
    """A new session for a person already known to be the one."""
    token = secrets.token_urlsafe(32)
    session = Session.create(
        city=person.city_id,
        person=person,
        token_sha256=sha256(token),
        channel=channel,
        device=device,
        created_at=now,
        seen_at=now,
        expires_at=now + lasting,
    )
    return SignedIn(token=token, session=session, person=person)


def standing(token: str, *, lasting: timedelta, now: datetime) -> Standing | None:
    """Whom a token belongs to, or None. Slides the expiry, at most once in ten minutes so that reads stay reads."""
    session = (
        Session.select(Session, Person)
        .join(Person)
        .where(
            (Session.token_sha256 == sha256(token))
            & Session.revoked_at.is_null()
            & (Session.expires_at > now)
            & (Person.state == "active")
        )
        .first()
    )
    if session is None:
        return None
    if now - session.seen_at > TOUCH_EVERY:
        with transaction():
            Session.update(seen_at=now, expires_at=now + lasting).where(Session.id == session.id).execute()
    return Standing(person=session.person, session=session, powers=powers_of(session.person_id, now=now))


def revoke(person: UUID, session: UUID, *, now: datetime) -> None:
    """End one of a person's sessions; the device that it registered is reached no more. Raises NotFound."""
    with transaction():
        ended = (
            Session.update(revoked_at=now)
            .where((Session.id == session) & (Session.person == person) & Session.revoked_at.is_null())
            .execute()
        )
        if not ended:
            raise NotFound
        retire_of_session(session, now=now)


def make_link(person: Person, *, purpose: str, lasting: timedelta, now: datetime) -> str:
    """A one-time link's token."""
    token = secrets.token_urlsafe(32)
    with transaction():
        Link.create(
            city=person.city_id,
            person=person,
            purpose=purpose,
            token_sha256=sha256(token),
            created_at=now,
            expires_at=now + lasting,
        )
    return token


def link_holds(person: Person, *, now: datetime) -> bool:
    """Whether a link of the person's can still be used."""
    return bool(
        Link.select().where((Link.person == person) & Link.used_at.is_null() & (Link.expires_at > now)).exists()
    )


def use_link(token: str, *, purpose: str, now: datetime) -> Person:
    """Whose link it is; uses it up. Call inside the transaction that acts on it. Raises LinkUsed."""
    if not Link.update(used_at=now).where(_usable(token, purpose=purpose, now=now)).execute():
        raise LinkUsed
    link = Link.select(Link, Person).join(Person).where(Link.token_sha256 == sha256(token)).get()
    return link.person


def require_link(token: str, *, purpose: str, now: datetime) -> None:
    """Raise LinkUsed for a link that cannot be used, before anything costly is done for it."""
    if not Link.select().where(_usable(token, purpose=purpose, now=now)).exists():
        raise LinkUsed


def _usable(token: str, *, purpose: str, now: datetime) -> Any:
    fitting = Person.select(Person.id).where(Person.state == LINK_NEEDS[purpose])
    return (
        (Link.token_sha256 == sha256(token))
        & (Link.purpose == purpose)
        & Link.used_at.is_null()
        & (Link.expires_at > now)
        & Link.person.in_(fitting)
    )


def sha256(token: str) -> str:
    """Digest of a token, as stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def forget_sign_ins(*, before: datetime) -> int:
    """Drop sessions and links that ended before then. Returns how many."""
    with transaction():
        sessions = Session.delete().where((Session.expires_at < before) | (Session.revoked_at < before)).execute()
        links = Link.delete().where((Link.expires_at < before) | (Link.used_at < before)).execute()
    return int(sessions + links)
