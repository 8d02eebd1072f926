import threading
from datetime import timedelta

import pytest

from patrol.errors import NotFound, TooMany
from patrol.http.api import COOKIE, csrf_token
from patrol.people.models import Person, Session, Throttle
from patrol.people.operations.passwords import digest
from patrol.people.operations.sessions import revoke, sha256, standing
from patrol.people.operations.throttle import forget_windows, throttle
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

SESSIONS = "/api/v1/sessions"
PASSWORD = "correct horse battery"
LASTING = SESSION


@pytest.fixture
def walker(database):
    return make_person(
        make_city(), phone="+821012345678", email="walker@example.org", password_hash=digest(PASSWORD, cost=(1, 8, 1))
    )


def ask(client, name="010-1234-5678", password=PASSWORD, **given):
    return client.post(SESSIONS, json={"name": name, "password": password, **given}, headers={"Accept-Language": "en"})


def test_a_token_is_shown_once_and_only_its_digest_kept(database, walker):
    answer = ask(client_of(database), device="Sample phone")
    token = answer.json["token"]
    assert (answer.status_code, len(token)) == (201, 43)
    session = Session.get()
    assert (session.token_sha256, session.device, session.channel) == (sha256(token), "Sample phone", "device")
    assert answer.json["expires_at"] == (NOW + LASTING.unseen).isoformat()
    me = client_of(database).get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json["name"] == walker.name
    assert token not in me.text


def test_a_wrong_password_and_an_unknown_name_look_alike(database, walker):
    make_person(walker.city, phone="+821000000001", password_hash=walker.password_hash, state="disabled")
    make_person(walker.city, phone="+821000000002", state="invited")
    client = client_of(database)
    answers = [
        ask(client, password="wrong"),
        ask(client, name="010-8888-8888"),
        ask(client, name="nobody@example.org"),
        ask(client, name="010-0000-0001"),
        ask(client, name="010-0000-0002"),
        ask(client, name="%"),
    ]
    for answer in answers:
        found = answer.json
        del found["instance"]
        assert (answer.status_code, found) == (
            404,
            {
                "type": "/problems/wrong-sign-in",
                "title": "Not found",
                "status": 404,
                "detail": "Name and password do not go together.",
            },
        )
    assert Session.select().count() == 0


def test_the_account_of_another_city_does_not_sign_in_here(database, walker):
    make_city("Ulsan")
    assert ask(client_of(database), city="ulsan").status_code == 404
    assert ask(client_of(database), city="busan").status_code == 201


def test_guessing_is_throttled_whether_or_not_the_name_is_known(database, walker):
    for name in ("010-1234-5678", "010-8888-8888"):
        clock = Time()
        processes = [client_of(database, clock=clock) for _ in range(2)]
        codes = [ask(processes[turn % 2], name=name, password="wrong").status_code for turn in range(11)]
        assert codes == [404] * 10 + [429]
        late = ask(processes[1], name=name)
        assert (late.status_code, late.headers["Retry-After"]) == (429, "300")
        clock.passes(seconds=300)
        assert ask(processes[1], name=name).status_code == (201 if name[4] == "1" else 404)


def test_trying_many_names_from_one_address_is_throttled(database, walker):
    client = client_of(database)
    codes = [ask(client, name=f"walker{number}@example.org").status_code for number in range(101)]
    assert codes == [404] * 100 + [429]


@pytest.mark.both_fast
def test_at_full_speed_no_more_attempts_pass_than_allowed(database):
    passed, together = [], threading.Barrier(4)

    def attempt():
        together.wait()
        for _ in range(5):
            try:
                throttle("key", most=7, every=timedelta(minutes=1), now=NOW)
            except TooMany:
                continue
            passed.append(1)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 7
    assert Throttle.get().count == 20
    assert forget_windows(before=NOW + timedelta(hours=1)) == 1


