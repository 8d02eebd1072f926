"""Passwords: none that is guessed first, hashed by few at once, and dearer when the cost rises."""

import threading
import time

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from config.database import transaction
from notifications.models import Message
from patrol.errors import TooMany
from patrol.people.models import Person, Session
from patrol.people.operations import passwords
from patrol.people.operations.passwords import (
    AT_ONCE,
    WAITING,
    CommonPassword,
    GuessablePassword,
    PersonalPassword,
    RepeatedPassword,
    digest,
    is_cheap,
    matches,
    require_strong,
)
from patrol.people.rules import LEAST_PASSWORD
from tests.support.databases import sqlite_only
from tests.support.factories import bearer, client_of, make_person
from tests.support.proofs import PASSWORD, has_password

CHEAP, DEARER = (1, 8, 1), (2, 16, 1)
ABOUT = ["Sample walker 01", "010-1234-5678", "lighthouse@example.org"]
PATH = "/api/v1/me/password"


@pytest.fixture
def walker(city):
    person = make_person(city)
    has_password(person)
    return person


def change(database, headers, old=PASSWORD, new="seven unrelated words"):
    client = client_of(database)
    return client.put(PATH, json={"old": old, "new": new}, headers=headers)


@sqlite_only
@pytest.mark.slow
def test_none_of_the_commonest_that_leaked_elsewhere_will_do(city):
    leaked = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= LEAST_PASSWORD]
    assert len(leaked) > 1000
    for word in leaked:
        with pytest.raises(GuessablePassword):
            require_strong(word, city=city, about=ABOUT)


@sqlite_only
class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("password", "kind"),
        [
            ("password123", CommonPassword),
            ("1q2w3e4r5t", CommonPassword),
            ("1234567890", CommonPassword),
            ("aaaaaaaaaaaa", RepeatedPassword),
            ("abcabcabcabc", RepeatedPassword),
            ("abcdefghijklm", RepeatedPassword),
            ("x" * 200, RepeatedPassword),
            ("01012345678", PersonalPassword),
            ("lighthouse1", PersonalPassword),
            ("lighthouse@example.org", PersonalPassword),
            ("busan2026!", PersonalPassword),
            ("반려견순찰대", PersonalPassword),
            ("dkssudgktpdy", PersonalPassword),
        ],
    )
    def test_the_commonest_and_what_is_made_of_ones_own_or_of_ours(self, city, password, kind):
        with pytest.raises(kind) as refused:
            require_strong(password, city=city, about=ABOUT)
        assert refused.value.pointer == "/password"
        assert refused.value.say("ko") != refused.value.say("en")

    @pytest.mark.parametrize(
        "password",
        [
            "correct horse battery",
            "우산 냉장고 삼각형",
            "zq7!mFw2#x",
            "a sample password",
            "   lamp   river   ",
            "🦮🌙 gravel 7",
        ],
    )
    def test_anything_else_will_do_whatever_it_is_made_of(self, city, password):
        require_strong(password, city=city, about=ABOUT)

    def test_without_anything_known_about_somebody_it_works_too(self, city):
        with pytest.raises(GuessablePassword):
            require_strong("qwertyuiop", city=city, about=[None, ""])


class TestHashing:
    def test_only_so_many_at_once_and_in_the_line_and_the_next_is_sent_away(self):
        inside, most, entered, let_go = [], [], threading.Semaphore(0), threading.Event()

        def hash_slowly():
            with passwords._slot():
                inside.append(1)
                most.append(len(inside))
                entered.release()
                let_go.wait()
                inside.pop()

        threads = [threading.Thread(target=hash_slowly) for _ in range(AT_ONCE + WAITING)]
        for thread in threads:
            thread.start()
        for _ in range(AT_ONCE):
            entered.acquire()
        while passwords._places._value:  # until the last of them stands in the line
            time.sleep(0.01)
        with pytest.raises(TooMany) as refused:
            digest("one more", cost=CHEAP)
        let_go.set()
        for thread in threads:
            thread.join()
        assert refused.value.facts["retry_after_s"] > 0
        assert max(most) == AT_ONCE
        assert matches(digest("later", cost=CHEAP), "later", cost=CHEAP)

    @sqlite_only
    @pytest.mark.usefixtures("database")
    def test_never_inside_a_transaction(self):
        with transaction():
            for slow in (lambda: digest("x", cost=CHEAP), lambda: matches(None, "x", cost=CHEAP)):
                with pytest.raises(RuntimeError, match="before the transaction"):
                    slow()

    def test_what_was_stored_when_it_cost_less_is_cheap_and_what_cost_more_is_not(self):
        assert is_cheap(digest("x", cost=CHEAP), cost=DEARER)
        assert not is_cheap(digest("x", cost=DEARER), cost=DEARER)
        assert not is_cheap(digest("x", cost=DEARER), cost=CHEAP)

    def test_at_sign_in_a_cheap_one_is_stored_anew(self, database, walker):
        before = Person.get_by_id(walker.id).password_hash
        given = {"name": walker.phone, "password": PASSWORD}
        assert client_of(database).post("/api/v1/sessions", json=given).status_code == 201
        assert Person.get_by_id(walker.id).password_hash == before
        assert client_of(database, password_cost="2/16/1").post("/api/v1/sessions", json=given).status_code == 201
        after = Person.get_by_id(walker.id).password_hash
        assert not is_cheap(after, cost=DEARER)
        assert matches(after, PASSWORD, cost=DEARER)


class TestChanging:
    def test_it_takes_the_old_one_ends_the_other_sessions_and_is_told(self, database, walker):
        mine, other = bearer(walker), bearer(walker)
        assert change(database, mine).status_code == 204
        client = client_of(database)
        assert client.get("/api/v1/me", headers=mine).status_code == 200
        assert client.get("/api/v1/me", headers=other).status_code == 401
        assert matches(Person.get_by_id(walker.id).password_hash, "seven unrelated words", cost=CHEAP)
        told = Message.get()
        assert (told.person, told.kind, told.link) == (walker.id, "account", "/account")
        assert "Password changed" in told.words["en"]["title"]

    def test_a_wrong_old_one_is_refused_at_its_field_and_guesses_are_few(self, database, walker):
        headers = bearer(walker)
        answers = [change(database, headers, old="not this one") for _ in range(11)]
        assert answers[0].json["errors"] == [{"pointer": "/old", "detail": "Not your present password."}]
        assert [answer.status_code for answer in answers] == [422] * 10 + [429]
        assert Session.select().where(Session.revoked_at.is_null()).count() == 1

    @pytest.mark.parametrize("new", ["short", "x" * 201, "password123"])
    @sqlite_only
    def test_a_new_one_that_will_not_do_is_refused_at_its_field(self, database, walker, new):
        answer = change(database, bearer(walker), new=new)
        assert [error["pointer"] for error in answer.json["errors"]] == ["/new"]
        assert matches(Person.get_by_id(walker.id).password_hash, PASSWORD, cost=CHEAP)

    def test_who_never_had_one_changes_none(self, database, walker):
        nobody = make_person(walker.city)
        assert change(database, bearer(nobody)).status_code == 422
        assert Person.get_by_id(nobody.id).password_hash is None
