"""A forgotten password: set anew by a code, without telling anybody who has an account."""

from uuid import UUID, uuid4

import pytest

from notifications.models import Delivery, Message
from patrol.people.models import Challenge, Person, Session
from patrol.people.operations.challenges import LASTS
from patrol.people.operations.passwords import matches
from patrol.people.operations.renewing import ASKED, ASKED_EVERY, TRIED, TRIED_EVERY
from patrol.people.operations.throttle import throttle
from tests.support.factories import NOW, Time, bearer, client_of, make_city, make_person
from tests.support.proofs import PASSWORD, code_to, enrolled, has_password, other_than, sent

RESETS, CONFIRM, SESSIONS = "/api/v1/password-resets", "/api/v1/password-resets/confirm", "/api/v1/sessions"
NEW = "seven unrelated words"
PHONE, EMAIL = "+821012345678", "walker@example.org"


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def client(database, clock):
    client = client_of(database, clock=clock)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def walker(database):
    person = make_person(make_city(), phone=PHONE, email=EMAIL)
    has_password(person)
    return person


def ask(client, name, **more):
    answer = client.post(RESETS, json={"name": name, **more})
    assert answer.status_code == 202, answer.text
    return answer.json["reset"]


def confirm(client, reset, code, password=NEW):
    return client.post(CONFIRM, json={"reset": reset, "code": code, "password": password})


@pytest.mark.parametrize(("name", "contact"), [("010-1234-5678", PHONE), ("Walker@Example.org ", EMAIL)])
def test_a_code_goes_where_was_asked_and_sets_another_password(client, walker, name, contact):
    reset = ask(client, name)

    assert confirm(client, reset, code_to(contact)).status_code == 204
    assert client.post(SESSIONS, json={"name": name, "password": PASSWORD}).status_code == 404
    assert client.post(SESSIONS, json={"name": name, "password": NEW}).status_code == 201


def test_it_ends_every_session_and_the_owner_is_told(client, walker):
    sessions = [bearer(walker) for _ in range(2)]
    confirm(client, ask(client, EMAIL), code_to(EMAIL))
    assert [client.get("/api/v1/me", headers=headers).status_code for headers in sessions] == [401, 401]
    assert Session.select().where(Session.revoked_at.is_null()).count() == 0
    assert Message.get(Message.person == walker.id).words["en"]["title"] == "Password changed"


def test_the_answer_is_the_same_for_nobody_and_as_much_is_written(client, walker):
    make_person(walker.city, phone="+821000000001", state="invited")
    make_person(walker.city, phone="+821000000002", state="disabled")
    make_person(make_city("Ulsan"), phone="+821000000003")
    names = (EMAIL, "nobody@example.org", "010-0000-0001", "010-0000-0002", "010-0000-0003", "%", "no name at all")
    answers = []
    for name in names:
        before = (Challenge.select().count(), Message.select().count(), Delivery.select().count())
        answers.append(client.post(RESETS, json={"city": "busan", "name": name}))
        after = (Challenge.select().count(), Message.select().count(), Delivery.select().count())
        assert [now - was for was, now in zip(before, after, strict=True)] == [1, 1, 1]
    assert {answer.status_code for answer in answers} == {202}
    assert {answer.json["detail"] for answer in answers} == {answers[0].json["detail"]}
    assert all(set(answer.json) == {"reset", "detail"} and UUID(answer.json["reset"]) for answer in answers)
    going_out = [delivery.address for delivery in Delivery.select().where(Delivery.state == "pending")]
    assert going_out == [EMAIL]


def test_no_code_answers_what_was_asked_for_nobody(client, walker):
    reset = ask(client, "nobody@example.org")
    (held_back,) = sent("nobody@example.org", state="expired")
    code = next(word.strip(".") for word in held_back.split() if word.isdigit())
    assert confirm(client, reset, code).json["type"] == "/problems/wrong-code"


