"""Phone numbers and e-mail addresses: whose they are is known once what was sent there has come back.

What somebody else typed, a coordinator or a spreadsheet, may be anybody's: nothing goes there but a code or an
invitation, until its owner has answered one.
"""

from datetime import datetime

import peewee

from notifications.addresses import put_address
from patrol.people.models import Person

FIELDS = {
    "sms": (Person.phone, Person.phone_confirmed_at),
    "email": (Person.email, Person.email_confirmed_at),
}
"""Channel → what it reaches, and since when that is known to be the person's."""


def confirm_contact(person: Person, channel: str, contact: str, *, now: datetime) -> None:
    """Within a transaction: this is the person's, and messages go there from now on.

    Raises peewee.IntegrityError where it is another account's.
    """
    kept, confirmed = FIELDS[channel]
    Person.update({kept: contact, confirmed: now}).where(Person.id == person.id).execute()
    put_address(city=person.city_id, person=person.id, channel=channel, value=contact, now=now)
    setattr(person, kept.name, contact)
    setattr(person, confirmed.name, now)


def reached_by(channel: str, contact: str) -> peewee.Expression:
    """Whoever has this number or address, confirmed or not."""
    kept, _ = FIELDS[channel]
    found: peewee.Expression = kept == contact
    return found


def known_by(channel: str, contact: str) -> peewee.Expression:
    """Whoever this number or address is known to be of."""
    _, confirmed = FIELDS[channel]
    found: peewee.Expression = reached_by(channel, contact) & ~confirmed.is_null()
    return found


def contact_of(person: Person, channel: str) -> str | None:
    """The person's number or address."""
    found: str | None = getattr(person, FIELDS[channel][0].name)
    return found


def is_confirmed(person: Person, channel: str) -> bool:
    """Whether what the channel reaches is known to be the person's."""
    _, confirmed = FIELDS[channel]
    return getattr(person, confirmed.name) is not None
