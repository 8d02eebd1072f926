"""Two cities in one installation that share names and numbers: nothing of one is met or changed from the other."""

from uuid import uuid4

import peewee
import pytest

from notifications.models import Event, Message
from patrol.people.models import Person
from patrol.people.operations.passwords import digest
from patrol.places.models import Block, PoliceBox
from patrol.sightings.models import Sighting
from patrol.teams.models import Dog, Team
from tests.support.examples import EXAMPLES
from tests.support.factories import bearer
from tests.support.patrols import report, texts_in
from tests.support.world import ROLES, make_world

API = "/api/v1"
PHONE = "010-5555-0001"
PASSWORDS = {"busan": "the first city's own", "ulsan": "the second city's own"}
COST = (1, 8, 1)


@pytest.fixture
def cities(client):
    """Busan and Ulsan: the same person with the same phone and dog, boxes, teams and blocks of the same names."""
    found = [make_world(client), make_world(client, "Ulsan")]
    for world in found:
        walker = world.people["walker"]
        secret = digest(PASSWORDS[world.city.slug], cost=COST)
        Person.update(name="Sample twin", phone="+821055550001", email="twin@example.org", password_hash=secret).where(
            Person.id == walker.id
        ).execute()
        Team.update(code="TWIN", name="Twin team").where(Team.id == world.ids["team_id"]).execute()
        Dog.update(name="Bori", registration_no="410000000000001").where(Dog.team == world.ids["team_id"]).execute()
        Block.update(code="TWIN-1", street="Twin street").where(Block.id == world.ids["block_id"]).execute()
        names = {box.name for box in PoliceBox.select().where(PoliceBox.city == world.city.id)}
        assert names == {"Seomyeon", "Elsewhere"}
    return found


def sign_in(client, city, password):
    return client.post(f"{API}/sessions", json={"city": city, "name": PHONE, "password": password})


class TestAccounts:
    def test_a_number_is_another_account_in_each_city(self, client, cities):
        for world in cities:
            slug = world.city.slug
            token = sign_in(client, slug, PASSWORDS[slug]).json["token"]
            me = client.get(f"{API}/me", headers={"Authorization": f"Bearer {token}"}).json
            assert (me["id"], me["city"], me["phone"]) == (str(world.people["walker"].id), slug, PHONE)

    @pytest.mark.usefixtures("cities")
    def test_the_other_citys_password_says_no_more_than_a_wrong_one(self, client):
        crossed, wrong = sign_in(client, "busan", PASSWORDS["ulsan"]), sign_in(client, "busan", "neither of the two")
        assert crossed.status_code == wrong.status_code
        assert {**crossed.json, "instance": ""} == {**wrong.json, "instance": ""}

    @pytest.mark.usefixtures("cities")
    def test_who_is_locked_out_of_one_city_is_not_out_of_the_other(self, client):
        for _ in range(30):
            last = sign_in(client, "busan", "a guess too many")
        assert last.status_code == 429
        assert sign_in(client, "ulsan", PASSWORDS["ulsan"]).status_code == 201


class TestThings:
    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.slow
    def test_lists_hold_ones_own_citys_and_all_of_it(self, client, cities, role):
        ours, theirs = cities
        for path in (
            "/boxes",
            "/blocks",
            "/teams?purpose=roster",
            "/shifts",
            "/walks",
            "/sightings",
            "/inbox",
            "/pairings",
        ):
            answers = [client.get(f"{API}{path}", headers=world.headers[role]) for world in cities]
            if answers[0].status_code == 403:
                continue
            first, second = (set(texts_in(answer.json)) for answer in answers)
            assert len(answers[0].json["items"]) == len(answers[1].json["items"]) > 0, path
            assert not first & (theirs.texts() - ours.texts()), path
            assert not second & (ours.texts() - theirs.texts()), path

    def test_what_comes_in_by_a_code_that_both_know_changes_ones_own(self, client, cities):
        ours, theirs = cities
        before = ours.kept()
        rows = b'code,weight,wkt\nTWIN-1,9,"POINT(129.0595 35.1578)"\n'
        done = client.post(f"{API}/blocks/import", data=rows, content_type="text/csv", headers=theirs.headers["admin"])
        assert done.json["updated"] == 1, done.text
        boxes = EXAMPLES["POST /city/boxes/import"]
        assert client.post(f"{API}/city/boxes/import", headers=theirs.headers["admin"], **boxes).status_code == 200
        assert client.post(f"{API}/blocks/build", headers=theirs.headers["admin"]).status_code == 200
        assert ours.kept() == before

    def test_a_sighting_at_the_same_place_goes_to_ones_own_box_and_tells_nobody_else(self, client, cities):
        _, theirs = cities
        told = [row.id for row in Message.select(Message.id)]
        last = Event.select(peewee.fn.MAX(Event.seq)).scalar()
        answer = report(client, theirs.people["walker"], uuid4())
        assert Sighting.get_by_id(answer.json["id"]).box.city_id == theirs.city.id
        messages = Message.select().where(Message.id.not_in(told))
        events = Event.select().where(Event.seq > last)
        assert {row.city for row in (*messages, *events)} == {theirs.city.id}
        assert {row.person for row in (*messages, *events)} <= {person.id for person in theirs.people.values()}

    def test_a_phones_id_that_the_other_city_used_tells_and_changes_nothing(self, client, cities):
        ours, theirs = cities
        before = ours.kept()
        answer = report(client, theirs.people["walker"], ours.ids["sighting_id"], text="Of the other city.")
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/id-taken")
        assert ours.kept() == before

    def test_the_same_key_of_two_cities_is_two_requests(self, client, cities):
        ids = []
        for world in cities:
            person = Person.get_by_id(world.people["coordinator"].id)
            pairing = {"kind": "bar", "team": world.ids["team_id"], "block": world.far("admin")["block_id"]}
            headers = bearer(person) | {"Idempotency-Key": "the same"}
            answer = client.post(f"{API}/pairings", json=pairing, headers=headers)
            ids.append((answer.status_code, answer.headers.get("Idempotent-Replay"), answer.text))
        assert [replayed for _, replayed, _ in ids] == [None, None]
        assert ids[0][0] == ids[1][0]
