"""Walkers who are invited, as a coordinator brought them in: an account that its owner has yet to come to."""

from datetime import date, datetime

from config.database import transaction
from patrol.errors import Conflict, Invalid
from patrol.people.models import Person, Role
from patrol.people.operations.accounts import create
from patrol.people.operations.posting import Invitation, Post, invitation, spare_invited
from patrol.people.operations.sessions import void_links
from patrol.places.models import City
from patrol.places.operations.cities import policy_of, zone_of


class HasComeAlready(Conflict):
    """Somebody who has an account is not invited to it."""

    words = {"ko": "이미 계정을 쓰고 있어 초대할 수 없습니다.", "en": "This person has an account already."}


class TooYoung(Invalid):
    """Handlers are adults."""

    words = {"ko": "만 {years}세부터 신청할 수 있습니다.", "en": "Handlers are at least {years} years old."}


def invite_walker(
    city: City,
    *,
    name: str,
    phone: str | None,
    email: str | None,
    born_on: date,
    post: Post | None,
    now: datetime,
) -> tuple[Person, Invitation]:
    """A walker's account, `invited`, without password or consents, and its one-time invitation. Raises Registered.

    Phone (E.164) and e-mail (small letters) are as they are kept. Without `post` nothing is sent.
    """
    with transaction():
        person = create(city, name=name, phone=phone, email=email, born_on=born_on, language="ko", now=now)
        Role.create(city=city, person=person, role="walker", created_at=now)
        return person, invitation(person, post=post, now=now)


def invite_again(person: Person, *, post: Post | None, source: str, now: datetime) -> Invitation:
    """Another invitation for somebody who has not come; earlier ones are of no use any more.

    Without `post` nothing is sent. `source`: the account that asks. Raises HasComeAlready, TooMany.
    """
    spare_invited(person, post=post, source=source, now=now)
    with transaction():
        waiting = (Person.id == person.id) & (Person.state == "invited")
        if not Person.update(state="invited").where(waiting).execute():
            raise HasComeAlready
        void_links(person, now=now)
        return invitation(person, post=post, now=now)


def check_age(born_on: date, city: City, *, now: datetime) -> None:
    """Raise TooYoung unless somebody born then may be a handler today."""
    least = policy_of(city).screening.adult_years
    if _years(born_on, now.astimezone(zone_of(city)).date()) < least:
        raise TooYoung("/born_on", years=least)


def _years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
