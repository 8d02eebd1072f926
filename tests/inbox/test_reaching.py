"""Devices, preferences, templates and the test-send over HTTP."""

from uuid import uuid4

import pytest

from notifications.models import Delivery, Device, Message
from notifications.vapid import make_key
from patrol.inbox import rules
from patrol.people.models import Session
from tests.support.databases import sqlite_only
from tests.support.factories import bearer, client_of, make_city, make_person
from tests.support.push_service import Browser

API = "/api/v1"
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/sample"
PHONE = {"kind": "fcm_fid", "address": "fid-1", "label": "Sample phone", "language": "en"}
CHOICE = {
    "language": "en",
    "channels": {"sightings": ["fcm"], "shifts": ["email", "web_push"], "team": [], "other": ["email"]},
    "quiet_from": "22:00",
    "quiet_until": "06:30",
    "weekly_budget": 12,
    "bundle_min": 10,
}


@pytest.fixture
def person():
    return make_person(make_city())


def browser(**given):
    return {"kind": "web_push", "address": ENDPOINT, "keys": Browser().keys, **given}


def devices(client, headers):
    return client.get(f"{API}/me/devices", headers=headers).json["items"]


def test_a_device_is_registered_listed_without_its_address_and_removed(database, client, person):
    headers, at = bearer(person), f"{API}/me/devices/{uuid4()}"
    made = client.put(at, json=PHONE, headers=headers)
    assert made.status_code == 200, made.json
    assert client.put(at, json=PHONE, headers=headers).json == made.json
    (shown,) = devices(client, headers)
    assert (shown["label"], shown["retired_at"]) == ("Sample phone", None)
    assert "fid-1" not in str(shown)
    assert client.delete(at, headers=headers).status_code == 204
    assert client.delete(at, headers=headers).status_code == 404
    assert devices(client, headers) == []


@sqlite_only
def test_an_address_moves_with_who_registered_it_last_and_the_one_before_sees_why(client, person):
    other = make_person(person.city)
    one_headers, other_headers = bearer(person), bearer(other)
    client.put(f"{API}/me/devices/{uuid4()}", json=PHONE, headers=one_headers)
    client.put(f"{API}/me/devices/{uuid4()}", json=PHONE, headers=other_headers)
    assert [device["retired_because"] for device in devices(client, one_headers)] == ["moved"]
    assert [device["retired_because"] for device in devices(client, other_headers)] == [None]


@sqlite_only
def test_anothers_device_is_not_there(client, person):
    other = bearer(make_person(person.city))
    at = f"{API}/me/devices/{uuid4()}"
    client.put(at, json=PHONE, headers=bearer(person))
    assert client.delete(at, headers=other).status_code == 404
    assert client.put(at, json={**PHONE, "address": "fid-2"}, headers=other).status_code == 404
    assert Device.get().address == "fid-1"


@sqlite_only
def test_who_signs_out_is_reached_there_no_more(client, person):
    headers, elsewhere = bearer(person), bearer(person)
    client.put(f"{API}/me/devices/{uuid4()}", json=PHONE, headers=headers)
    session = Device.get().session
    stranger = bearer(make_person(person.city))
    assert client.delete(f"{API}/sessions/{session}", headers=stranger).status_code == 404
    assert Device.get().retired_at is None
    assert client.delete(f"{API}/sessions/{session}", headers=headers).status_code == 204
    assert Session.get_by_id(session).revoked_at is not None
    assert [device["retired_because"] for device in devices(client, elsewhere)] == ["signed_out"]


@sqlite_only
@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({**PHONE, "kind": "pager"}, "/kind"),
        ({**PHONE, "address": ""}, "/address"),
        ({**PHONE, "address": "two words"}, "/address"),
        ({**PHONE, "address": "x" * 2001}, "/address"),
        ({**PHONE, "keys": Browser().keys}, "/keys"),
        ({**PHONE, "language": "fr"}, "/language"),
        ({**PHONE, "phone": "x"}, "/phone"),
        (browser(keys=None), "/keys"),
        (browser(keys={"p256dh": "AAAA", "auth": "AAAA"}), "/keys"),
        (browser(address="http://updates.push.services.mozilla.com/x"), "/address"),
        (browser(address="https://push.example.org/x"), "/address"),
        (browser(address="https://10.0.0.1/x"), "/address"),
        (browser(address="no address"), "/address"),
    ],
)
def test_what_no_push_could_reach_is_refused_by_its_field(client, person, given, pointer):
    answer = client.put(f"{API}/me/devices/{uuid4()}", json=given, headers=bearer(person))
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


@sqlite_only
def test_a_browser_is_registered_with_its_keys(client, person):
    answer = client.put(f"{API}/me/devices/{uuid4()}", json=browser(), headers=bearer(person))
    assert answer.status_code == 200, answer.json
    assert Device.get().address == ENDPOINT


