"""A phone number or e-mail address for an account, another or its own: it counts once a code sent there comes back."""

from datetime import datetime
from uuid import UUID

import peewee

from config.database import transaction
from config.secret_key import Keyring
from patrol.people.models import Person
from patrol.people.operations import letters
from patrol.people.operations.accounts import reached_at
from patrol.people.operations.challenges import WrongCode, answer, pose, spare, use
from patrol.people.operations.confirming import confirm_contact, contact_of, is_confirmed, reached_by
from patrol.people.operations.passwords import Cost
from patrol.people.operations.renewing import require_password
from patrol.places.operations.cities import city_of


def ask(
    person: Person, *, phone: str | None, email: str | None, password: str, cost: Cost, keys: Keyring, now: datetime
) -> UUID:
    """Send a code to a new number or address; what `confirm` wants to know. Raises Invalid…, WrongPassword, TooMany.

    Nothing tells whether another account has the contact; whoever reads its messages is told.
    """
    require_password(person, password, cost=cost, pointer="/password", now=now)
    city = city_of(person.city_id)
    number, address = reached_at(city, phone=phone, email=None if phone else email)
    contact = str(number or address)
    spare(city, contact, source=str(person.id), now=now)
    with transaction():
        return pose_contact(person, "sms" if number else "email", contact, keys=keys, now=now)


def pose_contact(person: Person, channel: str, contact: str, *, keys: Keyring, now: datetime) -> UUID:
    """A code to a contact that is to become the person's, inside the caller's transaction."""
    taken = (Person.city == person.city_id) & reached_by(channel, contact) & (Person.id != person.id)
    holder = Person.get_or_none(taken)
    letter = letters.CODE if holder is None else letters.TAKEN if is_confirmed(holder, channel) else letters.ENTERED
    return pose(
        city_of(person.city_id),
        purpose="contact",
        channel=channel,
        contact=contact,
        says=letters.says(letter, person.language),
        keys=keys,
        person=person,
        opens=holder is None,
        now=now,
    )


def confirm(person: Person, contact: UUID, code: str, *, keys: Keyring, now: datetime) -> Person:
    """The account with its new number or address; the one before is told. Raises WrongCode."""
    found = answer(contact, code, purpose="contact", by=person, keys=keys, now=now)
    with transaction():
        use(found, now=now)
        if contact_of(person, found.channel) != found.contact:
            letters.tell_owner(person, "contact_changed", key=str(found.id), now=now)
        try:
            with transaction():
                confirm_contact(person, found.channel, found.contact, now=now)
        except peewee.IntegrityError:  # somebody else confirmed it in between
            raise WrongCode("/code") from None
    fresh: Person = Person.get_by_id(person.id)
    return fresh
