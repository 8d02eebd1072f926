from datetime import UTC, date, datetime

import pytest

from notifications.models import Address
from patrol.people.models import Consent, Person, Role
from patrol.people.operations.passwords import matches
from tests.support.factories import NOW, Time, client_of, make_city

ACCOUNTS = "/api/v1/accounts"
WALKER = {
    "name": "Sample walker 01",
    "phone": "010-1234-5678",
    "email": "Walker01@Example.org",
    "born_on": "1990-03-01",
    "password": "correct horse battery",
    "consents": ["service", "location"],
}


@pytest.fixture
def client(database):
    make_city()
    client = client_of(database)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def pointers(answer):
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json["errors"]]


def test_a_walker_registers_and_signs_in_with_phone_or_email(client):
    answer = client.post(ACCOUNTS, json=WALKER)
    assert answer.status_code == 201
    assert answer.json["phone"] == "010-1234-5678"
    assert answer.json["email"] == "walker01@example.org"
    assert "password" not in answer.text
    person = Person.get()
    assert (person.phone, person.state, person.language) == ("+821012345678", "active", "ko")
    assert [role.role for role in person.roles] == ["walker"]
    assert sorted(consent.kind for consent in person.consents) == ["location", "service"]
    assert Address.get().value == "walker01@example.org"
    for name in ("+82 10 1234 5678", "01012345678", "WALKER01@example.org "):
        given = {"name": name, "password": WALKER["password"]}
        assert client.post("/api/v1/sessions", json=given).status_code == 201


def test_an_email_that_looks_like_a_number_signs_in_as_the_email_it_is(client):
    client.post(ACCOUNTS, json=WALKER | {"phone": None, "email": "01087654321@example.org"})
    given = {"name": "01087654321@example.org", "password": WALKER["password"]}
    assert client.post("/api/v1/sessions", json=given).status_code == 201


def test_a_password_is_kept_as_a_digest_only(client):
    client.post(ACCOUNTS, json=WALKER)
    stored = Person.get().password_hash
    assert WALKER["password"] not in stored
    assert matches(stored, WALKER["password"], cost=(1, 8, 1))
    assert not matches(stored, WALKER["password"] + " ", cost=(1, 8, 1))
    assert not matches("no digest", WALKER["password"], cost=(1, 8, 1))


@pytest.mark.parametrize("same", [{"email": "other@example.org"}, {"phone": "010-9999-9999"}])
def test_who_registers_twice_is_told_to_sign_in_and_nothing_more_is_made(client, same):
    client.post(ACCOUNTS, json=WALKER)
    answer = client.post(ACCOUNTS, json=WALKER | same)
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/registered")
    assert "sign in" in answer.json["detail"]
    assert (Person.select().count(), Role.select().count(), Consent.select().count()) == (1, 1, 2)


def test_the_same_number_may_register_in_another_city(client):
    make_city("Ulsan")
    codes = [client.post(ACCOUNTS, json=WALKER | {"city": city}).status_code for city in ("busan", "Ulsan")]
    assert codes == [201, 201]


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
        ({"name": " "}, "/name"),
        ({"language": "fr"}, "/language"),
        ({"consents": ["service", "fame"]}, "/consents/1"),
        ({"consents": "service"}, "/consents"),
        ({"role": "admin"}, "/role"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_made(client, wrong, pointer):
    assert pointers(client.post(ACCOUNTS, json=WALKER | wrong)) == [pointer]
    assert Person.select().count() == 0


def test_a_number_that_is_none_here_is_answered_with_an_example(client):
    answer = client.post(ACCOUNTS, json=WALKER | {"phone": "112"})
    assert "010-0000-0000" in answer.json["detail"]


def test_a_handler_is_an_adult_by_the_citys_own_day(database):
    make_city()
    born = WALKER | {"born_on": "2007-11-07"}
    before, after = datetime(2026, 11, 6, 14, 59, tzinfo=UTC), datetime(2026, 11, 6, 15, 0, tzinfo=UTC)
    assert client_of(database, clock=Time(before)).post(ACCOUNTS, json=born).status_code == 422
    assert client_of(database, clock=Time(after)).post(ACCOUNTS, json=born).status_code == 201
    assert Person.get().born_on == date(2007, 11, 7)


def test_a_city_that_is_not_there_or_not_named_is_asked_for(client):
    answer = client.post(ACCOUNTS, json=WALKER | {"city": "atlantis"})
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/no-such-city")
    make_city("Ulsan")
    assert pointers(client.post(ACCOUNTS, json=WALKER)) == ["/city"]


def test_one_address_registers_so_many_an_hour_and_no_more(database):
    make_city()
    clock = Time()
    client = client_of(database, clock=clock)
    codes = [client.post(ACCOUNTS, json=WALKER | {"phone": "x"}).status_code for _ in range(61)]
    assert codes == [422] * 60 + [429]
    clock.passes(hours=1)
    assert client.post(ACCOUNTS, json=WALKER).status_code == 201
    assert Person.get().created_at == NOW.replace(hour=11)