def test_every_refused_code_is_refused_in_the_same_words(client, walker, clock):
    reset = ask(client, EMAIL)
    code = code_to(EMAIL)
    refused = [
        confirm(client, reset, other_than(code)),
        confirm(client, str(uuid4()), code),
        confirm(client, ask(client, "nobody@example.org"), code),
    ]
    clock.passes(minutes=15)
    refused.append(confirm(client, reset, code))
    words = {(answer.status_code, answer.json["type"], answer.json["detail"]) for answer in refused}
    assert words == {(422, "/problems/wrong-code", "The code is wrong or has run out; ask for a new one.")}
    assert matches(Person.get_by_id(walker.id).password_hash, PASSWORD, cost=(1, 8, 1))


@pytest.mark.parametrize("changed", [{"state": "disabled"}, {"email": "another@example.org"}])
def test_a_code_is_none_once_the_account_is_disabled_or_reached_elsewhere(client, walker, changed):
    reset = ask(client, EMAIL)
    Person.update(**changed).where(Person.id == walker.id).execute()
    assert confirm(client, reset, code_to(EMAIL)).json["type"] == "/problems/wrong-code"
    assert matches(Person.get_by_id(walker.id).password_hash, PASSWORD, cost=(1, 8, 1))


def test_a_code_takes_five_tries_and_one_use(client, walker):
    reset = ask(client, EMAIL)
    code = code_to(EMAIL)
    for _ in range(5):
        confirm(client, reset, other_than(code))
    assert confirm(client, reset, code).status_code == 422
    reset = ask(client, EMAIL)
    code = code_to(EMAIL)
    assert [confirm(client, reset, code).status_code for _ in range(2)] == [204, 422]


def test_a_password_that_will_not_do_is_refused_at_its_field_and_the_code_holds(client, walker):
    reset = ask(client, EMAIL)
    code = code_to(EMAIL)
    for weak in ("short", "password123", "walker@example.org"):
        answer = confirm(client, reset, code, password=weak)
        assert [error["pointer"] for error in answer.json["errors"]] == ["/password"]
    assert confirm(client, reset, code).status_code == 204


def test_a_second_factor_is_asked_for_after_a_reset_as_before(client, walker):
    enrolled(walker)
    confirm(client, ask(client, EMAIL), code_to(EMAIL))
    assert client.post(SESSIONS, json={"name": EMAIL, "password": NEW}).json["needs"] == "code"


def test_one_kind_of_code_does_not_do_for_another(client, walker):
    reset = ask(client, EMAIL)
    answer = client.post("/api/v1/accounts/confirm", json={"registration": reset, "code": code_to(EMAIL)})
    assert answer.json["type"] == "/problems/wrong-code"


def test_a_stranger_who_asks_all_day_does_not_keep_the_owner_from_a_code(client, walker, clock):
    stranger = {"REMOTE_ADDR": "198.51.100.7"}
    for _ in range(24):
        client.post(RESETS, json={"name": EMAIL}, environ_base=stranger)
        clock.passes(minutes=16)
    assert client.post(RESETS, json={"name": EMAIL}, environ_base=stranger).status_code == 429
    assert client.post(RESETS, json={"name": EMAIL}).status_code == 202


def test_nor_do_many_who_ask_from_everywhere_or_from_behind_the_same_address(client, walker, clock):
    device = client.post(SESSIONS, json={"name": EMAIL, "password": PASSWORD}).json["device_token"]
    for number in range(31):
        client.post(RESETS, json={"name": EMAIL}, environ_base={"REMOTE_ADDR": f"198.51.100.{number}"})
    for _ in range(ASKED):
        throttle("reset:127.0.0.1", most=ASKED, every=ASKED_EVERY, now=NOW)
    for _ in range(TRIED):
        throttle("code:127.0.0.1", most=TRIED, every=TRIED_EVERY, now=NOW)
    assert client.post(RESETS, json={"name": EMAIL}).status_code == 429
    asked = client.post(RESETS, json={"name": EMAIL, "known_device": device})
    assert asked.status_code == 202
    given = {"reset": asked.json["reset"], "code": code_to(EMAIL), "password": NEW}
    assert client.post(CONFIRM, json=given).status_code == 429
    assert client.post(CONFIRM, json=given | {"known_device": device}).status_code == 204


def test_a_known_device_asks_for_no_more_than_any_other_and_leaves_strangers_theirs(client, walker):
    device = client.post(SESSIONS, json={"name": EMAIL, "password": PASSWORD}).json["device_token"]
    known = {"name": EMAIL, "known_device": device}
    assert [client.post(RESETS, json=known).status_code for _ in range(4)] == [202, 202, 202, 429]
    assert client.post(RESETS, json={"name": EMAIL}).status_code == 202


