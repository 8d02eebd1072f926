"""The people's blueprint and what its views share."""

from flask import current_app

from config.settings import Settings
from patrol.http.api import subject
from patrol.http.caller import caller
from patrol.people.models import Person
from patrol.people.rules import as_dialled
from patrol.places.operations.cities import policy_of

blueprint = subject("people", "Accounts, sign-in and consents.")


def settings() -> Settings:
    """The process's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def oneself() -> Person:
    """The caller's account."""
    person: Person = Person.get_by_id(caller().person)
    return person


def shown(person: Person) -> Person:
    """The account with its number as people here write it."""
    person.phone = as_dialled(person.phone, policy_of(person.city_id).formats)
    return person
