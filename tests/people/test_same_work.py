"""What time it takes tells nobody who has an account: with one and without, the same is done."""

import pytest

from patrol.people.operations import registering, renewing
from patrol.people.operations.devices import Origin
from patrol.people.operations.signing_in import WrongSignIn, sign_in
from tests.support.factories import NOW, SESSION, make_person
from tests.support.proofs import KEYS, has_password
from tests.support.queries import Queries

COST = (1, 8, 1)
NOBODY = "+821099999999"


@pytest.fixture
def walker(city):
    person = make_person(city, phone="+821012345678", email="walker@example.org")
    has_password(person)
    return person


def asked_for(work, *arguments):
    with Queries() as queries:
        work(*arguments)
    return queries.texts()


def test_of_registering(city, walker):
    def register(phone):
        registering.register(
            city,
            name="Sample walker 01",
            phone=phone,
            email=None,
            born_on=NOW.date().replace(year=1990),
            password="correct horse battery",
            consents=["service"],
            language="ko",
            source="a",
            cost=COST,
            keys=KEYS,
            now=NOW,
        )

    assert asked_for(register, walker.phone) == asked_for(register, NOBODY)


@pytest.mark.parametrize(("known", "unknown"), [("+821012345678", NOBODY), ("walker@example.org", "n@example.org")])
def test_of_asking_for_a_reset(city, walker, known, unknown):
    def ask(name):
        renewing.ask_reset(city, name=name, origin=Origin(address="192.0.2.1"), keys=KEYS, now=NOW)

    assert asked_for(ask, known) == asked_for(ask, unknown)


def test_of_a_refused_sign_in(city, walker):
    def refused(name):
        with pytest.raises(WrongSignIn):
            sign_in(
                city,
                name=name,
                password="not this one",
                origin=Origin(address="192.0.2.1"),
                device="",
                channel="device",
                cost=COST,
                keys=KEYS,
                lasting=SESSION,
                now=NOW,
            )

    make_person(city, phone="+821000000001", state="invited")
    answers = [asked_for(refused, name) for name in (walker.phone, NOBODY, "+821000000001")]
    assert answers[0] == answers[1] == answers[2]
    assert len(answers[0]) == 2
