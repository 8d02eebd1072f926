"""Guessing is stopped, and nobody can lock somebody else out of their own device by it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patrol.http.api import COOKIE
from patrol.people.models import Person, Throttle
from patrol.people.operations.devices import PEOPLE, Origin
from patrol.people.views.blueprint import DEVICE_COOKIE
from tests.support.databases import sqlite_only
from tests.support.factories import Time, client_of, make_city, make_person
from tests.support.proofs import KEYS, PASSWORD, enrolled, has_password, other_than, shown_at

SESSIONS = "/api/v1/sessions"
OWNER, ATTACKER = "192.0.2.10", "198.51.100.66"


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def walker(database):
    person = make_person(make_city())
    has_password(person)
    return person


@pytest.fixture
def ask(database, clock):
    client = client_of(database, clock=clock)

    def post(person, *, password=PASSWORD, device="", address=OWNER, **more):
        given = {"name": person.phone, "password": password, "known_device": device, **more}
        return client.post(SESSIONS, json=given, environ_overrides={"REMOTE_ADDR": address})

    return post


def hammer(ask, person, *, address=ATTACKER, times=11, **more):
    return [ask(person, password="not this one", address=address, **more).status_code for _ in range(times)]


def test_who_hammers_an_account_from_elsewhere_does_not_keep_its_owner_out_of_their_known_device(ask, walker):
    device = ask(walker).json["device_token"]
    assert hammer(ask, walker) == [404] * 10 + [429]
    assert ask(walker, address=ATTACKER).status_code == 429
    assert ask(walker, device=device).status_code == 201


@sqlite_only
def test_who_has_many_addresses_of_one_network_is_one_stranger(ask, walker):
    found = [hammer(ask, walker, address=f"2001:db8:0:1::{number}", times=1) for number in range(1, 12)]
    assert found == [[404]] * 10 + [[429]]
    assert ask(walker, address="2001:db8:0:2::1").status_code == 201


@sqlite_only
def test_neighbours_whose_addresses_a_server_writes_as_ipv6_are_strangers_each(ask, walker):
    hammer(ask, walker, address=f"::ffff:{ATTACKER}", times=5)
    assert hammer(ask, walker, times=6) == [404] * 5 + [429]
    assert ask(walker, address=f"::ffff:{OWNER}").status_code == 201


def test_nor_do_they_from_behind_the_same_address(ask, walker):
    device = ask(walker).json["device_token"]
    hammer(ask, walker, address=OWNER)
    assert ask(walker, address=OWNER).status_code == 429
    assert ask(walker, device=device, address=OWNER).status_code == 201


@sqlite_only
def test_nor_do_many_from_everywhere_though_together_they_get_no_further(ask, walker, clock):
    device = ask(walker).json["device_token"]
    statuses = [
        status for number in range(12) for status in hammer(ask, walker, address=f"203.0.113.{number}", times=10)
    ]
    assert statuses == [404] * 100 + [429] * 20
    assert ask(walker, device=device).status_code == 201
    assert ask(walker, address="192.0.2.99").status_code == 429
    clock.passes(hours=1)
    assert ask(walker, address="192.0.2.99").status_code == 201


def test_a_new_device_elsewhere_is_not_kept_out_by_one_who_hammers(ask, walker):
    hammer(ask, walker)
    assert ask(walker, address="192.0.2.99").status_code == 201


def test_a_known_device_that_was_stolen_guesses_no_more_than_others(ask, walker):
    device = ask(walker).json["device_token"]
    assert hammer(ask, walker, device=device) == [404] * 10 + [429]
    assert ask(walker, device=device).status_code == 429
    assert ask(walker).status_code == 201


def test_only_failures_count(ask, walker):
    assert [ask(walker).status_code for _ in range(15)] == [201] * 15
    assert sum(row.count for row in Throttle.select()) == 0


def test_a_device_token_helps_nobody_but_who_signed_in_there(ask, walker):
    stranger = make_person(walker.city)
    has_password(stranger)
    device = ask(stranger).json["device_token"]
    hammer(ask, walker)
    assert ask(walker, device=device, address=ATTACKER).status_code == 429


def test_a_browser_that_several_share_knows_them_all(ask, walker):
    others = [make_person(walker.city) for _ in range(2)]
    device = ""
    for person in (walker, *others):
        has_password(person)
        device = ask(person, device=device).json["device_token"]
    for person in (walker, *others):
        hammer(ask, person, address=OWNER)
        assert ask(person, device=device).status_code == 201


def test_forged_tokens_are_strangers(ask, walker):
    real = ask(walker).json["device_token"]
    number, signature = real.split(".")
    for forged in (number, f"{number}.{'0' * 32}", f"{'A' * 22}.{signature}", real + "x", "x" * 300, "..", "토큰"):
        origin = Origin(address=OWNER, device=forged)
        assert not origin.knows(walker.id, keys=KEYS)
        assert origin.token(walker.id, keys=KEYS) != forged
    assert Origin(address=OWNER, device=real).knows(walker.id, keys=KEYS)


@settings(max_examples=30)
@given(st.lists(st.uuids(), min_size=1, max_size=12))
def test_a_devices_token_stays_short_and_knows_who_signed_in_last(people):
    device = ""
    for person in people:
        device = Origin(address="", device=device).token(person, keys=KEYS)
    last = list(dict.fromkeys(reversed(people)))[:PEOPLE]
    known = Origin(address="", device=device)
    assert len(device) <= 22 + 33 * PEOPLE
    assert [known.knows(person, keys=KEYS) for person in last] == [True] * len(last)


def test_a_page_keeps_its_token_in_a_cookie_that_no_script_reads(database, walker):
    client = client_of(database)
    given = {"name": walker.phone, "password": PASSWORD, "page": True}
    answer = client.post(SESSIONS, json=given)
    assert answer.json["device_token"] is None
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith(DEVICE_COOKIE))
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/"))
    wrong = {**given, "password": "not this one"}
    for _ in range(11):
        client_of(database).post(SESSIONS, json=wrong)
    assert client_of(database).post(SESSIONS, json=given).status_code == 429
    client.delete_cookie(COOKIE)
    assert client.post(SESSIONS, json=given).status_code == 201


@sqlite_only
def test_who_knows_the_password_and_guesses_codes_does_not_keep_the_owner_out_either(database, ask, walker, clock):
    device = ask(walker).json["device_token"]
    enrolled(walker)
    client = client_of(database, clock=clock)

    def step(half, code, *, address, device=""):
        headers = {"Authorization": f"Bearer {half.json['token']}"}
        given = {"code": code, "known_device": device}
        where = {"REMOTE_ADDR": address}
        return client.post(f"{SESSIONS}/factor", json=given, headers=headers, environ_overrides=where).status_code

    wrong = other_than(shown_at())
    half = ask(walker, address=ATTACKER)
    assert [step(half, wrong, address=ATTACKER) for _ in range(11)] == [422] * 10 + [429]
    assert step(half, shown_at(), address=ATTACKER) == 429
    for number in range(2):
        step(half, wrong, address=f"203.0.113.{number}")
    mine = ask(walker, device=device)
    assert step(mine, shown_at(), address=OWNER, device=device) == 201
    clock.passes(days=1)
    tried = [step(ask(walker, address=f"203.0.113.{n}"), wrong, address=f"203.0.113.{n}") for n in range(25)]
    assert tried == [422] * 20 + [429] * 5


def test_no_name_or_number_lies_in_the_counters(ask, walker):
    hammer(ask, walker, times=2)
    assert Throttle.select().count() == 3
    kept = str([row.__data__ for row in Throttle.select()])
    assert walker.phone not in kept
    assert ATTACKER not in kept
    assert str(Person.get().id) not in kept
