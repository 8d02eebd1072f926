"""What somebody else typed may be anybody's: until its owner has answered, nothing telling goes there."""

from uuid import UUID

import pytest
from playhouse.migrations import Runner

from app import EFFECTS
from config.database import database as handle
from config.database import transaction
from config.migrating import SCRIPTS, migrate
from notifications import direct
from notifications.models import Address, Delivery, Message
from notifications.outbox import enqueue
from patrol.people.models import Link, Person
from patrol.people.operations.erasing import erase
from patrol.teams.models import TeamStep
from tests.support.factories import NOW, Time, bearer, client_of, make_city, make_person, make_team
from tests.support.messages import WORDS
from tests.support.proofs import PASSWORD, code_to, has_password, sent

API = "/api/v1"
PHONE, EMAIL = "+821012345678", "typed@example.org"
GATEWAYS = {"sms": "https://gateway.example.org/send", "smtp_url": "smtps://mail.example.org?from=p@example.org"}
OFFICER = {"name": "Sample officer", "role": "officer"}


@pytest.fixture
def client(database):
    return client_of(database, clock=Time())


@pytest.fixture
def typed(city):
    """An account with a password whose number and address a coordinator typed."""
    person = make_person(city, phone=PHONE, email=EMAIL, phone_confirmed_at=None, email_confirmed_at=None)
    has_password(person)
    return person


