from datetime import timedelta
from io import BytesIO

import pytest

from config.policy import dump
from patrol.alerts.models import Alert
from patrol.bridges.models import FiledRequest
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.sightings.models import Sighting
from tests.support.bridges import OPEN311, key_of, post, texts
from tests.support.broken import without
from tests.support.factories import LAT, LON, NOW, Time, bearer, client_of, make_box, make_city, make_person
from tests.support.patrols import act, at_once, inbox, reported

pytestmark = [pytest.mark.parametrize("database", ["sqlite"], indirect=True), pytest.mark.usefixtures("city")]
ENGLISH = {"Accept-Language": "en"}
FIELDS = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
]
"""Of a request, as GeoReport v2 has them."""


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def client(database, clock):
    return client_of(database, clock=clock)


@pytest.fixture
def city(client):
    found = make_city()
    make_box(found)
    return found


def get(client, path, **query):
    return client.get(f"{OPEN311}/{path}", query_string=query, headers=ENGLISH)


def public(city, **bridges):
    """The city's policy with other words about bridges."""
    policy = dump(policy_of(city))
    policy["bridges"] = {**policy["bridges"], **bridges}
    City.update(policy=policy).where(City.id == city.id).execute()


class TestServices:
    def test_they_are_the_kinds_that_the_policy_makes_public(self, client):
        assert [each["service_code"] for each in get(client, "services.json").json] == ["C1", "C2", "C3", "C4", "C5"]

    def test_xml_says_the_same(self, client):
        answer = get(client, "services.xml")
        assert answer.content_type == "text/xml; charset=utf-8"
        found = get(client, "services.json").json
        plain = [{name: str(value).lower() if value is True else value for name, value in row.items()} for row in found]
        assert texts(answer.data) == plain

    def test_a_definition_names_its_attributes(self, client):
        content = get(client, "services/C1.json").json
        assert [each["code"] for each in content["attributes"]] == ["seen_at"]
        assert b"<attributes><attribute><variable>true</variable>" in get(client, "services/C1.xml").data

    def test_names_are_in_the_language_that_is_asked_for(self, client):
        korean = client.get(f"{OPEN311}/services.json", headers={"Accept-Language": "ko"}).json
        assert korean[0]["service_name"] != get(client, "services.json").json[0]["service_name"]

    @pytest.mark.parametrize("form", ["json", "xml"])
    def test_discovery_says_where_they_are(self, client, form):
        assert b"/open311/v2" in get(client, f"discovery.{form}").data
        assert client.get(f"/open311/discovery.{form}").status_code == 200


