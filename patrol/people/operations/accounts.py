"""Accounts: walkers register themselves, staff are invited."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import peewee

from config.database import transaction
from patrol.errors import Conflict, Invalid
from patrol.people.models import Person, Role
from patrol.people.operations.confirming import confirm_contact, contact_of
from patrol.people.operations.consents import give
from patrol.people.operations.letters import tell_owner
from patrol.people.operations.passwords import Cost, about, digest, require_strong
from patrol.people.operations.posting import Invitation, Post, invitation, spare_invited
from patrol.people.operations.roles import active_with, of_staff
from patrol.people.operations.sessions import (
    Lifetimes,
    SignedIn,
    link_holds,
    open_session,
    use_link,
    whose_link,
)
from patrol.people.operations.staffing import Charge, note_invited, require_place
from patrol.people.rules import e164, email_address
from patrol.places.models import City
from patrol.places.operations.cities import hold, policy_of


class UnusablePhone(Invalid):
    """Not a phone number by the city's formats."""

    words = {"ko": "전화번호 형식이 아닙니다. 예: {example}", "en": "Not a phone number here; write it like {example}."}


class UnusableEmail(Invalid):
    """Not an e-mail address."""

    words = {"ko": "이메일 형식이 아닙니다.", "en": "Not an e-mail address."}


class NeitherPhoneNorEmail(Invalid):
    """One of the two is needed to sign in."""

    words = {"ko": "전화번호나 이메일 가운데 하나는 필요합니다.", "en": "Give a phone number or an e-mail address."}


class Registered(Conflict):
    """The phone number or address has an account here."""

    words = {
        "ko": "이미 가입된 전화번호 또는 이메일입니다. 로그인해 주세요.",
        "en": "This phone number or e-mail address has an account already; sign in.",
    }


def invite(
    city: City,
    *,
    name: str,
    phone: str | None = None,
    email: str | None = None,
    role: str,
    box: UUID | None = None,
    district: UUID | None = None,
    language: str = "ko",
    by: UUID | None = None,
    post: Post | None = None,
    now: datetime,
) -> tuple[Person, Invitation]:
    """An account for staff, still without password, and its one-time invitation. Raises Invalid…, Registered, TooMany.

    Without `post` nothing is sent. Somebody who did not come while the link held, and is invited again to the same,
    gets a new one.
    """
    require_place(city, Charge(role, box, district))
    number, address = reached_at(city, phone=phone, email=email)
    with transaction():
        hold(city)  # of two who invite the same person again at once, the second finds a link that holds
        asked = (Role.role == role) & (Role.box == box) & (Role.district == district)
        person = _invited_in_vain(city, number, address, asked, now=now)
        if person is None:
            person = create(city, name=name, phone=number, email=address, born_on=None, language=language, now=now)
            Role.create(city=city, person=person, role=role, box=box, district=district, created_at=now)
        else:
            spare_invited(person, post=post, source=str(by), now=now)
        note_invited(person, by=by, now=now)
        return person, invitation(person, post=post, now=now)


def accept_invitation(
    token: str, *, password: str, device: str, channel: str, cost: Cost, lasting: Lifetimes, now: datetime
) -> SignedIn:
    """Set the first password by an invitation, and sign in as far as a second factor. Raises LinkUsed, Invalid…."""
    invited = whose_link(token, purpose="invitation", now=now)
    require_strong(password, city=invited.city, about=about(invited, invited.city))
    stored = digest(password, cost=cost)  # slow, and so outside the transaction
    with transaction():
        link = use_link(token, purpose="invitation", now=now)
        person: Person = link.person
        Person.update(password_hash=stored, state="active").where(Person.id == person.id).execute()
        sent_by: str | None = link.sent_by
        contact = contact_of(person, sent_by) if sent_by else None
        if sent_by and contact:
            confirm_contact(person, sent_by, contact, now=now)
        else:
            tell_owner(person, "unconfirmed", key=str(link.id), now=now)
        return open_session(
            person, stage="password", device=device, channel=channel, lasting=lasting, staff=is_staff(person), now=now
        )


def register_sample(city: City, *, name: str, email: str, consents: list[str], now: datetime) -> Person:
    """A walker's account that is plainly a sample: it has no password, so nobody signs in to it. Raises Registered."""
    _, address = reached_at(city, phone=None, email=email)
    with transaction():
        person = create(city, name=name, phone=None, email=address, born_on=None, language="ko", now=now)
        mark_sample(person)
        Role.create(city=city, person=person, role="walker", created_at=now)
        for kind in consents:
            give(person, kind, policy=policy_of(city), now=now)
    return person


