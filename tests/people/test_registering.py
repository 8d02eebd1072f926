"""Walkers register themselves, and nobody learns from it who has an account."""

import re
import threading
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from notifications.models import Address, Delivery, Message
from patrol.people.models import Challenge, Consent, Person, Role
from patrol.people.operations.challenges import forget_challenges
from patrol.people.operations.passwords import matches
from patrol.places.models import City
from tests.support.factories import NOW, Time, bearer, client_of, make_city, make_person
from tests.support.proofs import code_to, other_than, sent

ACCOUNTS = "/api/v1/accounts"
CONFIRM = "/api/v1/accounts/confirm"
SESSIONS = "/api/v1/sessions"
PHONE, EMAIL = "+821012345678", "walker01@example.org"
WALKER = {
    "name": "Sample walker 01",
    "phone": "010-1234-5678",
    "email": "Walker01@Example.org",
    "born_on": "1990-03-01",
    "password": "correct horse battery",
    "consents": ["service", "location"],
}
BY_PHONE = WALKER | {"email": None}
BY_EMAIL = WALKER | {"phone": None}


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def client(database, clock):
    make_city()
    client = client_of(database, clock=clock)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def pointers(answer):
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json["errors"]]


def ask(client, **given):
    answer = client.post(ACCOUNTS, json=BY_PHONE | given)
    assert answer.status_code == 202, answer.text
    return answer.json["registration"]


def confirm(client, registration, code):
    return client.post(CONFIRM, json={"registration": registration, "code": code})


def signs_in(client, name, password=WALKER["password"]):
    return client.post(SESSIONS, json={"name": name, "password": password}).status_code == 201


def test_a_walker_registers_by_the_code_that_comes_to_the_phone_and_signs_in(client):
    registration = ask(client)
    assert Person.select().count() == 0
    answer = confirm(client, registration, code_to(PHONE))
    assert (answer.status_code, answer.json["phone"], answer.json["contact"]) == (201, "010-1234-5678", None)
    assert "password" not in answer.text
    person = Person.get()
    assert (person.phone, person.state, person.language) == (PHONE, "active", "ko")
    assert [role.role for role in person.roles] == ["walker"]
    assert sorted(consent.kind for consent in person.consents) == ["location", "service"]
    for name in ("+82 10 1234 5678", "01012345678"):
        assert signs_in(client, name)


def test_without_a_phone_the_code_comes_by_mail(client):
    registration = ask(client, phone=None, email="01087654321@Example.org")
    assert confirm(client, registration, code_to("01087654321@example.org")).status_code == 201
    assert Address.get().value == "01087654321@example.org"
    assert signs_in(client, "01087654321@example.org ")
    assert Delivery.get().channel == "email"


def test_a_second_contact_counts_once_its_own_code_has_come(client):
    answer = confirm(client, ask(client, email=WALKER["email"]), code_to(PHONE))
    assert (answer.json["phone"], answer.json["email"]) == ("010-1234-5678", None)
    assert not signs_in(client, EMAIL)
    headers = bearer(Person.get())
    given = {"contact": answer.json["contact"], "code": code_to(EMAIL)}
    assert client.post("/api/v1/me/contacts/confirm", json=given, headers=headers).json["email"] == EMAIL
    assert signs_in(client, EMAIL.upper())
    assert {(row.channel, row.value) for row in Address.select()} == {("sms", PHONE), ("email", EMAIL)}


def test_a_password_is_kept_as_a_digest_only(client):
    registration = ask(client)
    assert WALKER["password"] not in str(Challenge.get().content)
    confirm(client, registration, code_to(PHONE))
    stored = Person.get().password_hash
    assert WALKER["password"] not in stored
    assert matches(stored, WALKER["password"], cost=(1, 8, 1))
    assert not matches(stored, WALKER["password"] + " ", cost=(1, 8, 1))
    assert not matches("no digest", WALKER["password"], cost=(1, 8, 1))
    assert Challenge.get().content is None


