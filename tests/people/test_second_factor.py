"""The second factor: what staff cannot do without, and walkers may have."""

import base64
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.secret_key import Keyring, Unsealable
from notifications.models import Message
from patrol.http.api import COOKIE, csrf_token
from patrol.people.models import AccessEntry, Factor, RecoveryCode, Session
from patrol.people.operations.factors import LETTERS, step_of
from patrol.people.operations.sessions import HALF_LASTS, make_link
from tests.support.databases import sqlite_only
from tests.support.factories import NOW, Time, bearer, client_of, make_city, make_person
from tests.support.proofs import KEYS, PASSWORD, SECRET, enrolled, has_password, other_than, shown_at

FACTOR, SESSIONS, ME = "/api/v1/me/factor", "/api/v1/sessions", "/api/v1/me"
STAFF_ROLES = ("coordinator", "officer", "admin")


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def client(database, clock):
    client = client_of(database, clock=clock)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def officer(database):
    person = make_person(make_city(), "officer", email="officer@example.org")
    has_password(person)
    return person


def sign_in(client, person, **more):
    answer = client.post(SESSIONS, json={"name": person.phone, "password": PASSWORD, **more})
    assert answer.status_code == 201, answer.text
    return answer.json


def asking(signed):
    return {"Authorization": f"Bearer {signed['token']}", "Accept-Language": "en"}


def complete(client, signed, code, **more):
    return client.post(f"{SESSIONS}/factor", json={"code": code, **more}, headers=asking(signed))


def kind(answer):
    return answer.json["type"].removeprefix("/problems/")


def enrol(client, headers, now):
    """Set up an app; the answer to its first code."""
    offered = client.post(FACTOR, json={}, headers=headers).json
    code = shown_at(now, secret=offered["secret"])
    return offered, client.post(f"{FACTOR}/confirm", json={"code": code}, headers=headers)


class TestSteps:
    @pytest.mark.parametrize(
        ("seconds", "code"),
        [
            (59, "287082"),
            (1111111109, "081804"),
            (1111111111, "050471"),
            (1234567890, "005924"),
            (2000000000, "279037"),
            (20000000000, "353130"),
        ],
    )
    def test_codes_are_those_of_rfc_6238(self, seconds, code):
        secret = base64.b32encode(b"12345678901234567890").decode()
        assert step_of(secret, code, now=datetime.fromtimestamp(seconds, UTC)) == seconds // 30

    @given(st.integers(-5, 5))
    def test_a_code_of_the_step_before_or_after_will_do_and_no_other(self, away):
        found = step_of(SECRET, shown_at(NOW + timedelta(seconds=30 * away)), now=NOW)
        assert (found is not None) == (abs(away) <= 1)

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６"])
    def test_what_is_no_code_is_none(self, code):
        assert step_of(SECRET, code, now=NOW) is None


