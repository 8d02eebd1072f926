import threading
from datetime import timedelta

import pytest

from patrol.people.models import Link, Person, Role, Session
from patrol.people.operations.sessions import make_link, sha256
from tests.support.factories import NOW, Time, bearer, client_of, make_box, make_city, make_person

ENTER, ACCEPT, STAFF = "/api/v1/sessions/link", "/api/v1/invitations/accept", "/api/v1/staff"
PASSWORD = "correct horse battery"
HOUR = timedelta(hours=1)
OFFICER = {"name": "Sample officer 01", "email": "officer@example.org", "role": "officer"}


def invited(city):
    person = make_person(city, "coordinator", state="invited")
    return person, make_link(person, purpose="invitation", lasting=HOUR, now=NOW)


def sign_in_link(city):
    return make_link(make_person(city), purpose="sign_in", lasting=HOUR, now=NOW)


def accept(client, token, **given):
    return client.post(ACCEPT, json={"token": token, "password": PASSWORD, **given}, headers={"Accept-Language": "en"})


def enter(client, token, *, address="127.0.0.1", **headers):
    return client.post(
        ENTER,
        json={"token": token},
        environ_overrides={"REMOTE_ADDR": address},
        headers={"Accept-Language": "en", **headers},
    )


def test_an_invitation_sets_the_password_and_signs_in(database, city):
    person, token = invited(city)
    client = client_of(database)
    answer = accept(client, token)
    assert answer.status_code == 201
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {answer.json['token']}"})
    assert me.json["roles"] == ["coordinator"]
    assert answer.json["needs"] == "enrolment"  # staff set up their second factor on the way in
    again = {"name": person.phone, "password": PASSWORD}
    assert client.post("/api/v1/sessions", json=again).status_code == 201
    assert Link.get().token_sha256 == sha256(token)


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_a_password_that_will_not_do_leaves_the_invitation_good(database, city, password):
    _, token = invited(city)
    assert accept(client_of(database), token, password=password).status_code == 422
    assert accept(client_of(database), token).status_code == 201


def test_a_link_works_once(database, city):
    for post, token in ((accept, invited(city)[1]), (enter, sign_in_link(city))):
        client = client_of(database)
        assert post(client, token).status_code == 201
        answer = post(client, token)
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/link-used")
        assert "new one" in answer.json["detail"]


def test_a_link_that_ran_out_is_refused(database, city):
    late = client_of(database, clock=Time(NOW + HOUR))
    assert accept(late, invited(city)[1]).status_code == 409
    assert enter(late, sign_in_link(city)).status_code == 409
    assert Session.select().count() == 0


def test_a_link_does_only_what_it_was_made_for(database, city):
    client = client_of(database)
    assert enter(client, invited(city)[1]).status_code == 409
    assert accept(client, sign_in_link(city)).status_code == 409
    assert accept(client, "x" * 43).status_code == 409


def test_a_link_does_not_bring_a_disabled_account_back(database, city):
    _, token = invited(city)
    link = sign_in_link(city)
    Person.update(state="disabled").execute()
    assert accept(client_of(database), token).status_code == 409
    assert enter(client_of(database), link).status_code == 409
    assert {person.state for person in Person.select()} == {"disabled"}


@pytest.mark.parametrize("purpose", ["invitation", "sign_in"])
def test_of_two_who_use_a_link_at_once_one_is_let_in(database, city, purpose):
    token = invited(city)[1] if purpose == "invitation" else sign_in_link(city)
    post = accept if purpose == "invitation" else enter
    client, together, codes = client_of(database), threading.Barrier(3), []

    def use():
        together.wait()
        codes.append(post(client.application.test_client(), token).status_code)

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [201, 409, 409]
    assert Session.select().count() == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1"])
def test_the_demos_links_work_on_the_machine_itself(database, city, address):
    assert enter(client_of(database), sign_in_link(city), address=address).status_code == 201


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("192.0.2.7", {}),
        ("2001:db8::7", {}),
        ("", {}),
        ("unix:", {}),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}),
    ],
)
def test_the_demos_links_work_from_nowhere_else(database, city, address, headers):
    token = sign_in_link(city)
    assert enter(client_of(database), token, address=address, **headers).status_code == 403
    assert enter(client_of(database), token).status_code == 201


def invite(database, person, **given):
    return client_of(database).post(STAFF, json=OFFICER | given, headers=bearer(person))


def test_an_admin_invites_an_officer_to_a_box(database, city):
    box = make_box(city)
    answer = invite(database, make_person(city, "admin"), box=str(box.id))
    assert answer.status_code == 201
    page, _, token = answer.json["link"].partition("#")
    assert page == "http://127.0.0.1:8000/join"
    person = Person.get_by_id(answer.json["person"])
    assert (person.state, person.city_id, person.password_hash) == ("invited", city.id, None)
    assert Role.get(Role.person == person).box_id == box.id
    assert accept(client_of(database), token).status_code == 201


@pytest.mark.parametrize("role", ["walker", "coordinator", "officer"])
def test_nobody_else_invites(database, city, role):
    assert invite(database, make_person(city, role)).status_code == 403
    assert Person.select().count() == 1


def test_an_admin_invites_into_their_own_city_and_its_boxes_only(database, city):
    elsewhere = make_box(make_city("Ulsan"))
    answer = invite(database, make_person(city, "admin"), box=str(elsewhere.id))
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/no-such-place")
    assert answer.json["errors"][0]["pointer"] == "/box"
    assert Person.select().count() == 1


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"role": "walker"}, "/role"),
        ({"role": "coordinator", "box": "b"}, "/box"),
        ({"email": None}, "/phone"),
        ({"city": "ulsan"}, "/city"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_by_field(database, city, wrong, pointer):
    box = make_box(city)
    if wrong.get("box"):
        wrong = wrong | {"box": str(box.id)}
    answer = invite(database, make_person(city, "admin"), **wrong)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_inviting_a_known_address_is_refused(database, city):
    admin = make_person(city, "admin")
    assert invite(database, admin).status_code == 201
    assert invite(database, admin).status_code == 409
    assert Link.select().count() == 1


def test_a_secret_link_is_never_kept_for_replay(database, city):
    headers = bearer(make_person(city, "admin")) | {"Idempotency-Key": "k1"}
    client = client_of(database)
    codes = [client.post(STAFF, json=OFFICER, headers=headers).status_code for _ in range(2)]
    assert codes == [201, 409]


def test_a_walker_who_was_invited_needs_no_second_factor(database, city):
    walker = make_person(city, "walker", state="invited")
    answer = accept(client_of(database), make_link(walker, purpose="invitation", lasting=HOUR, now=NOW))
    assert (answer.status_code, answer.json["needs"]) == (201, None)


def test_an_invitation_that_ran_out_asks_for_a_new_one(database, city):
    answer = accept(client_of(database, clock=Time(NOW + HOUR)), invited(city)[1])
    assert "ask for a new one from whoever sent it" in answer.json["detail"]


@pytest.mark.parametrize("password", ["password123", "coordinator"])
def test_a_password_that_is_easily_guessed_leaves_the_invitation_good(database, city, password):
    person, token = invited(city)
    answer = accept(client_of(database), token, password=password)
    assert [error["pointer"] for error in answer.json["errors"]] == ["/password"]
    assert Person.get_by_id(person.id).state == "invited"
    assert accept(client_of(database), token).status_code == 201