@pytest.mark.parametrize("given", [BY_PHONE, BY_EMAIL])
def test_the_answer_is_the_same_whether_or_not_there_is_an_account(client, given):
    answers = [client.post(ACCOUNTS, json=given)]
    make_person(_city(), phone=PHONE, email=EMAIL)
    answers.append(client.post(ACCOUNTS, json=given))
    assert [answer.status_code for answer in answers] == [202, 202]
    details = {answer.json["detail"] for answer in answers}
    assert len(details) == 1
    for answer in answers:
        assert set(answer.json) == {"registration", "detail"}
        assert UUID(answer.json["registration"]).version == 4
    first, second = ({**answer.headers} for answer in answers)
    assert {*first} == {*second}
    contact = PHONE if given is BY_PHONE else EMAIL
    told = sent(contact)
    assert re.search(r"\d{6}", told[0])
    assert not re.search(r"\d", told[1])
    assert "이미 가입" in told[1]


def _city():
    return City.get()


def test_an_account_made_in_between_is_not_told_of_either(client):
    registration = ask(client)
    make_person(_city(), phone=PHONE)
    answer = confirm(client, registration, code_to(PHONE))
    assert answer.json["type"] == "/problems/wrong-code"
    assert Person.select().count() == 1


def test_a_mailbox_given_along_is_not_told_of_to_whoever_holds_the_phone(client):
    make_person(_city(), email=EMAIL)
    answer = confirm(client, ask(client, email=WALKER["email"]), code_to(PHONE))
    assert (answer.status_code, answer.json["email"]) == (201, None)
    assert UUID(answer.json["contact"])
    assert "다른 계정" in sent(EMAIL)[-1]


def test_every_refused_code_is_refused_in_the_same_words(client, clock):
    taken = ask(client, phone="010-1111-1111")
    first = code_to("+821011111111")
    confirm(client, taken, first)
    make_person(_city(), phone="+821022222222")
    registration = ask(client)
    code = code_to(PHONE)
    refused = [
        confirm(client, registration, other_than(code)),
        confirm(client, registration, "nonsense"),
        confirm(client, str(uuid4()), code),
        confirm(client, taken, first),
        *[confirm(client, ask(client, phone="010-2222-2222"), f"{number:06}") for number in range(2)],
    ]
    clock.passes(minutes=15)
    refused.append(confirm(client, registration, code))
    words = "The code is wrong or has run out; ask for a new one."
    for answer in refused:
        found = {name: value for name, value in answer.json.items() if name != "instance"}
        assert (answer.status_code, found) == (
            422,
            {
                "type": "/problems/wrong-code",
                "title": "Check the values",
                "status": 422,
                "detail": words,
                "errors": [{"pointer": "/code", "detail": words}],
            },
        )
    assert Person.select().count() == 2


def test_a_code_takes_five_tries_and_no_more(client):
    registration = ask(client)
    code = code_to(PHONE)
    for _ in range(4):
        assert confirm(client, registration, other_than(code)).status_code == 422
    assert confirm(client, registration, code).status_code == 201
    other = ask(client, phone="010-3333-3333")
    code = code_to("+821033333333")
    for _ in range(5):
        confirm(client, other, other_than(code))
    assert confirm(client, other, code).json["type"] == "/problems/wrong-code"


def test_of_two_who_bring_the_code_at_once_one_makes_the_account(database, client):
    registration = ask(client)
    code, together, statuses = code_to(PHONE), threading.Barrier(3), []

    def bring():
        together.wait()
        statuses.append(confirm(client.application.test_client(), registration, code).status_code)

    threads = [threading.Thread(target=bring) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 422, 422]
    assert (Person.select().count(), Role.select().count(), Consent.select().count()) == (1, 1, 2)


def test_a_code_is_kept_as_a_digest_and_lies_sealed_until_it_is_sent(client):
    ask(client)
    code, challenge, message = code_to(PHONE), Challenge.get(), Message.get()
    kept = f"{challenge.__data__} {message.__data__} {Delivery.get().__data__}"
    assert code not in kept
    assert message.expires_at == challenge.expires_at == NOW + timedelta(minutes=10)


