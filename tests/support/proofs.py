"""Codes and second factors for tests, as plain functions."""

import re
from datetime import datetime

import pyotp

from config.secret_key import Keyring
from notifications import direct
from notifications.models import Delivery
from patrol.people.models import Factor, Person
from patrol.people.operations.passwords import digest
from tests.support.factories import NOW, SECRET_KEY

KEYS = Keyring(SECRET_KEY)
PASSWORD = "a sample password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sent(address: str, *, state: str = "pending") -> list[str]:
    """What waits to be sent to this number or address, the newest last."""
    rows = Delivery.select().where((Delivery.address == address) & (Delivery.state == state))
    opens = direct.opener(KEYS)
    said = [(row.message.created_at, opens(row.message)) for row in rows.order_by(Delivery.due_at)]
    return [words["body"] for _, words in said if words]


def code_to(address: str) -> str:
    """The newest code on its way to this number or address."""
    (code,) = re.findall(r"\b\d{6}\b", sent(address)[-1])
    return code


def other_than(code: str) -> str:
    """Another code of six digits."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def has_password(person: Person, password: str = PASSWORD) -> str:
    """This person's password."""
    Person.update(password_hash=digest(password, cost=(1, 8, 1))).where(Person.id == person.id).execute()
    return password


def enrolled(person: Person, *, secret: str = SECRET, now: datetime = NOW) -> str:
    """This person has an authenticator app; its secret."""
    Factor.create(person=person, city=person.city_id, secret=KEYS.seal(secret), confirmed_at=now, created_at=now)
    return secret


def shown_at(now: datetime = NOW, *, secret: str = SECRET) -> str:
    """What the app shows then."""
    return pyotp.TOTP(secret).at(now)
