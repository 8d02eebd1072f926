"""An invitation that ran out is no dead end."""

import threading
from datetime import timedelta

import pytest

from config.database import connection
from patrol.people.models import Link, Person, Role
from patrol.people.operations.accounts import Registered, accept_invitation, invite
from patrol.people.operations.sessions import LinkUsed
from tests.support.factories import NOW, SESSION

LATER = NOW + timedelta(days=8)
PASSWORD = "a long walk with the dog"


def asked(city, *, now, role="coordinator", email="staff@example.org", **given):
    return invite(city, name="Sample staff", email=email, role=role, now=now, **given)


def come(invitation, *, now):
    return accept_invitation(
        invitation.token, password=PASSWORD, device="", channel="device", cost=(1, 8, 1), lasting=SESSION, now=now
    )


def test_who_did_not_come_in_time_is_invited_again_and_comes(city):
    person, old = asked(city, now=NOW)
    again, new = asked(city, now=LATER, email="Staff@Example.org ")
    assert again.id == person.id
    with pytest.raises(LinkUsed):
        come(old, now=LATER)
    assert come(new, now=LATER).person.id == person.id
    assert (Person.select().count(), Role.select().count()) == (1, 1)


def test_while_a_link_holds_there_is_no_second(city):
    asked(city, now=NOW)
    with pytest.raises(Registered):
        asked(city, now=NOW + timedelta(days=6))


def test_of_two_who_invite_again_at_once_one_makes_a_link(database, city):
    asked(city, now=NOW)
    outcomes, ready = [], threading.Barrier(2)

    def again():
        ready.wait()
        with connection():
            try:
                outcomes.append(asked(city, now=LATER)[1].token)
            except Registered:
                outcomes.append(None)

    threads = [threading.Thread(target=again) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(outcome is None for outcome in outcomes) == 1
    assert Link.select().where(Link.expires_at > LATER).count() == 1


def test_who_has_come_or_was_invited_to_something_else_is_not_invited_again(city):
    _, invitation = asked(city, now=NOW)
    with pytest.raises(Registered):
        asked(city, now=LATER, role="admin")
    come(invitation, now=NOW)
    with pytest.raises(Registered):
        asked(city, now=LATER)