@sqlite_only
def test_there_is_a_limit_to_the_devices_in_use(client, person, monkeypatch):
    monkeypatch.setattr(rules, "MOST_DEVICES", 2)
    headers, ids = bearer(person), [uuid4() for _ in range(3)]
    answers = [
        client.put(f"{API}/me/devices/{each}", json={**PHONE, "address": f"fid-{each}"}, headers=headers)
        for each in (*ids, ids[0])
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 409, 200]


HOSTS = ("push.example.org", "*.example.com", "127.0.0.1")


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://push.example.org/a", True),
        ("https://push.example.org:443/a", True),
        ("https://a.example.com/b", True),
        ("https://a.b.EXAMPLE.com/b", True),
        ("http://127.0.0.1:9000/a", True),
        ("https://example.com/a", False),
        ("https://notexample.com/a", False),
        ("https://push.example.org.evil.test/a", False),
        ("https://push.example.org@evil.test/a", False),
        ("https://evil.test#push.example.org", False),
        ("https://user@push.example.org/a", False),
        ("https://push.example.org:8443/a", False),
        ("https://push.example.org:x/a", False),
        ("https://[::1/a", False),
        ("ftp://push.example.org/a", False),
        ("http://localhost/a", False),
        ("", False),
    ],
)
def test_this_server_sends_to_named_push_services_alone(address, good):
    assert rules.is_push_endpoint(address, HOSTS) is good


@sqlite_only
def test_who_chose_nothing_sees_what_the_city_decided(client, person):
    found = client.get(f"{API}/me/notifications", headers=bearer(person)).json
    assert found == {
        "usual": True,
        "language": None,
        "channels": {key: ["email", "fcm", "web_push"] for key in ("sightings", "shifts", "team", "other")},
        "quiet_from": "23:00",
        "quiet_until": "07:00",
        "weekly_budget": 30,
        "bundle_min": 5,
        "addresses": [],
        "push_key": None,
    }


def test_a_choice_is_kept_whole(database, client, person):
    headers = bearer(person)
    answer = client.put(f"{API}/me/notifications", json=CHOICE, headers=headers)
    assert answer.status_code == 200, answer.json
    found = client.get(f"{API}/me/notifications", headers=headers).json
    assert {name: found[name] for name in CHOICE} == CHOICE
    assert found["usual"] is False
    none = {**CHOICE, "quiet_from": None, "quiet_until": None, "weekly_budget": None, "language": None}
    assert client.put(f"{API}/me/notifications", json=none, headers=headers).json["quiet_from"] is None


@sqlite_only
@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"quiet_from": None}, "/quiet_from"),
        ({"quiet_until": None}, "/quiet_until"),
        ({"quiet_from": "24:00"}, "/quiet_from"),
        ({"weekly_budget": -1}, "/weekly_budget"),
        ({"bundle_min": 121}, "/bundle_min"),
        ({"bundle_min": None}, "/bundle_min"),
        ({"language": "fr"}, "/language"),
        ({"channels": {**CHOICE["channels"], "team": ["pigeon"]}}, "/channels/team/0"),
        ({"channels": {"team": []}}, "/channels/sightings"),
        ({"channels": {**CHOICE["channels"], "cats": []}}, "/channels/cats"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_by_its_field(client, person, change, pointer):
    answer = client.put(f"{API}/me/notifications", json={**CHOICE, **change}, headers=bearer(person))
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]


@sqlite_only
def test_pages_learn_the_key_for_web_push(database, tmp_path, person):
    key = make_key(tmp_path / "vapid.pem")
    client = client_of(database, vapid_key=str(tmp_path / "vapid.pem"))
    assert client.get(f"{API}/me/notifications", headers=bearer(person)).json["push_key"] == key.public_key


@sqlite_only
def test_coordinators_read_every_push_before_it_is_sent(client, person):
    coordinator = bearer(make_person(person.city, "coordinator"))
    found = client.get(f"{API}/notifications/templates", headers=coordinator).json
    assert {template["name"] for template in found} == {"message", "urgent", "exercise", "bundle", "test"}
    assert next(each for each in found if each["name"] == "bundle")["en"]["title"] == "3 new messages"


def test_a_test_goes_to_the_callers_own_devices_only(database, client, person):
    coordinator = make_person(person.city, "coordinator")
    headers = bearer(coordinator)
    client.put(f"{API}/me/devices/{uuid4()}", json={**PHONE, "address": "fid-of-another"}, headers=bearer(person))
    refused = client.post(f"{API}/notifications/test", headers=headers)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/no-device")
    mine = uuid4()
    client.put(f"{API}/me/devices/{mine}", json=PHONE, headers=headers)
    key = {"Idempotency-Key": str(uuid4())}
    sent = client.post(f"{API}/notifications/test", headers=headers | key)
    assert (sent.status_code, sent.json["devices"]) == (201, 1)
    assert client.post(f"{API}/notifications/test", headers=headers | key).json == sent.json
    assert [row.address for row in Delivery.select()] == [str(mine)]
    assert [row.person for row in Message.select()] == [coordinator.id]