class TestFiling:
    def test_a_request_becomes_a_sighting_without_a_reporter_that_is_routed_and_alerted(self, client, city):
        coordinator = make_person(city, "coordinator")
        answer = post(client, key_of(city, "file"))
        assert answer.status_code == 201
        sighting = Sighting.get_by_id(answer.json[0]["service_request_id"])
        assert (sighting.reporter_id, sighting.kind, sighting.text) == (None, "C1", "The light is out.")
        assert FiledRequest.get_by_id(sighting.id).source == "open311"
        assert [row.person_id for row in Alert.get(Alert.subject == sighting.id).recipients] == [coordinator.id]

    @pytest.mark.parametrize("missing", ["filed_request", "alert"])
    def test_a_request_and_where_it_came_from_are_kept_together_or_not_at_all(self, client, city, missing):
        coordinator, key = make_person(city, "coordinator"), key_of(city, "file")
        with without(missing):
            assert post(client, key).status_code >= 500
        assert [table.select().count() for table in (Sighting, Alert, FiledRequest)] == [0, 0, 0]
        assert inbox(coordinator) == []

    @pytest.mark.parametrize("form", ["json", "xml"])
    def test_a_key_that_files_too_much_is_told_when_to_come_again(self, client, city, clock, form):
        public(city, requests_per_hour=2)
        key = key_of(city, "file")
        assert [post(client, key, form=form).status_code for _ in range(3)] == [201, 201, 429]
        answer = post(client, key, form=form)
        (said,) = answer.json if form == "json" else texts(answer.data)
        assert (str(said["code"]), answer.headers["Retry-After"]) == ("429", "1800")
        assert said["description"] == "Too many attempts; try again in 1800 seconds."
        assert post(client, key_of(city, "file")).status_code == 201
        clock.passes(seconds=1800)
        assert post(client, key).status_code == 201
        assert Sighting.select().count() == FiledRequest.select().count() == 4

    def test_who_tries_keys_is_stopped_and_a_right_key_from_there_is_not(self, client, city):
        tries = [post(client, f"pk_{number}").status_code for number in range(61)]
        assert tries == [403] * 60 + [429]
        assert post(client, key_of(city, "file")).status_code == 201

    def test_its_answer_reaches_the_other_system(self, client, city):
        coordinator = make_person(city, "coordinator")
        filed = post(client, key_of(city, "file")).json[0]["service_request_id"]
        act(client, coordinator, filed, "acknowledge")
        act(client, coordinator, filed, "resolve", outcome="closed_unfixed", note="No budget.")
        content = get(client, f"requests/{filed}.json").json[0]
        assert (content["status"], content["status_notes"]) == ("closed", "Closed, not fixed.")

    def test_the_same_client_id_of_a_key_is_one_request_however_often(self, client, city, clock):
        key = key_of(city, "file")
        first = post(client, key, client_id="17")
        clock.passes(minutes=5)
        again = post(client, key, client_id="17")
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json == again.json
        assert post(client, key_of(city, "file"), client_id="17").json != first.json

    def test_other_content_under_the_same_client_id_is_refused(self, client, city):
        key = key_of(city, "file")
        post(client, key, client_id="17")
        answer = post(client, key, client_id="17", description="Another light.")
        assert answer.status_code == 400
        assert Sighting.select().count() == 1

    def test_it_takes_multipart_and_refuses_files_aloud(self, client, city):
        key = key_of(city, "file")
        sent = {"api_key": key, "service_code": "C1", "lat": str(LAT), "long": str(LON)}
        path = f"{OPEN311}/requests.json"
        assert client.post(path, data=sent, content_type="multipart/form-data").status_code == 201
        answer = client.post(path, data={**sent, "media": (BytesIO(b"x"), "a.jpg")}, headers=ENGLISH)
        assert answer.json == [{"code": 400, "description": "media: files are not taken here"}]

    def test_what_it_does_not_keep_it_says(self, client, city):
        answer = post(client, key_of(city, "file"), email="somebody@example.org", phone="010")
        assert answer.json[0]["service_notice"] == "Not kept: email, phone"
        assert "somebody" not in str(list(Sighting.select().dicts()))

    @pytest.mark.parametrize(
        ("change", "status", "named"),
        [
            ({"service_code": None}, 400, "service_code"),
            ({"service_code": "E1"}, 404, "service_code"),
            ({"service_code": "E6"}, 404, "service_code"),
            ({"lat": None}, 400, "lat"),
            ({"lat": None, "long": None, "address_string": "Seomyeon"}, 400, "lat, long"),
            ({"lat": "91"}, 400, "lat"),
            ({"long": "nan"}, 400, "long"),
            ({"description": "x" * 4001}, 400, "description"),
            ({"attribute[colour]": "red"}, 400, "attribute[colour]"),
            ({"attribute[seen_at]": "yesterday"}, 400, "attribute[seen_at]"),
            ({"attribute[seen_at]": (NOW + timedelta(days=1)).isoformat()}, 400, "attribute[seen_at]"),
            ({"jurisdiction_id": "atlantis"}, 404, "jurisdiction_id"),
            ({"description": "\x00"}, 400, "description"),
            ({"api_key": "pk_none"}, 403, "api_key"),
            ({"api_key": ""}, 403, "api_key"),
        ],
    )
    def test_what_cannot_be_used_is_named_and_nothing_is_kept(self, client, city, change, status, named):
        key = change["api_key"] if "api_key" in change else key_of(city, "file")
        change = {name: value for name, value in change.items() if name != "api_key"}
        answer = post(client, key, **change)
        assert (answer.status_code, answer.json[0]["code"]) == (status, status)
        assert named in answer.json[0]["description"]
        assert texts(post(client, key, form="xml", **change).data)[0] == {
            "code": str(status),
            "description": answer.json[0]["description"],
        }
        assert Sighting.select().count() == 0

    def test_json_bodies_are_not_read(self, client, city):
        answer = client.post(f"{OPEN311}/requests.json", json={"api_key": key_of(city, "file")}, headers=ENGLISH)
        assert "Content-Type" in answer.json[0]["description"]