class TestSigningIn:
    def test_a_password_alone_gives_half_a_session_that_may_only_be_completed_or_ended(self, client, officer):
        enrolled(officer)
        signed = sign_in(client, officer)
        assert (signed["needs"], signed["device_token"]) == ("code", None)
        for path in (ME, SESSIONS, FACTOR, f"{ME}/consents", "/api/v1/sightings"):
            answer = client.get(path, headers=asking(signed))
            assert (answer.status_code, kind(answer)) == (403, "second-factor-needed"), path
        assert client.delete(f"{SESSIONS}/{signed['session']}", headers=asking(signed)).status_code == 204
        assert complete(client, signed, shown_at()).status_code == 401

    def test_the_apps_code_makes_it_a_whole_one_of_another_token(self, client, officer):
        enrolled(officer)
        half = sign_in(client, officer)
        whole = complete(client, half, shown_at())
        assert (whole.status_code, whole.json["needs"], whole.json["person"]) == (201, None, str(officer.id))
        assert whole.json["token"] != half["token"]
        assert client.get(ME, headers=asking(half)).status_code == 401
        assert client.get(ME, headers=asking(whole.json)).json["roles"] == ["officer"]

    def test_half_a_session_ends_within_minutes_however_often_it_is_used(self, client, officer, clock):
        enrolled(officer)
        half = sign_in(client, officer)
        for _ in range(3):
            clock.passes(minutes=HALF_LASTS.total_seconds() / 180)
            complete(client, half, "000000")
        clock.passes(seconds=1)
        answer = complete(client, half, shown_at(clock.at))
        assert (answer.status_code, kind(answer)) == (401, "not-signed-in")

    def test_a_code_works_once(self, client, officer, clock):
        enrolled(officer)
        code = shown_at()
        assert complete(client, sign_in(client, officer), code).status_code == 201
        again = complete(client, sign_in(client, officer), code)
        assert (again.status_code, kind(again)) == (422, "wrong-factor-code")
        clock.passes(seconds=30)
        assert complete(client, sign_in(client, officer), code).status_code == 422
        assert complete(client, sign_in(client, officer), shown_at(clock.at)).status_code == 201

    def test_of_two_who_bring_a_code_at_once_one_is_let_in(self, client, officer):
        enrolled(officer)
        halves = [sign_in(client, officer) for _ in range(3)]
        together, statuses, code = threading.Barrier(3), [], shown_at()

        def bring(half):
            together.wait()
            statuses.append(complete(client.application.test_client(), half, code).status_code)

        threads = [threading.Thread(target=bring, args=(half,)) for half in halves]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [201, 422, 422]

    def test_a_whole_session_has_nothing_to_complete(self, client, officer):
        answer = client.post(f"{SESSIONS}/factor", json={"code": "123456"}, headers=bearer(officer))
        assert (answer.status_code, kind(answer)) == (409, "nothing-to-complete")

    @sqlite_only
    def test_a_page_completes_it_by_its_cookie(self, client, officer):
        enrolled(officer)
        answer = client.post(SESSIONS, json={"name": officer.phone, "password": PASSWORD, "page": True})
        assert (answer.json["token"], answer.json["needs"]) == (None, "code")
        csrf = {"X-CSRF-Token": csrf_token(client.get_cookie(COOKIE).value)}
        assert client.get(ME).status_code == 403
        done = client.post(f"{SESSIONS}/factor", json={"code": shown_at()}, headers=csrf)
        assert (done.status_code, done.json["token"]) == (201, None)
        assert client.get(ME).status_code == 200

    def test_the_demos_link_counts_as_a_second_factor(self, client, officer):
        token = make_link(officer, purpose="sign_in", lasting=timedelta(hours=1), now=NOW)
        signed = client.post(f"{SESSIONS}/link", json={"token": token}, environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
        assert signed.json["needs"] is None
        assert client.get(ME, headers=asking(signed.json)).status_code == 200


class TestStaffWithout:
    @pytest.mark.parametrize("role", STAFF_ROLES)
    @sqlite_only
    def test_staff_without_a_factor_reach_their_enrolment_alone(self, client, role):
        person = make_person(make_city(), role)
        has_password(person)
        signed = sign_in(client, person)
        assert signed["needs"] == "enrolment"
        for method, path in (
            ("GET", SESSIONS),
            ("GET", "/api/v1/city"),
            ("PUT", f"{ME}/password"),
            ("POST", f"{ME}/contacts"),
            ("POST", f"{FACTOR}/remove"),
            ("POST", f"{FACTOR}/recovery-codes"),
            ("DELETE", SESSIONS),
        ):
            answer = client.open(path, method=method, json={}, headers=asking(signed))
            assert (answer.status_code, kind(answer)) == (403, "second-factor-needed"), path
        assert client.get(FACTOR, headers=asking(signed)).json["required"]
        assert client.get(ME, headers=asking(signed)).json["roles"] == [role]

    def test_once_they_have_one_they_are_in(self, client, officer):
        signed = sign_in(client, officer)
        offered, done = enrol(client, asking(signed), NOW)
        assert done.status_code == 200
        assert client.get(SESSIONS, headers=asking(signed)).status_code == 401
        whole = {"token": done.json["token"]}
        assert client.get(SESSIONS, headers=asking(whole)).status_code == 200
        later = sign_in(client, officer)
        assert later["needs"] == "code"
        after = shown_at(NOW + timedelta(seconds=30), secret=offered["secret"])
        assert complete(client, later, after).status_code == 201

    def test_who_becomes_staff_while_signed_in_needs_one_from_then_on(self, client, officer):
        walker = make_person(officer.city)
        headers = bearer(walker, stage="password")
        assert client.get(SESSIONS, headers=headers).status_code == 200
        walker.roles.model.create(city=walker.city, person=walker, role="coordinator", created_at=NOW)
        assert kind(client.get(SESSIONS, headers=headers)) == "second-factor-needed"

    def test_a_walker_needs_none(self, client, officer):
        walker = make_person(officer.city)
        has_password(walker)
        signed = sign_in(client, walker)
        assert signed["needs"] is None
        assert not client.get(FACTOR, headers=asking(signed)).json["required"]


class TestEnrolling:
    def test_the_secret_is_shown_as_text_address_and_image_and_kept_sealed(self, client, officer):
        offered, _ = enrol(client, bearer(officer), NOW)
        uri = urlsplit(offered["uri"])
        asked = parse_qs(uri.query)
        assert (uri.scheme, uri.netloc, asked["secret"]) == ("otpauth", "totp", [offered["secret"]])
        assert "officer@example.org" in unquote(uri.path)
        assert offered["qr"].startswith("<svg")
        assert "script" not in offered["qr"]
        kept = Factor.get()
        assert offered["secret"] not in kept.secret
        assert KEYS.unseal(kept.secret) == offered["secret"]
        with pytest.raises(Unsealable):
            Keyring("x" * 40).unseal(kept.secret)

    def test_it_counts_only_once_its_first_code_has_come(self, client, officer):
        walker = make_person(officer.city)
        has_password(walker)
        headers = bearer(walker)
        offered = client.post(FACTOR, json={}, headers=headers).json
        assert client.get(FACTOR, headers=headers).json["confirmed_at"] is None
        assert sign_in(client, walker)["needs"] is None
        wrong = other_than(shown_at(secret=offered["secret"]))
        assert client.post(f"{FACTOR}/confirm", json={"code": wrong}, headers=headers).status_code == 422
        right = shown_at(secret=offered["secret"])
        assert client.post(f"{FACTOR}/confirm", json={"code": right}, headers=headers).status_code == 200
        assert sign_in(client, walker)["needs"] == "code"

    def test_without_a_beginning_there_is_nothing_to_confirm(self, client, officer):
        answer = client.post(f"{FACTOR}/confirm", json={"code": "123456"}, headers=bearer(officer))
        assert (answer.status_code, kind(answer)) == (409, "nothing-offered")

    def test_setting_one_up_ends_the_other_sessions_and_is_told(self, client, officer):
        other = bearer(officer)
        enrol(client, bearer(officer), NOW)
        assert client.get(ME, headers=other).status_code == 401
        told = Message.get(Message.kind == "account")
        assert (told.person, told.link) == (officer.id, "/account")
        assert "Second step" in told.words["en"]["title"]

    def test_replacing_one_takes_a_fresh_code_and_the_old_one_holds_until_then(self, client, officer):
        enrolled(officer)
        headers = bearer(officer)
        assert kind(client.post(FACTOR, json={}, headers=headers)) == "wrong-factor-code"
        assert kind(client.post(FACTOR, json={"code": other_than(shown_at())}, headers=headers)) == "wrong-factor-code"
        offered = client.post(FACTOR, json={"code": shown_at()}, headers=headers).json
        assert KEYS.unseal(Factor.get().secret) == SECRET
        code = shown_at(secret=offered["secret"])
        assert client.post(f"{FACTOR}/confirm", json={"code": code}, headers=headers).status_code == 200
        assert KEYS.unseal(Factor.get().secret) == offered["secret"]

    def test_guesses_are_few(self, client, officer):
        enrolled(officer)
        headers, wrong = bearer(officer), other_than(shown_at())
        statuses = [client.post(FACTOR, json={"code": wrong}, headers=headers).status_code for _ in range(11)]
        assert statuses == [422] * 10 + [429]
        assert client.post(FACTOR, json={"code": shown_at()}, headers=headers).status_code == 429


class TestRecovery:
    def test_ten_codes_are_shown_once_and_kept_as_digests(self, client, officer):
        _, done = enrol(client, bearer(officer), NOW)
        codes = done.json["recovery_codes"]
        assert len(set(codes)) == 10
        assert all(
            len(code) == 29 and len({*LETTERS}) ** 24 >= 2**112 and set(code) <= {*LETTERS, "-"} for code in codes
        )
        kept = str([row.__data__ for row in RecoveryCode.select()])
        assert not any(code in kept or code.replace("-", "") in kept for code in codes)
        assert client.get(FACTOR, headers=bearer(officer)).json["recovery_codes_left"] == 10

    def test_each_lets_in_once_however_it_is_written_and_the_owner_is_told(self, client, officer):
        _, done = enrol(client, bearer(officer), NOW)
        first, second = done.json["recovery_codes"][:2]
        assert complete(client, sign_in(client, officer), first).status_code == 201
        assert complete(client, sign_in(client, officer), first).status_code == 422
        assert complete(client, sign_in(client, officer), f" {second.lower().replace('-', ' ')} ").status_code == 201
        told = [message.words["en"]["body"] for message in Message.select().order_by(Message.created_at)]
        assert any("recovery code. Left: 9." in body for body in told)

    def test_anothers_code_lets_nobody_else_in(self, client, officer):
        _, done = enrol(client, bearer(officer), NOW)
        colleague = make_person(officer.city, "officer")
        has_password(colleague)
        enrolled(colleague)
        code = done.json["recovery_codes"][0]
        assert complete(client, sign_in(client, colleague), code).status_code == 422

    def test_new_codes_take_a_fresh_code_and_void_the_old_ones(self, client, officer):
        _, done = enrol(client, bearer(officer), NOW)
        headers = {"Authorization": f"Bearer {done.json['token']}"}
        old = done.json["recovery_codes"]
        answer = client.post(f"{FACTOR}/recovery-codes", json={"code": old[0]}, headers=headers)
        assert (answer.status_code, len(answer.json["recovery_codes"])) == (201, 10)
        assert complete(client, sign_in(client, officer), old[1]).status_code == 422
        assert complete(client, sign_in(client, officer), answer.json["recovery_codes"][0]).status_code == 201


class TestGoing:
    def test_it_goes_by_a_fresh_code_alone_and_staff_then_need_another(self, client, officer):
        enrolled(officer)
        headers, other = bearer(officer), bearer(officer)
        wrong = client.post(f"{FACTOR}/remove", json={"code": other_than(shown_at())}, headers=headers)
        assert (wrong.status_code, Factor.select().count()) == (422, 1)
        assert client.post(f"{FACTOR}/remove", json={"code": shown_at()}, headers=headers).status_code == 204
        assert (Factor.select().count(), RecoveryCode.select().count()) == (0, 0)
        assert client.get(ME, headers=other).status_code == 401
        assert kind(client.get(SESSIONS, headers=headers)) == "second-factor-needed"
        answer = client.post(f"{FACTOR}/confirm", json={"code": "123456"}, headers=headers)
        assert kind(answer) == "nothing-offered"

    def test_where_none_is_there_is_none_to_remove(self, client, officer):
        answer = client.post(f"{FACTOR}/remove", json={"code": "123456"}, headers=bearer(officer))
        assert (answer.status_code, kind(answer)) == (409, "no-factor")

    def test_an_admin_resets_a_colleagues_and_it_is_logged_and_told(self, client, officer):
        enrolled(officer)
        headers = bearer(officer)
        admin = make_person(officer.city, "admin", name="Sample admin 07")
        path = f"/api/v1/staff/{officer.id}/factor"
        assert client.delete(path, headers=bearer(admin)).status_code == 204
        assert client.get(ME, headers=headers).status_code == 401
        assert sign_in(client, officer)["needs"] == "enrolment"
        entry = AccessEntry.get()
        assert (entry.reader, entry.subject, entry.what) == (admin.id, officer.id, "second_factor")
        told = Message.get(Message.person == officer.id)
        assert "Sample admin 07" in told.words["ko"]["body"]
        assert kind(client.delete(path, headers=bearer(admin))) == "no-factor"

    def test_an_admin_does_not_so_get_rid_of_their_own(self, client, officer):
        admin = make_person(officer.city, "admin")
        enrolled(admin)
        answer = client.delete(f"/api/v1/staff/{admin.id}/factor", headers=bearer(admin))
        assert (answer.status_code, kind(answer)) == (409, "own-factor")
        assert Factor.select().count() == 1

    def test_nobody_else_does_and_not_in_another_city_nor_a_walkers(self, client, officer):
        enrolled(officer)
        path = f"/api/v1/staff/{officer.id}/factor"
        for role in ("walker", "coordinator", "officer"):
            assert client.delete(path, headers=bearer(make_person(officer.city, role))).status_code == 403
        assert client.delete(path, headers=bearer(make_person(make_city("Ulsan"), "admin"))).status_code == 404
        walker = make_person(officer.city)
        enrolled(walker)
        answer = client.delete(f"/api/v1/staff/{walker.id}/factor", headers=bearer(make_person(officer.city, "admin")))
        assert answer.status_code == 404
        assert Factor.select().count() == 2
        assert Session.select().where(~Session.revoked_at.is_null()).count() == 0
