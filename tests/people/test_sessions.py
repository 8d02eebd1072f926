"""Sessions: how long they last, who ends them, and that a check of one is cheap."""

from datetime import timedelta

import pytest

from notifications.models import Message
from patrol.people.models import Session
from patrol.people.operations.devices import Origin
from patrol.people.operations.sessions import open_session, standing
from patrol.people.operations.signing_in import sign_in
from patrol.people.rules import device_named
from tests.support.databases import sqlite_only
from tests.support.factories import (
    NOW,
    SESSION,
    Time,
    bearer,
    client_of,
    make_box,
    make_city,
    make_duty,
    make_person,
    token_of,
)
from tests.support.proofs import KEYS, PASSWORD, enrolled, has_password, shown_at
from tests.support.queries import Queries, assert_by_index

SESSIONS, ME = "/api/v1/sessions", "/api/v1/me"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def walker(database):
    person = make_person(make_city())
    has_password(person)
    return person


def opened(person, *, channel="device", staff=False):
    return open_session(person, stage="full", device="", channel=channel, lasting=SESSION, staff=staff, now=NOW).token


def used_every(step, token, *, times):
    """For how many steps a session that is used at each of them goes on."""
    now, lasted = NOW, 0
    for _ in range(times):
        now += step
        if standing(token, lasting=SESSION, now=now) is None:
            break
        lasted += 1
    return lasted


class TestLasting:
    def test_one_in_use_goes_on_to_the_longest_that_any_lasts(self, walker):
        assert used_every(5 * DAY, opened(walker), times=100) == 72
        assert Session.get().expires_at == NOW + SESSION.most

    def test_a_staff_page_left_alone_for_half_a_day_ends_and_one_in_use_does_not(self, walker):
        officer = make_person(walker.city, "officer")
        token = opened(officer, channel="page", staff=True)
        assert standing(token, lasting=SESSION, now=NOW + timedelta(hours=11)) is not None
        assert standing(token, lasting=SESSION, now=NOW + timedelta(hours=22)) is not None
        assert standing(token, lasting=SESSION, now=NOW + timedelta(hours=34)) is None

    @pytest.mark.parametrize(("role", "channel"), [("officer", "device"), ("walker", "page")])
    def test_a_phone_and_a_walkers_page_may_lie_longer(self, walker, role, channel):
        person = make_person(walker.city, role)
        token = opened(person, channel=channel, staff=role != "walker")
        assert standing(token, lasting=SESSION, now=NOW + 59 * DAY) is not None

    @sqlite_only
    def test_the_settings_say_how_long(self, database, walker):
        given = {"name": walker.phone, "password": PASSWORD}
        client = client_of(database, session_days="30", session_most_days="3")
        assert client.post(SESSIONS, json=given).json["expires_at"] == (NOW + 3 * DAY).isoformat()


class TestEnding:
    def test_all_others_are_ended_at_once(self, database, walker):
        mine, others = bearer(walker), [bearer(walker) for _ in range(2)]
        stranger = bearer(make_person(walker.city))
        client = client_of(database)
        assert client.delete(SESSIONS, headers=mine).status_code == 204
        assert [client.get(ME, headers=headers).status_code for headers in others] == [401, 401]
        assert [client.get(ME, headers=headers).status_code for headers in (mine, stranger)] == [200, 200]
        assert len(client.get(SESSIONS, headers=mine).json["items"]) == 1

    def test_what_has_run_out_is_not_listed(self, database, walker):
        bearer(walker, now=NOW - 61 * DAY)
        assert len(client_of(database).get(SESSIONS, headers=bearer(walker)).json["items"]) == 1


