"""A restricted sighting leaves by no bridge."""

import json

import pytest

from notifications.models import Message
from patrol.bridges.models import ExportEntry
from patrol.bridges.operations.following import follow
from patrol.places.models import Block
from patrol.sightings.models import Sighting
from patrol.walks.models import Walk, WalkedBlock
from tests.support.bridges import OPEN311, key_of
from tests.support.factories import (
    NOW,
    bearer,
    make_block,
    make_box,
    make_city,
    make_person,
    make_shift,
    make_team,
)
from tests.support.patrols import reported, started

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DAYS = {"begins_on": "2026-11-01", "ends_on": "2026-11-06"}


@pytest.fixture
def city(client):
    found = make_city()
    make_box(found)
    return found


def take(client, person, what="sightings", form="csv", **given):
    content = {"what": what, "form": form, "reason": "For the council.", **DAYS, **given}
    return client.post("/api/v1/exports", json=content, headers=bearer(person))


def exits(client, city, ids):
    """Every way by which another system, or a file, learns of sightings: name → all it says."""
    admin, key = make_person(city, "admin"), {"X-Api-Key": key_of(city, "alerts")}
    made = client.post(
        "/api/v1/webhooks",
        json={"name": "All", "url": "https://example.org/hook", "events": ["sighting.alerted"]},
        headers=bearer(admin),
    ).json
    ways = {}
    for form in ("json", "xml"):
        for path in (
            "services",
            "requests",
            *(f"requests/{each}" for each in ids),
            *(f"tokens/{each}" for each in ids),
        ):
            ways[f"{path}.{form}"] = client.get(f"{OPEN311}/{path}.{form}").text
        named = {"service_request_id": ",".join(ids)}
        ways[f"named {form}"] = client.get(f"{OPEN311}/requests.{form}", query_string=named).text
        codes = {"service_code": "E6,E7,E8,C1"}
        ways[f"codes {form}"] = client.get(f"{OPEN311}/requests.{form}", query_string=codes).text
    for what in ("sightings", "blocks_walked", "dose"):
        for form in ("csv", "geojson"):
            ways[f"{what}.{form}"] = take(client, admin, what, form).get_data(as_text=True)
    ways["feed"] = client.get("/api/v1/cap.atom", headers=key).text
    for each in ids:
        ways[f"cap {each}"] = client.get(f"/api/v1/cap/{each}.xml", headers=key).text
    follow(NOW)
    ways["webhook"] = json.dumps([row.words for row in Message.select().where(Message.person == made["id"])])
    ways["deliveries"] = client.get(f"/api/v1/webhooks/{made['id']}/deliveries", headers=bearer(admin)).text
    return ways


def test_no_exit_tells_of_a_restricted_sighting(client, city):
    walker = make_person(city, "walker", name="Sample walker 03")
    restricted = [reported(client, walker, kind=kind, text="What nobody reads.") for kind in ("E6", "E7", "E8")]
    once_restricted = reported(client, walker, kind="C1", text="What nobody reads.")
    Sighting.update(restricted=True).where(Sighting.id == once_restricted).execute()
    plain = reported(client, walker, kind="C1", text="What nobody reads.")
    hidden = [*restricted, once_restricted]
    ways = exits(client, city, [*hidden, plain])
    assert plain in ways["requests.json"]
    assert plain in ways["sightings.csv"]
    assert plain in ways["webhook"]
    asked = {f"requests/{each}" for each in hidden}
    for name, text in ways.items():
        assert [each for each in hidden if each in text and name.rpartition(".")[0] not in asked] == [], name
        assert "nobody reads" not in text, name
        assert "walker" not in text, name
        assert str(walker.id) not in text, name


def test_blocks_and_doses_leave_from_five_walks_on_and_no_cell_is_a_formula(client, city):
    admin = make_person(city, "admin")
    often, seldom = make_block(city), make_block(city)
    Block.update(street="=cmd()").where(Block.id == often.id).execute()
    for number in range(5):
        walk = Walk.get_by_id(started(client, make_shift(make_team(city), [often])))
        covered = [often, seldom] if number else [often]
        WalkedBlock.insert_many(
            [{"walk": walk.id, "block": each.id, "share": 1.0, "dose_s": 600.0, "at": NOW} for each in covered]
        ).execute()
    for what in ("blocks_walked", "dose"):
        table = take(client, admin, what).get_data(as_text=True)
        assert often.code in table
        assert seldom.code not in table
        assert ",=cmd" not in table
        (feature,) = take(client, admin, what, "geojson").get_json(force=True)["features"]
        assert (feature["properties"]["walks"], feature["properties"]["dose_min"]) == (5, 50.0)
    assert feature["properties"]["band"] == "18:00-20:00"


def test_every_export_is_logged_with_its_reason(client, city):
    coordinator, admin = make_person(city, "coordinator"), make_person(city, "admin")
    assert take(client, coordinator).status_code == 200
    entry = ExportEntry.get()
    assert (entry.by, entry.reason, entry.rows) == (coordinator.id, "For the council.", 0)
    listed = client.get("/api/v1/exports", headers=bearer(admin)).json["items"]
    assert [row["reason"] for row in listed] == ["For the council."]


def test_an_export_without_a_reason_or_with_days_that_are_none_is_refused_by_name(client, city):
    admin = make_person(city, "admin")
    assert take(client, admin, reason="").json["errors"][0]["pointer"] == "/reason"
    assert take(client, admin, ends_on="2026-10-01").json["errors"][0]["pointer"] == "/ends_on"
    assert take(client, admin, begins_on="2024-10-01").json["errors"][0]["pointer"] == "/ends_on"
    assert take(client, admin, begins_on="0001-01-01").json["errors"][0]["pointer"] == "/begins_on"
    assert ExportEntry.select().count() == 0