def test_a_mailbox_gets_few_codes_and_an_address_asks_for_few(client, walker, clock):
    assert [client.post(RESETS, json={"name": EMAIL}).status_code for _ in range(4)] == [202, 202, 202, 429]
    for number in range(56):
        client.post(RESETS, json={"name": f"nobody{number}@example.org"})
    late = client.post(RESETS, json={"name": "nobody@example.org"})
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 3600


def test_codes_cannot_be_guessed_in_bulk_from_one_address(client, walker):
    given = {"reset": str(uuid4()), "code": "123456", "password": NEW}
    statuses = [client.post(CONFIRM, json=given).status_code for _ in range(101)]
    assert statuses == [422] * 100 + [429]


def test_the_code_comes_in_the_accounts_own_language(client, walker):
    ask(client, EMAIL)
    assert "인증번호" in sent(EMAIL)[-1]
    Person.update(language="en").execute()
    ask(client, EMAIL)
    assert "Your code is" in sent(EMAIL)[-1]


class TestContacts:
    ASK, CONFIRM = "/api/v1/me/contacts", "/api/v1/me/contacts/confirm"

    def ask(self, client, headers, *, password=PASSWORD, **contact):
        return client.post(self.ASK, json={"password": password, **contact}, headers=headers)

    def confirm(self, client, headers, contact, code):
        return client.post(self.CONFIRM, json={"contact": contact, "code": code}, headers=headers)

    def test_a_new_one_counts_once_its_code_has_come_and_the_old_one_hears_of_it(self, client, walker):
        headers = bearer(walker)
        asked = self.ask(client, headers, email="new@example.org")
        assert (asked.status_code, Person.get().email) == (202, EMAIL)
        done = self.confirm(client, headers, asked.json["contact"], code_to("new@example.org"))
        assert (done.status_code, done.json["email"], done.json["phone"]) == (200, "new@example.org", "010-1234-5678")
        assert client.post(SESSIONS, json={"name": "new@example.org", "password": PASSWORD}).status_code == 201
        assert Message.get(Message.person == walker.id).words["en"]["title"] == "Contact changed"

    def test_it_takes_the_password(self, client, walker):
        refused = self.ask(client, bearer(walker), password="not this one", email="new@example.org")
        assert [error["pointer"] for error in refused.json["errors"]] == ["/password"]
        assert Challenge.select().count() == 0

    def test_nobody_learns_from_it_that_another_has_it(self, client, walker):
        other = make_person(walker.city, phone="+821022222222")
        answers = [self.ask(client, bearer(walker), phone=phone) for phone in ("010-2222-2222", "010-3333-3333")]
        assert [answer.status_code for answer in answers] == [202, 202]
        assert answers[0].json["detail"] == answers[1].json["detail"]
        assert "다른 계정" in sent("+821022222222")[-1]
        refused = self.confirm(client, bearer(walker), answers[0].json["contact"], "123456")
        assert refused.json["type"] == "/problems/wrong-code"
        assert Person.get_by_id(other.id).phone == "+821022222222"

    def test_anothers_code_is_nobodys_business(self, client, walker):
        asked = self.ask(client, bearer(walker), email="new@example.org").json["contact"]
        stranger = bearer(make_person(walker.city))
        for _ in range(6):
            assert self.confirm(client, stranger, asked, code_to("new@example.org")).status_code == 422
        assert self.confirm(client, bearer(walker), asked, code_to("new@example.org")).status_code == 200

    @pytest.mark.parametrize(
        ("contact", "pointer"), [({}, "/phone"), ({"phone": "112"}, "/phone"), ({"email": "nobody"}, "/email")]
    )
    def test_what_is_none_is_named(self, client, walker, contact, pointer):
        answer = self.ask(client, bearer(walker), **contact)
        assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_a_code_holds_to_the_last_second_of_its_time(client, walker, clock):
    reset = ask(client, EMAIL)
    clock.passes(seconds=LASTS.total_seconds() - 1)
    assert confirm(client, reset, code_to(EMAIL)).status_code == 204
    assert Challenge.get().expires_at == NOW + LASTS
