"""Walkers register themselves: what they typed waits until a code sent to their phone or mailbox comes back.

Nothing tells whether the contact has an account already: its owner alone reads that.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from config.secret_key import Keyring
from patrol.errors import Invalid
from patrol.people.models import Person, Role
from patrol.people.operations import letters
from patrol.people.operations.accounts import Registered, create, reached_at
from patrol.people.operations.challenges import WrongCode, answer, pose, spare, use
from patrol.people.operations.confirming import confirm_contact, is_confirmed, reached_by
from patrol.people.operations.consents import give
from patrol.people.operations.contacts import pose_contact
from patrol.people.operations.inviting import check_age
from patrol.people.operations.passwords import Cost, digest, require_strong
from patrol.places.models import City
from patrol.places.operations.cities import city_of, policy_of


class UnknownConsent(Invalid):
    """The city asks for no such consent."""

    words = {
        "ko": "'{kind}' 동의 항목이 없습니다. 있는 항목: {known}",
        "en": "No consent {kind!r} here; there are: {known}.",
    }


def register(
    city: City,
    *,
    name: str,
    phone: str | None,
    email: str | None,
    born_on: date,
    password: str,
    consents: list[str],
    language: str,
    source: str,
    cost: Cost,
    keys: Keyring,
    now: datetime,
) -> UUID:
    """What a walker typed, kept until `confirm`: its id. A code goes to the phone, or to the mailbox without one.

    One that has an account is told so there, and no code will do. `source`: the network that asks. Raises Invalid…,
    TooMany.
    """
    policy = policy_of(city)
    check_age(born_on, city, now=now)
    for i, kind in enumerate(consents):
        if policy.consent(kind) is None:
            known = ", ".join(consent.kind for consent in policy.consents)
            raise UnknownConsent(f"/consents/{i}", kind=kind, known=known)
    number, address = reached_at(city, phone=phone, email=email)
    require_strong(password, city=city, about=[name, phone, email])
    for contact in filter(None, (number, address)):
        spare(city, contact, source=source, now=now)
    content: dict[str, Any] = {
        "name": name,
        "phone": number,
        "email": address,
        "born_on": born_on.isoformat(),
        "password_hash": digest(password, cost=cost),
        "consents": consents,
        "language": language,
    }
    return _pose(city, number, address, content, keys=keys, now=now)


def _pose(
    city: City, number: str | None, address: str | None, content: dict[str, Any], *, keys: Keyring, now: datetime
) -> UUID:
    channel, contact = ("sms" if number else "email"), str(number or address)
    with transaction():
        holder = Person.get_or_none((Person.city == city) & reached_by(channel, contact))
        letter = letters.CODE if holder is None else letters.KNOWN if is_confirmed(holder, channel) else letters.ENTERED
        return pose(
            city,
            purpose="registration",
            channel=channel,
            contact=contact,
            says=letters.says(letter, content["language"]),
            keys=keys,
            content=content,
            opens=holder is None,
            now=now,
        )


def confirm(registration: UUID, code: str, *, keys: Keyring, now: datetime) -> tuple[Person, UUID | None]:
    """The account of a registration, once its code has come. Raises WrongCode.

    Where a phone was confirmed and a mailbox given, too, that gets a code of its own; the second value is what it
    answers (`contacts.confirm`).
    """
    found = answer(registration, code, purpose="registration", keys=keys, now=now)
    given, city = found.content, city_of(found.city_id)
    with transaction():
        use(found, now=now)
        person = _made(city, given, now=now)
        confirm_contact(person, found.channel, found.contact, now=now)
        later = given["email"] if given["phone"] else None
        return person, pose_contact(person, "email", later, keys=keys, now=now) if later else None


def _made(city: City, given: dict[str, Any], *, now: datetime) -> Person:
    try:
        person = create(
            city,
            name=given["name"],
            phone=given["phone"],
            email=None if given["phone"] else given["email"],
            born_on=date.fromisoformat(given["born_on"]),
            language=given["language"],
            now=now,
        )
    except Registered:  # registered twice at once: the other code came first
        raise WrongCode("/code") from None
    Person.update(password_hash=given["password_hash"], state="active").where(Person.id == person.id).execute()
    person.state = "active"
    Role.create(city=city, person=person, role="walker", created_at=now)
    for kind in given["consents"]:
        give(person, kind, policy=policy_of(city), now=now)
    return person
