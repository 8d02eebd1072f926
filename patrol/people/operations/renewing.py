"""A new password: by who knows the old one, or by a code to a contact of the account."""

from datetime import datetime, timedelta
from uuid import UUID

from config.database import transaction
from config.secret_key import Keyring
from patrol.errors import Invalid
from patrol.people.models import Challenge, Person
from patrol.people.operations import letters
from patrol.people.operations.challenges import WrongCode, answer, pose, spare, use
from patrol.people.operations.confirming import known_by
from patrol.people.operations.devices import Origin
from patrol.people.operations.passwords import Cost, about, digest, matches, require_strong
from patrol.people.operations.sessions import revoke_all
from patrol.people.operations.throttle import throttle
from patrol.people.rules import contact_meant
from patrol.places.models import City
from patrol.places.operations.cities import city_of, policy_of

TRIES, TRIES_EVERY = 10, timedelta(minutes=5)
ASKED, ASKED_EVERY = 60, timedelta(hours=1)
TRIED, TRIED_EVERY = 100, timedelta(hours=1)
"""So many codes one device or network may ask for, and so many it may try, whoever they are for."""


class WrongPassword(Invalid):
    """Not the account's present password."""

    words = {"ko": "지금 비밀번호가 맞지 않습니다.", "en": "Not your present password."}


def require_password(person: Person, password: str, *, cost: Cost, pointer: str, now: datetime) -> None:
    """Raise WrongPassword unless it is the person's; TooMany after a few tries."""
    throttle(f"password:{person.id}", most=TRIES, every=TRIES_EVERY, now=now)
    if not matches(person.password_hash, password, cost=cost):
        raise WrongPassword(pointer)


def change_password(person: Person, *, old: str, new: str, session: UUID, cost: Cost, now: datetime) -> None:
    """Another password; the other sessions end, and the owner is told. Raises WrongPassword, Invalid…, TooMany."""
    require_password(person, old, cost=cost, pointer="/old", now=now)
    city = city_of(person.city_id)
    require_strong(new, city=city, about=about(person, city), pointer="/new")
    stored = digest(new, cost=cost)
    with transaction():
        same = (Person.id == person.id) & (Person.password_hash == person.password_hash)
        if not Person.update(password_hash=stored).where(same).execute():
            raise WrongPassword("/old")
        revoke_all(person.id, but=session, now=now)
        letters.tell_owner(person, "password_changed", key=f"{person.id}:{now.isoformat()}", now=now)


def ask_reset(city: City, *, name: str, origin: Origin, keys: Keyring, now: datetime) -> UUID:
    """Send a code to the phone or mailbox that `name` is, if it is known to be an account's; what `reset` wants.

    For any other the same is done, and nothing sent. A device that the person has signed in on has a share of its own:
    whatever strangers ask for, they do not use it up. Raises TooMany.
    """
    channel, contact = contact_meant(name, policy_of(city).formats)
    mine = (Person.city == city) & known_by(channel, contact) & (Person.state == "active")
    person = Person.get_or_none(mine)
    known = person is not None and origin.knows(person.id, keys=keys)
    source = origin.source(known=known)
    throttle(f"reset:{source}", most=ASKED, every=ASKED_EVERY, now=now)
    spare(city, contact, source=source, owners=known, now=now)
    with transaction():
        return pose(
            city,
            purpose="reset",
            channel=channel,
            contact=contact,
            says=letters.says(letters.CODE, person.language if person else "ko"),
            keys=keys,
            person=person,
            opens=person is not None,
            held_back=person is None,
            now=now,
        )


def reset(
    challenge: UUID, code: str, *, password: str, origin: Origin, cost: Cost, keys: Keyring, now: datetime
) -> None:
    """Set another password by a code; every session ends, and the owner is told.

    Raises WrongCode, Invalid…, TooMany.
    """
    asked = Challenge.get_or_none(Challenge.id == challenge)
    known = asked is not None and asked.person_id is not None and origin.knows(asked.person_id, keys=keys)
    throttle(f"code:{origin.source(known=known)}", most=TRIED, every=TRIED_EVERY, now=now)
    found = answer(challenge, code, purpose="reset", keys=keys, now=now)
    person, city = Person.get_by_id(found.person_id), city_of(found.city_id)
    require_strong(password, city=city, about=about(person, city))
    stored = digest(password, cost=cost)
    with transaction():
        use(found, now=now)
        theirs = (Person.id == person.id) & (Person.state == "active") & known_by(found.channel, found.contact)
        if not Person.update(password_hash=stored).where(theirs).execute():  # disabled since, or reached elsewhere
            raise WrongCode("/code")
        revoke_all(person.id, now=now)
        letters.tell_owner(person, "password_changed", key=str(found.id), now=now)
