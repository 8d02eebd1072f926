"""Signing in: a password, then a second factor from whoever has one; or a one-time link of the demo."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import peewee
import structlog

from config.database import transaction
from config.secret_key import Keyring
from patrol.errors import Conflict, NotFound
from patrol.people.models import Factor, Person, Role, Session
from patrol.people.operations.accounts import is_staff
from patrol.people.operations.confirming import reached_by
from patrol.people.operations.devices import Origin
from patrol.people.operations.factors import WrongFactorCode, accept
from patrol.people.operations.letters import tell_owner
from patrol.people.operations.passwords import Cost, digest, is_cheap, matches
from patrol.people.operations.sessions import Lifetimes, SignedIn, open_session, use_link
from patrol.people.operations.throttle import Limit, count, take_back
from patrol.people.rules import STAFF, contact_meant
from patrol.places.models import City
from patrol.places.operations.cities import policy_of, zone_of

log = structlog.get_logger(__name__)

NEW_FOR = timedelta(days=1)


class WrongSignIn(NotFound):
    """Name and password do not go together; says no more than that."""

    words = {"ko": "아이디 또는 비밀번호가 맞지 않습니다.", "en": "Name and password do not go together."}


class NothingToComplete(Conflict):
    """The session waits for no code."""

    words = {"ko": "인증 번호를 기다리는 로그인이 아닙니다.", "en": "This sign-in waits for no code."}


def sign_in(
    city: City,
    *,
    name: str,
    password: str,
    origin: Origin,
    device: str,
    channel: str,
    cost: Cost,
    keys: Keyring,
    lasting: Lifetimes,
    now: datetime,
) -> SignedIn:
    """Sign in by phone or e-mail, half-way where a second factor is set up. Raises WrongSignIn, TooMany.

    Two queries decide: one finds the account, one counts the try.
    """
    way, contact = contact_meant(name, policy_of(city).formats)
    person = _account(city, reached_by(way, contact))
    known = person is not None and origin.knows(person.id, keys=keys)
    limits = origin.limits(f"{city.id}:{contact}", what="sign-in", known=known)
    count(limits, now=now)
    if not matches(person.password_hash if person else None, password, cost=cost) or person is None:
        log.info("sign-in refused", address=origin.address)
        raise WrongSignIn
    dearer = digest(password, cost=cost) if is_cheap(person.password_hash, cost=cost) else None
    how: dict[str, Any] = {"device": device, "channel": channel, "lasting": lasting, "now": now}
    with transaction():
        take_back(limits, now=now)
        if dearer:
            unchanged = (Person.id == person.id) & (Person.password_hash == person.password_hash)
            Person.update(password_hash=dearer).where(unchanged).execute()
        if person.confirmed_at is not None:
            return open_session(person, stage="half", staff=person.staff, **how)
        return _greeted(
            open_session(person, stage="password", staff=person.staff, **how), origin=origin, keys=keys, now=now
        )


def complete(session: UUID, code: str, *, origin: Origin, keys: Keyring, lasting: Lifetimes, now: datetime) -> SignedIn:
    """The second step: a code of the app, or a recovery code, turns half a session into a whole one of another token.

    Raises WrongFactorCode, NothingToComplete, TooMany.
    """
    half = (
        Session.select(Session, Person).join(Person).where((Session.id == session) & (Session.stage == "half")).first()
    )
    if half is None:
        raise NothingToComplete
    person = half.person
    known = origin.knows(person.id, keys=keys)
    limits = origin.limits(str(person.id), what="code", known=known, codes=True)
    count(limits, now=now)
    with transaction():
        waiting = (Session.id == session) & Session.revoked_at.is_null()
        if accept(person, code, keys=keys, now=now):
            if not Session.update(revoked_at=now).where(waiting).execute():
                raise NothingToComplete
            return _completed(half, limits, origin=origin, keys=keys, lasting=lasting, now=now)
    log.info("second step refused", person=str(person.id), address=origin.address)
    raise WrongFactorCode("/code")


def sign_in_by_link(token: str, *, device: str, channel: str, lasting: Lifetimes, now: datetime) -> SignedIn:
    """Sign in by a one-time link, which counts as a second factor. Raises LinkUsed."""
    with transaction():
        person = use_link(token, purpose="sign_in", now=now).person
        return open_session(person, stage="full", device=device, channel=channel, lasting=lasting, now=now)


def _account(city: City, named: peewee.Expression) -> Any:
    """The active account of that name, whether it is staff's and whether a second factor is set up: one query."""
    staff = Role.select().where((Role.person == Person.id) & Role.ended_at.is_null() & Role.role.in_(sorted(STAFF)))
    return (
        Person.select(Person, Factor.confirmed_at, peewee.fn.EXISTS(staff).alias("staff"))
        .left_outer_join(Factor)
        .where((Person.city == city) & named & (Person.state == "active"))
        .objects()
        .first()
    )


def _completed(
    half: Session, limits: tuple[Limit, ...], *, origin: Origin, keys: Keyring, lasting: Lifetimes, now: datetime
) -> SignedIn:
    take_back(limits, now=now)
    signed = open_session(
        half.person,
        stage="full",
        device=half.device,
        channel=half.channel,
        lasting=lasting,
        staff=is_staff(half.person),
        now=now,
    )
    return _greeted(signed, origin=origin, keys=keys, now=now)


def _greeted(signed: SignedIn, *, origin: Origin, keys: Keyring, now: datetime) -> SignedIn:
    """With the device's token; the owner hears of a device that was not known."""
    person, session = signed.person, signed.session
    log.info("signed in", person=str(person.id), session=str(session.id), stage=session.stage, address=origin.address)
    if not origin.knows(person.id, keys=keys) and _has_been_here(person, session, now=now):
        at = now.astimezone(zone_of(person.city_id))
        what = f"{session.device or '–'} ({at:%Y-%m-%d %H:%M})"
        tell_owner(person, "new_device", key=str(session.id), what=what, now=now)
    return dataclasses.replace(signed, device_token=origin.token(person.id, keys=keys))


def _has_been_here(person: Person, session: Session, *, now: datetime) -> bool:
    """Whether the person signed in before; an account just made is on its first device."""
    others = Session.select().where((Session.person == person) & (Session.id != session.id) & (Session.stage != "half"))
    return person.created_at < now - NEW_FOR or others.exists()