def mark_sample(person: Person) -> None:
    """Mark an account as one of the plainly marked samples."""
    with transaction():
        Person.update(sample=True, state="active").where(Person.id == person.id).execute()


def is_staff(person: Person) -> bool:
    """Whether the person holds a role of staff's."""
    return bool(of_staff().where(Role.person == person).exists())


def people_with(city: UUID, role: str, *, box: UUID | None = None) -> list[UUID]:
    """Ids of active people who hold a role; with `box`, officers who serve there."""
    query = active_with(city, role)
    return _ids(query if box is None else query.where(Role.box == box))


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Ids of active staff around a place: officers of its box and of none, coordinators who look after it, admins."""

    box_officers: list[UUID]
    city_officers: list[UUID]
    coordinators: list[UUID]
    admins: list[UUID]


def staff_around(city: UUID, *, box: UUID | None, district: UUID | None) -> Staff:
    """Who is there for a place in the reach of a box and a district, either unknown; by one query."""
    here = Role.box.is_null() if box is None else Role.box.is_null() | (Role.box == box)
    rows = list(active_with(city, "officer", "coordinator", "admin").where((Role.role != "officer") | here))
    officers = [row for row in rows if row.role == "officer"]
    return Staff(
        box_officers=_ids(row for row in officers if row.box_id is not None),
        city_officers=_ids(row for row in officers if row.box_id is None),
        coordinators=_looking_after((row for row in rows if row.role == "coordinator"), {district}),
        admins=_ids(row for row in rows if row.role == "admin"),
    )


def coordinators_of(city: UUID, *districts: UUID | None) -> list[UUID]:
    """Ids of active coordinators who look after all of `districts`, among them those of the whole city.

    None, or no district at all, is what lies in none that is known: then the latter alone.
    """
    return _looking_after(active_with(city, "coordinator"), set(districts) or {None})


def coordinators_or_admins(city: UUID, *districts: UUID | None) -> list[UUID]:
    """Who looks after all of these districts: coordinators, where there are none the city's admins."""
    return coordinators_of(city, *districts) or people_with(city, "admin")


def reached_at(city: City, *, phone: str | None, email: str | None) -> tuple[str | None, str | None]:
    """Phone number and e-mail address as they are kept. Raises UnusablePhone, UnusableEmail, NeitherPhoneNorEmail."""
    formats = policy_of(city).formats
    number = e164(phone, formats) if phone else None
    if phone and number is None:
        raise UnusablePhone("/phone", example=formats.phone_example)
    address = email_address(email) if email else None
    if email and address is None:
        raise UnusableEmail("/email")
    if not number and not address:
        raise NeitherPhoneNorEmail("/phone")
    return number, address


def _ids(roles: Iterable[Role]) -> list[UUID]:
    return sorted({row.person_id for row in roles})


def _looking_after(roles: Iterable[Role], districts: set[UUID | None]) -> list[UUID]:
    theirs: dict[UUID, set[UUID | None]] = defaultdict(set)
    for row in roles:
        theirs[row.person_id].add(row.district_id)
    return sorted(person for person, found in theirs.items() if None in found or districts <= found)


def _invited_in_vain(
    city: City, number: str | None, address: str | None, asked: Any, *, now: datetime
) -> Person | None:
    """Who was invited under this number and address to the role asked for, and did not come while the link held."""
    found: Person | None = Person.get_or_none(
        (Person.city == city) & (Person.phone == number) & (Person.email == address) & (Person.state == "invited")
    )
    if found is None or link_holds(found, now=now):
        return None
    return found if Role.select().where((Role.person == found) & asked & Role.ended_at.is_null()).exists() else None


def create(
    city: City,
    *,
    name: str,
    phone: str | None,
    email: str | None,
    born_on: date | None,
    language: str,
    now: datetime,
) -> Person:
    """A new account; phone and e-mail as `reached_at` gives them. Raises Registered."""
    try:
        with transaction():
            person = Person.create(
                city=city,
                name=name,
                phone=phone,
                email=email,
                born_on=born_on,
                language=language,
                state="invited",
                created_at=now,
            )
    except peewee.IntegrityError:
        raise Registered from None
    return person