def confirm_own(client, person, contact):
    """By the code that goes there."""
    field = "email" if "@" in contact else "phone"
    headers = bearer(person)
    asked = client.post(f"{API}/me/contacts", json={field: contact, "password": PASSWORD}, headers=headers)
    given = {"contact": asked.json["contact"], "code": code_to(contact)}
    answer = client.post(f"{API}/me/contacts/confirm", json=given, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json


def going_out():
    return [(row.channel, row.address) for row in Delivery.select().where(Delivery.state == "pending")]


def tell(person, *, urgent=True):
    with transaction():
        enqueue(
            city=person.city_id,
            people=[person.id],
            kind="alert",
            words=WORDS,
            link="/",
            subject=None,
            urgent=urgent,
            dedupe_key=f"urgent {urgent}",
            now=NOW,
        )


@pytest.mark.parametrize("name", ["010-1234-5678", EMAIL])
def test_no_new_password_is_set_by_way_of_it_and_the_answer_is_the_same(client, typed, name):
    answers = [client.post(f"{API}/password-resets", json={"name": each}) for each in (name, "nobody@example.org")]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json["detail"] == answers[1].json["detail"]
    assert going_out() == []


@pytest.mark.parametrize(("contact", "channel"), [(PHONE, "sms"), (EMAIL, "email")])
def test_its_owner_confirms_it_by_a_code_and_then_it_counts(client, typed, contact, channel):
    found = confirm_own(client, typed, contact)
    assert (found["phone_confirmed"], found["email_confirmed"]) == (channel == "sms", channel == "email")
    assert [(row.channel, row.value) for row in Address.select()] == [(channel, contact)]
    assert Message.select().where(Message.person == typed.id).count() == 0, "nothing has changed that they must hear of"
    client.post(f"{API}/password-resets", json={"name": contact})
    assert going_out()[-1] == (channel, contact)


def test_no_message_goes_there_and_once_it_is_known_what_is_urgent_does_by_text_message(client, typed):
    tell(typed)
    assert going_out() == []
    confirm_own(client, typed, PHONE)
    Delivery.delete().execute()
    Message.delete().where(Message.person == typed.id).execute()
    tell(typed, urgent=False)
    tell(typed)
    assert going_out() == [("sms", PHONE)]


def test_who_registers_with_it_is_told_nothing_of_an_account(client, typed):
    given = {
        "name": "Sample walker",
        "phone": "010-1234-5678",
        "born_on": "1990-03-01",
        "password": "correct horse battery",
        "consents": ["service"],
    }
    assert client.post(f"{API}/accounts", json=given).status_code == 202
    assert "가입" not in sent(PHONE)[-1]
    assert "담당자" in sent(PHONE)[-1]


def test_who_adds_it_is_told_nothing_of_an_account(client, city, typed):
    walker = make_person(city)
    has_password(walker)
    client.post(f"{API}/me/contacts", json={"email": EMAIL, "password": PASSWORD}, headers=bearer(walker))
    assert "계정" not in sent(EMAIL)[-1]


class TestInvitations:
    @pytest.mark.parametrize(
        ("set_up", "contacts", "to"),
        [
            (["sms", "smtp_url"], {"phone": PHONE, "email": EMAIL}, ("sms", PHONE)),
            (["smtp_url"], {"phone": PHONE, "email": EMAIL}, ("email", EMAIL)),
            (["sms"], {"email": EMAIL}, None),
            ([], {"phone": PHONE, "email": EMAIL}, None),
        ],
    )
    def test_they_go_by_what_is_set_up_and_reaches_them_else_as_a_link(self, database, city, set_up, contacts, to):
        client = client_of(database, **{name: GATEWAYS[name] for name in set_up})
        admin = bearer(make_person(city, "admin"))
        answer = client.post(f"{API}/staff", json=OFFICER | contacts, headers=admin)
        assert answer.status_code == 201, answer.text
        assert (answer.json["sent_by"], bool(answer.json["link"])) == (to[0] if to else None, to is None)
        assert going_out() == ([to] if to else [])

    @pytest.mark.parametrize(("language", "words"), [("ko", "7일 안에"), ("en", "within 7 days")])
    def test_whoever_comes_by_one_that_was_sent_has_shown_that_the_contact_is_theirs(
        self, database, city, language, words
    ):
        client = client_of(database, smtp_url=GATEWAYS["smtp_url"])
        admin = bearer(make_person(city, "admin"))
        client.post(f"{API}/staff", json=OFFICER | {"email": EMAIL, "language": language}, headers=admin)
        (text,) = sent(EMAIL)
        assert words in text
        assert Message.get().urgent is False
        token = text.rpartition("#")[2]
        assert token not in str(list(Message.select().dicts()))
        come = client.post(f"{API}/invitations/accept", json={"token": token, "password": "a long sample password"})
        assert come.status_code == 201, come.text
        person = Person.get_by_id(come.json["person"])
        assert (person.email_confirmed, person.phone_confirmed) == (True, False)
        assert [(row.channel, row.value) for row in Address.select()] == [("email", EMAIL)]

    def test_whoever_comes_by_a_link_that_was_handed_over_is_asked_to_confirm(self, database, city):
        client = client_of(database, smtp_url=GATEWAYS["smtp_url"])
        admin = bearer(make_person(city, "admin"))
        invited = client.post(f"{API}/staff", json=OFFICER | {"email": EMAIL}, headers=admin).json
        again = client.post(f"{API}/staff/{invited['person']}/invitation?hand_over=true", headers=admin).json
        token = again["link"].partition("#")[2]
        client.post(f"{API}/invitations/accept", json={"token": token, "password": "a long sample password"})
        person = Person.get_by_id(invited["person"])
        assert (person.state, person.email_confirmed, Address.select().count()) == ("active", False, 0)
        assert Message.get(Message.person == person.id).words["en"]["title"] == "Confirm your contact"

    def test_nobody_is_flooded_with_them(self, database, city):
        client = client_of(database, smtp_url=GATEWAYS["smtp_url"])
        admin = bearer(make_person(city, "admin"))
        invited = client.post(f"{API}/staff", json=OFFICER | {"email": EMAIL}, headers=admin).json
        again = f"{API}/staff/{invited['person']}/invitation"
        assert [client.post(again, headers=admin).status_code for _ in range(4)] == [201, 201, 201, 429]
        assert client.post(f"{again}?hand_over=true", headers=admin).status_code == 201

    def test_nor_by_revoking_and_inviting_over_and_over(self, database, city):
        client = client_of(database, smtp_url=GATEWAYS["smtp_url"])
        admin = bearer(make_person(city, "admin"))

        def invite():
            return client.post(f"{API}/staff", json=OFFICER | {"email": EMAIL}, headers=admin)

        path, found = f"{API}/staff/{invite().json['person']}/invitation", []
        for _ in range(4):
            client.delete(path, headers=admin)
            found.append(invite().status_code)
        assert found == [201, 201, 201, 429]

    def test_erasing_who_was_invited_takes_the_one_on_its_way_along(self, database, city):
        client = client_of(database, smtp_url=GATEWAYS["smtp_url"])
        admin = make_person(city, "admin")
        invited = client.post(f"{API}/staff", json=OFFICER | {"email": EMAIL}, headers=bearer(admin)).json
        assert Message.get().kind == direct.KIND
        assert Message.get().person == Link.get().id
        erase(UUID(invited["person"]), effects=EFFECTS["on_person_erased"], now=NOW)
        assert (Message.select().count(), Delivery.select().count()) == (0, 0)


@pytest.mark.both_fast
def test_accounts_of_before_keep_what_they_typed_and_what_a_file_brought_is_nobodys(database):
    city = make_city()
    walker, officer = make_person(city, phone=PHONE), make_person(city, "officer", email=EMAIL)
    handler = make_person(city, phone="+821000000001", email="brought@example.org")
    waiting = make_person(city, email="waiting@example.org", state="invited")
    team = make_team(city, handler)
    Runner(handle.obj, directory=str(SCRIPTS)).down("0028_confirmed_contacts")
    handle.execute_sql("UPDATE person SET password_hash = 'x' WHERE state = 'active'")
    for person in (officer, handler, waiting):
        Address.create(city=city.id, person=person.id, channel="email", value=person.email, created_at=NOW)
    TeamStep.create(city=city, team=team, action="import", state="applied", at=NOW)
    migrate()
    confirmed = {row.id: (row.phone_confirmed, row.email_confirmed) for row in Person.select()}
    assert confirmed[walker.id] == (True, False)
    assert confirmed[officer.id] == (True, True)
    assert confirmed[handler.id] == confirmed[waiting.id] == (False, False)
    reached = {(row.person, row.channel, row.value) for row in Address.select()}
    assert reached == {(walker.id, "sms", PHONE), (officer.id, "sms", officer.phone), (officer.id, "email", EMAIL)}
