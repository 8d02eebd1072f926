"""Signing in and out. A token is 256 random bits; only its SHA-256 is stored, so it can be revoked and never read."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from config.database import transaction
from notifications.devices import retire_of_session
from patrol.errors import Conflict, NotFound
from patrol.people.models import Link, Person, Session
from patrol.people.operations.powers import Powers, powers_of
from patrol.people.rules import LINK_NEEDS, STAFF, needs

TOUCH_EVERY = timedelta(minutes=10)
HALF_LASTS = timedelta(minutes=10)
INVITATION_LASTS = timedelta(days=7)


SESSION_READ = (Session.id, Session.person, Session.channel, Session.stage, Session.created_at, Session.seen_at)
PERSON_READ = (Person.id, Person.city, Person.name, Person.language)
"""What every request needs of both."""


class LinkUsed(Conflict):
    """A one-time link was used, has run out, or never was."""

    words = {
        "ko": "이 링크는 이미 쓰였거나 만료되었습니다. 보내 준 사람에게 새 링크를 요청하세요.",
        "en": "This link was used or has run out; ask for a new one from whoever sent it.",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long a session lasts when not seen, how long a page of staff does, and how long any does at most."""

    unseen: timedelta
    staff_page: timedelta
    most: timedelta

    def end(self, channel: str, *, staff: bool, since: datetime, now: datetime) -> datetime:
        """When a session that began at `since` ends unless it is seen again."""
        unseen = min(self.unseen, self.staff_page) if staff and channel == "page" else self.unseen
        return min(now + unseen, since + self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A fresh session: the only moment at which its token is known.

    `needs` is what it lacks (`rules.needs`); `device_token` makes the device known at its next sign-in, "" where a
    code is still due.
    """

    token: str
    session: Session
    person: Person
    needs: str
    device_token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who a token belongs to, as much as a request needs of it, and what they may do."""

    person: Person
    session: Session
    powers: Powers
    needs: str


def open_session(
    person: Person, *, stage: str, device: str, channel: str, lasting: Lifetimes, staff: bool = False, now: datetime
) -> SignedIn:
    """A new session for a person already known to be the one. `stage` says by what."""
    token = secrets.token_urlsafe(32)
    session = Session.create(
        city=person.city_id,
        person=person,
        token_sha256=sha256(token),
        channel=channel,
        device=device,
        stage=stage,
        created_at=now,
        seen_at=now,
        expires_at=now + HALF_LASTS if stage == "half" else lasting.end(channel, staff=staff, since=now, now=now),
    )
    return SignedIn(token=token, session=session, person=person, needs=needs(staff=staff, stage=stage))


def standing(token: str, *, lasting: Lifetimes, now: datetime) -> Standing | None:
    """Whom a token belongs to, or None: two queries. Slides the expiry, at most once in ten minutes.

    So reads stay reads.
    """
    session = (
        Session.select(*SESSION_READ, *PERSON_READ)
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
    powers = powers_of(session.person_id, now=now)
    staff = not STAFF.isdisjoint(powers.roles)
    if now - session.seen_at > TOUCH_EVERY and session.stage != "half":
        end = lasting.end(session.channel, staff=staff, since=session.created_at, now=now)
        with transaction():
            Session.update(seen_at=now, expires_at=end).where(Session.id == session.id).execute()
    return Standing(
        person=session.person, session=session, powers=powers, needs=needs(staff=staff, stage=session.stage)
    )


def sessions_of(person: UUID, *, now: datetime) -> Any:
    """The query for a person's sessions that have not ended."""
    return Session.select().where(
        (Session.person == person) & Session.revoked_at.is_null() & (Session.expires_at > now)
    )


def raise_to_full(session: UUID, *, now: datetime) -> str:
    """A session has shown a second factor: its token from now on. The one before stands for nobody any more."""
    token = secrets.token_urlsafe(32)
    standing_one = (Session.id == session) & Session.revoked_at.is_null() & (Session.expires_at > now)
    if not Session.update(stage="full", token_sha256=sha256(token), seen_at=now).where(standing_one).execute():
        raise NotFound
    return token


def revoke_all(person: UUID, *, but: UUID | None = None, now: datetime) -> None:
    """End a person's sessions, all or all `but` one; their streams end with them, and nothing is pushed there."""
    with transaction():
        open_ones = (Session.person == person) & Session.revoked_at.is_null()
        for session in list(Session.select(Session.id).where(open_ones)):
            if session.id != but:
                _end(person, session.id, now=now)


def revoke(person: UUID, session: UUID, *, now: datetime) -> None:
    """End one of a person's sessions; the device that it registered is reached no more. Raises NotFound."""
    with transaction():
        if not _end(person, session, now=now):
            raise NotFound


def _end(person: UUID, session: UUID, *, now: datetime) -> bool:
    """Whether it was still to be ended."""
    going_on = (Session.id == session) & (Session.person == person) & Session.revoked_at.is_null()
    ended = Session.update(revoked_at=now).where(going_on).execute()
    if ended:
        retire_of_session(session, now=now)
    return bool(ended)


def make_link(
    person: Person,
    *,
    purpose: str,
    lasting: timedelta,
    link: UUID | None = None,
    sent_by: str | None = None,
    now: datetime,
) -> str:
    """A one-time link's token. `link` is to be its id, `sent_by` the channel by which alone it goes to its owner."""
    token = secrets.token_urlsafe(32)
    with transaction():
        Link.create(
            id=link or uuid4(),
            city=person.city_id,
            person=person,
            purpose=purpose,
            token_sha256=sha256(token),
            created_at=now,
            expires_at=now + lasting,
            sent_by=sent_by,
        )
    return token


def void_links(person: Person, *, now: datetime) -> None:
    """Within a transaction: no link that a person was given can be used any more."""
    holding = (Link.person == person) & Link.used_at.is_null() & (Link.expires_at > now)
    Link.update(expires_at=now).where(holding).execute()


def link_holds(person: Person, *, now: datetime) -> bool:
    """Whether a link of the person's can still be used."""
    return bool(
        Link.select().where((Link.person == person) & Link.used_at.is_null() & (Link.expires_at > now)).exists()
    )


def use_link(token: str, *, purpose: str, now: datetime) -> Link:
    """The link with its person; uses it up. Call inside the transaction that acts on it. Raises LinkUsed."""
    if not Link.update(used_at=now).where(_usable(token, purpose=purpose, now=now)).execute():
        raise LinkUsed
    link: Link = Link.select(Link, Person).join(Person).where(Link.token_sha256 == sha256(token)).get()
    return link


def whose_link(token: str, *, purpose: str, now: datetime) -> Person:
    """Whose link it is, before anything costly is done for it. Raises LinkUsed for one that cannot be used."""
    link = Link.select(Link, Person).join(Person).where(_usable(token, purpose=purpose, now=now)).first()
    if link is None:
        raise LinkUsed
    person: Person = link.person
    return person


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