def test_what_was_not_confirmed_is_forgotten(client):
    ask(client)
    assert forget_challenges(before=NOW + timedelta(minutes=10)) == 0
    assert forget_challenges(before=NOW + timedelta(minutes=10, seconds=1)) == 1
    assert Challenge.select().count() == 0


def test_nobody_is_flooded_with_codes_known_or_not(client, clock):
    make_person(_city(), phone="+821022222222")
    for phone in ("010-1234-5678", "010-2222-2222"):
        statuses = [client.post(ACCOUNTS, json=BY_PHONE | {"phone": phone}).status_code for _ in range(4)]
        assert statuses == [202, 202, 202, 429]
    counted = 3
    for _ in range(4):
        clock.passes(minutes=15)
        statuses = [client.post(ACCOUNTS, json=BY_PHONE).status_code for _ in range(3)]
        counted += statuses.count(202)
    assert counted <= 10
    late = client.post(ACCOUNTS, json=BY_PHONE)
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 3600


def test_the_same_number_may_register_in_another_city(client):
    make_city("Ulsan")
    for city in ("busan", "Ulsan"):
        assert confirm(client, ask(client, city=city), code_to(PHONE)).status_code == 201
    assert Person.select().count() == 2


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"phone": "112"}, "/phone"),
        ({"phone": "call me"}, "/phone"),
        ({"phone": None, "email": None}, "/phone"),
        ({"phone": "", "email": ""}, "/phone"),
        ({"email": "nobody"}, "/email"),
        ({"email": "a b@example.org"}, "/email"),
        ({"born_on": "2020-01-01"}, "/born_on"),
        ({"born_on": "2999-01-01"}, "/born_on"),
        ({"born_on": "yesterday"}, "/born_on"),
        ({"password": "short"}, "/password"),
        ({"password": "x" * 201}, "/password"),
        ({"password": "password123"}, "/password"),
        ({"name": " "}, "/name"),
        ({"language": "fr"}, "/language"),
        ({"consents": ["service", "fame"]}, "/consents/1"),
        ({"consents": "service"}, "/consents"),
        ({"role": "admin"}, "/role"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(client, wrong, pointer):
    assert pointers(client.post(ACCOUNTS, json=WALKER | wrong)) == [pointer]
    assert Person.select().count() == Challenge.select().count() == Message.select().count() == 0


def test_a_number_that_is_none_here_is_answered_with_an_example(client):
    answer = client.post(ACCOUNTS, json=WALKER | {"phone": "112"})
    assert "010-0000-0000" in answer.json["detail"]


def test_a_handler_is_an_adult_by_the_citys_own_day(database):
    make_city()
    born = BY_PHONE | {"born_on": "2007-11-07"}
    before, after = datetime(2026, 11, 6, 14, 59, tzinfo=UTC), datetime(2026, 11, 6, 15, 0, tzinfo=UTC)
    assert client_of(database, clock=Time(before)).post(ACCOUNTS, json=born).status_code == 422
    client = client_of(database, clock=Time(after))
    confirm(client, client.post(ACCOUNTS, json=born).json["registration"], code_to(PHONE))
    assert Person.get().born_on == date(2007, 11, 7)


def test_a_city_that_is_not_there_or_not_named_is_asked_for(client):
    answer = client.post(ACCOUNTS, json=WALKER | {"city": "atlantis"})
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/no-such-city")
    make_city("Ulsan")
    unnamed = client.post(ACCOUNTS, json=WALKER)
    assert pointers(unnamed) == ["/city"]
    told = f"{answer.text} {unnamed.text}".casefold()
    assert not [name for name in ("busan", "ulsan") if name in told], "a stranger is not told which cities there are"


def test_one_address_registers_so_many_an_hour_and_no_more(client, clock):
    statuses = [client.post(ACCOUNTS, json=WALKER | {"phone": "x"}).status_code for _ in range(61)]
    assert statuses == [422] * 60 + [429]
    clock.passes(hours=1)
    assert client.post(ACCOUNTS, json=WALKER).status_code == 202