class TestReading:
    def test_it_tells_neither_reporter_nor_text_nor_the_exact_place(self, client, city):
        walker = make_person(city, "walker", name="Sample walker 03")
        sighting = reported(client, walker, kind="C1", text="Somebody's words.")
        answer = get(client, "requests.json")
        assert [row["service_request_id"] for row in answer.json] == [sighting]
        row = answer.json[0]
        assert row["description"] is None
        assert (row["lat"], row["long"]) != (LAT, LON)
        assert abs(row["lat"] - LAT) < 0.003
        assert "walker" not in answer.text
        assert str(walker.id) not in answer.text

    @pytest.mark.parametrize("form", ["json", "xml"])
    def test_a_request_has_every_field_of_the_standard_and_times_with_their_offset(self, client, city, form):
        filed = post(client, key_of(city, "file"), form=form)
        (made,) = filed.json if form == "json" else texts(filed.data)
        assert list(made) == ["service_request_id", "service_notice", "account_id"]
        answer = get(client, f"requests/{made['service_request_id']}.{form}")
        (row,) = answer.json if form == "json" else texts(answer.data)
        assert list(row) == FIELDS
        assert row["requested_datetime"] == row["updated_datetime"] == NOW.isoformat()
        assert (row["status"], row["service_code"]) == ("open", "C1")

    def test_in_xml_too_requests_are_chosen_by_span_and_status(self, client, city, clock):
        coordinator, key = make_person(city, "coordinator"), key_of(city, "file")
        closed = post(client, key).json[0]["service_request_id"]
        act(client, coordinator, closed, "acknowledge")
        act(client, coordinator, closed, "resolve", outcome="fixed")
        clock.passes(days=2)
        later = post(client, key, lat=LAT + 0.01).json[0]["service_request_id"]

        def ids(**query):
            return [row["service_request_id"] for row in texts(get(client, "requests.xml", **query).data)]

        assert ids() == [later, closed]
        assert (ids(status="closed"), ids(status="open")) == ([closed], [later])
        assert ids(start_date=(NOW + timedelta(days=1)).isoformat()) == [later]
        assert ids(start_date=NOW.isoformat(), end_date=(NOW + timedelta(days=1)).isoformat()) == [closed]
        assert texts(get(client, "requests.xml", status="lost").data)[0]["code"] == "400"

    def test_texts_go_where_the_policy_publishes_them_as_xml_can_hold_them(self, client, city):
        public(city, texts=["C1"])
        post(client, key_of(city, "file"), description="A <b>light</b> & more\x01.")
        assert get(client, "requests.json").json[0]["description"] == "A <b>light</b> & more\x01."
        assert texts(get(client, "requests.xml").data)[0]["description"] == "A <b>light</b> & more."

    def test_a_kind_that_the_policy_keeps_back_again_is_gone_at_once(self, client, city):
        filed = post(client, key_of(city, "file")).json[0]["service_request_id"]
        public(city, kinds=["C2"])
        assert get(client, "requests.json").json == []
        assert get(client, f"requests/{filed}.json").status_code == 404

    def test_filters_narrow_the_list(self, client, city, clock):
        key = key_of(city, "file")
        old = post(client, key).json[0]["service_request_id"]
        clock.passes(days=91)
        new = post(client, key, service_code="C4").json[0]["service_request_id"]

        def ids(**query):
            return {row["service_request_id"] for row in get(client, "requests.json", **query).json}

        assert ids() == {new}
        assert ids(service_request_id=f"{old},{new},nonsense") == {old, new}
        assert ids(service_code="C1,C2") == set()
        assert ids(service_code="C4,C2") == {new}
        assert ids(start_date=NOW.isoformat()) == {old}
        assert ids(end_date=(NOW + timedelta(days=1)).isoformat()) == {old}
        assert ids(status="closed") == set()
        assert ids(status="open,closed") == {new}

    @pytest.mark.parametrize(
        "query",
        [
            {"status": "lost"},
            {"start_date": "2026-13-01T00:00:00Z"},
            {"start_date": "2026-11-02T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"},
            {"start_date": "2026-01-02T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"},
            {"bbox": "1,2,3,4"},
        ],
    )
    def test_a_filter_that_cannot_be_used_is_named(self, client, query):
        answer = get(client, "requests.json", **query)
        assert answer.status_code == 400
        assert any(name in answer.json[0]["description"] for name in query)

    def test_a_token_is_the_requests_id(self, client, city):
        filed = post(client, key_of(city, "file")).json[0]["service_request_id"]
        assert get(client, f"tokens/{filed}.json").json == [{"service_request_id": filed, "token": filed}]
        assert get(client, "tokens/nonsense.json").status_code == 404

    @pytest.mark.parametrize(
        "path", ["services", "services/Z9.json", "requests/17.json", "nowhere.xml", "requests.csv"]
    )
    def test_what_is_not_there_is_404_in_the_standards_shape(self, client, path):
        answer = get(client, path)
        assert answer.status_code == 404
        assert "404" in answer.text