def test_a_page_gets_a_cookie_that_no_script_reads_and_no_token(database, walker):
    client = client_of(database)
    answer = ask(client, page=True)
    assert answer.json["token"] is None
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith(COOKIE))
    assert all(part in cookie for part in (COOKIE, "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Secure" not in cookie
    assert client.get("/api/v1/me").json["name"] == walker.name
    safe = ask(client_of(database, public_url="https://patrol.example.org"), page=True)
    assert "Secure" in safe.headers["Set-Cookie"]


def test_a_page_that_signs_out_loses_its_cookie(database, walker):
    client = client_of(database)
    session = ask(client, page=True).json["session"]
    token = client.get_cookie(COOKIE).value
    answer = client.delete(f"{SESSIONS}/{session}", headers={"X-CSRF-Token": csrf_token(token)})
    assert answer.status_code == 204
    assert client.get_cookie(COOKIE) is None
    client.set_cookie(COOKIE, token)
    assert client.get("/api/v1/me").status_code == 401


def test_a_person_sees_their_own_sessions_newest_first(database, walker):
    token_of(make_person(walker.city))
    older = bearer(walker, now=NOW - timedelta(hours=1))
    newer = bearer(walker)
    answer = client_of(database).get(SESSIONS, headers=newer)
    assert [session["current"] for session in answer.json["items"]] == [True, False]
    assert "token" not in answer.text
    assert client_of(database).get(SESSIONS, headers=older).json["items"][1]["current"]


def test_an_ended_session_is_ended_at_once_and_only_by_its_owner(database, walker):
    client, headers, stranger = client_of(database), bearer(walker), bearer(make_person(walker.city))
    (session,) = client.get(SESSIONS, headers=headers).json["items"]
    path = f"{SESSIONS}/{session['id']}"
    assert client.delete(path, headers=stranger).status_code == 404
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    assert client.delete(path, headers=headers).status_code == 204
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    with pytest.raises(NotFound):
        revoke(walker.id, session["id"], now=NOW)


def test_a_session_in_use_goes_on_and_one_left_alone_ends(database, walker):
    token = token_of(walker)
    assert standing(token, lasting=LASTING, now=NOW + timedelta(days=59)) is not None
    assert Session.get().expires_at == NOW + timedelta(days=119)
    assert standing(token, lasting=LASTING, now=NOW + timedelta(days=118)) is not None
    assert standing(token, lasting=LASTING, now=NOW + timedelta(days=178)) is None


def test_within_ten_minutes_a_read_writes_nothing(database, walker):
    token = token_of(walker)
    standing(token, lasting=LASTING, now=NOW + timedelta(minutes=10))
    assert Session.get().seen_at == NOW
    standing(token, lasting=LASTING, now=NOW + timedelta(minutes=10, seconds=1))
    assert Session.get().seen_at == NOW + timedelta(minutes=10, seconds=1)


def test_a_disabled_account_is_signed_out_everywhere(database, walker):
    token = token_of(walker)
    Person.update(state="disabled").execute()
    assert standing(token, lasting=LASTING, now=NOW) is None


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "토큰"])
def test_a_token_that_was_never_given_stands_for_nobody(database, walker, token):
    assert standing(token, lasting=LASTING, now=NOW) is None


def test_a_session_carries_the_roles_boxes_and_duties_that_stand(database):
    city = make_city()
    box = make_box(city)
    officer = make_person(city, "officer", "walker", box=box)
    make_duty(officer, "child_protection")
    found = standing(token_of(officer), lasting=LASTING, now=NOW)
    may = found.powers
    assert (may.roles, may.boxes, may.duties) == ({"officer", "walker"}, {box.id}, {"child_protection"})
    officer.roles.model.update(ended_at=NOW).execute()
    officer.duties.model.update(ended_at=NOW).execute()
    ended = standing(token_of(officer), lasting=LASTING, now=NOW)
    may = ended.powers
    assert (may.roles, may.boxes, may.duties) == (set(), set(), set())


def test_signing_in_anew_on_a_page_ends_the_session_it_had(database, walker):
    client = client_of(database)
    ask(client, page=True)
    first = client.get_cookie(COOKIE).value
    again = {"name": "010-1234-5678", "password": PASSWORD, "page": True}
    assert client.post(SESSIONS, json=again, headers={"X-CSRF-Token": csrf_token(first)}).status_code == 201
    assert standing(first, lasting=LASTING, now=NOW) is None
    assert standing(client.get_cookie(COOKIE).value, lasting=LASTING, now=NOW) is not None
