"""The people's blueprint and what its views share."""

from datetime import timedelta

from flask import current_app, request

from config.secret_key import Keyring, keys_of
from config.settings import Settings
from patrol.http.api import subject
from patrol.http.browsers import cookie
from patrol.http.caller import caller
from patrol.people.models import Person
from patrol.people.operations.devices import Origin
from patrol.people.operations.posting import Invitation, Post, link_of
from patrol.people.operations.sessions import Lifetimes
from patrol.people.rules import as_dialled
from patrol.places.operations.cities import policy_of

DEVICE_COOKIE = "patrol_device"

blueprint = subject("people", "Accounts, sign-in and consents.")


def settings() -> Settings:
    """The process's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def keys() -> Keyring:
    """The installation's keys."""
    return keys_of(settings())


def by_post() -> Post:
    """What invitations are sent with."""
    return Post(channels=settings().sends_by(), keys=keys(), address=settings().public_url)


def handed_over(found: Invitation) -> dict[str, str | None]:
    """How an invitation goes on: the link of one that was sent is its owner's alone."""
    return {
        "link": None if found.sent_by else link_of(found.token, at=settings().public_url),
        "sent_by": found.sent_by,
    }


def lifetimes(of: Settings) -> Lifetimes:
    """How long sessions last by the settings."""
    return Lifetimes(
        unseen=timedelta(days=of.session_days),
        staff_page=timedelta(hours=of.staff_idle_hours),
        most=timedelta(days=of.session_most_days),
    )


def origin_of(known_device: str = "") -> Origin:
    """Where the request comes from; a page brings its device's token in a cookie."""
    return Origin(address=request.remote_addr or "", device=known_device or cookie(DEVICE_COOKIE))


def oneself() -> Person:
    """The caller's account."""
    person: Person = Person.get_by_id(caller().person)
    return person


def shown(person: Person) -> Person:
    """The account with its number as people here write it."""
    person.phone = as_dialled(person.phone, policy_of(person.city_id).formats)
    return person