class TestTenants:
    def test_several_cities_have_to_be_named(self, client):
        make_city("Ulsan")
        assert "jurisdiction_id" in get(client, "services.json").json[0]["description"]
        assert get(client, "services.json", jurisdiction_id="ulsan").status_code == 200
        for path in ("services", "requests"):
            unknown = texts(get(client, f"{path}.xml", jurisdiction_id="atlantis").data)
            assert unknown == [{"code": "404", "description": "There is no jurisdiction_id 'atlantis'."}]

    def test_a_citys_requests_are_its_own(self, client, city):
        filed = post(client, key_of(city, "file")).json[0]["service_request_id"]
        make_city("Ulsan")
        there = {"jurisdiction_id": "ulsan"}
        assert get(client, "requests.json", **there).json == []
        assert get(client, f"requests/{filed}.json", **there).status_code == 404
        assert get(client, "requests.json", service_request_id=filed, **there).json == []
        assert get(client, f"tokens/{filed}.json", **there).status_code == 404
        assert len(get(client, "requests.json", jurisdiction_id="busan").json) == 1

    def test_a_key_writes_in_its_own_city_with_its_own_rights_until_it_is_revoked(self, client, city):
        other, admin = make_city("Ulsan"), make_person(city, "admin")
        assert post(client, key_of(other, "file"), jurisdiction_id="busan").status_code == 403
        assert post(client, key_of(city, "alerts"), jurisdiction_id="busan").status_code == 403
        made = client.post(
            "/api/v1/bridge-keys", json={"name": "City hall", "rights": ["file"]}, headers=bearer(admin)
        ).json
        assert post(client, made["api_key"], jurisdiction_id="busan").status_code == 201
        listed = client.get("/api/v1/bridge-keys", headers=bearer(admin))
        assert made["id"] in listed.text
        assert made["api_key"] not in listed.text
        assert client.delete(f"/api/v1/bridge-keys/{made['id']}", headers=bearer(admin)).status_code == 204
        assert post(client, made["api_key"], jurisdiction_id="busan").status_code == 403


def test_two_at_once_under_one_client_id_are_one_request(client, city):
    key = key_of(city, "file")
    answers = at_once(*[lambda: post(client_of_same(client), key, client_id="17")] * 2)
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert Sighting.select().count() == 1


def client_of_same(client):
    return client.application.test_client()