class TestNewDevices:
    def post(self, database, walker, *, device="", clock=None, **headers):
        given = {"name": walker.phone, "password": PASSWORD, "known_device": device}
        return client_of(database, clock=clock).post(SESSIONS, json=given, headers=headers).json["device_token"]

    def told(self, person):
        return [message.words["en"]["body"] for message in Message.select().where(Message.person == person.id)]

    def test_the_owner_is_told_of_a_sign_in_from_a_device_that_was_not_known(self, database, walker):
        known = self.post(database, walker)
        assert self.told(walker) == []  # an account just made is on its first device
        self.post(database, walker, device=known)
        assert self.told(walker) == []
        agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36"
        self.post(database, walker, **{"User-Agent": agent})
        (body,) = self.told(walker)
        assert body.startswith("On Chrome, Android (2026-11-06 19:30).")

    def test_even_when_the_account_slept_so_long_that_no_session_is_left(self, database, walker):
        self.post(database, walker, clock=Time(NOW + 200 * DAY))
        assert len(self.told(walker)) == 1

    def test_with_a_second_factor_not_before_that_was_shown(self, database, walker):
        token_of(walker)
        enrolled(walker)
        client = client_of(database)
        half = client.post(SESSIONS, json={"name": walker.phone, "password": PASSWORD}).json
        assert self.told(walker) == []
        headers = {"Authorization": f"Bearer {half['token']}"}
        client.post(f"{SESSIONS}/factor", json={"code": shown_at()}, headers=headers)
        assert len(self.told(walker)) == 1

    @pytest.mark.parametrize(
        ("agent", "name"),
        [
            ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
            ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/26.0 Chrome/122.0", "Samsung Internet, Android"),
            ("python-requests/2.34", "python-requests/2.34"),
            ("x" * 200, "x" * 80),
        ],
    )
    def test_a_browser_is_named_as_people_name_it(self, agent, name):
        assert device_named(agent) == name


@pytest.mark.usefixtures("database")
class TestQueries:
    @pytest.mark.both_fast
    def test_a_token_is_checked_by_two_queries_that_each_use_an_index(self):
        city = make_city()
        officer = make_person(city, "officer", "walker", box=make_box(city))
        make_duty(officer, "child_protection")
        token = token_of(officer)
        with Queries() as queries:
            found = standing(token, lasting=SESSION, now=NOW)
        assert (found.needs, found.powers.roles) == ("", {"officer", "walker"})
        assert len(queries.asked) == 2
        assert_by_index(queries.asked)

    def test_a_request_that_only_asks_who_one_is_has_no_third_for_the_check(self, database, walker):
        client, headers = client_of(database), bearer(walker)
        with Queries() as queries:
            client.delete(f"{SESSIONS}/00000000-0000-4000-8000-000000000000", headers=headers)
        checks = [sql for sql, _ in queries.asked if sql.startswith(("SELECT", "(SELECT"))]
        assert len(checks) <= 2

    def test_a_sign_in_on_a_known_device_reads_the_city_and_the_account_and_nothing_else(self, database, walker):
        client, given = client_of(database), {"name": walker.phone, "password": PASSWORD}
        device = client.post(SESSIONS, json=given).json["device_token"]
        with Queries() as queries:
            assert client.post(SESSIONS, json=given | {"known_device": device}).status_code == 201
        assert len([sql for sql in queries.texts() if sql.startswith("SELECT")]) == 2

    @pytest.mark.both_fast
    @pytest.mark.parametrize("name", ["phone", "email"])
    def test_a_sign_in_is_decided_by_two_queries_that_each_use_an_index(self, name):
        city = make_city()
        person = make_person(city, "officer", email="officer@example.org")
        has_password(person)
        enrolled(person)
        with Queries() as queries:
            signed = sign_in(
                city,
                name=getattr(person, name),
                password=PASSWORD,
                origin=Origin(address="192.0.2.1"),
                device="",
                channel="device",
                cost=(1, 8, 1),
                keys=KEYS,
                lasting=SESSION,
                now=NOW,
            )
        assert signed.needs == "code"
        written = [sql for sql, _ in queries.asked if sql.startswith(("UPDATE", 'INSERT INTO "session"'))]
        decided = [(sql, params) for sql, params in queries.asked if sql not in written]
        assert len(decided) == 2
        assert_by_index(decided)
