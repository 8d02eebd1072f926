"""What coordinators see of deliveries: states and counts, never what they say or to whom."""

from datetime import timedelta

import pytest

from config.database import transaction
from notifications.addresses import put_address
from notifications.channels import Dead, Retry, Sent
from notifications.outbox import enqueue
from notifications.pace import Pace
from notifications.relay import relay
from tests.support.factories import NOW, bearer, client_of, make_city, make_person
from tests.support.messages import WORDS, add_device

API = "/api/v1"
PACES = {name: Pace(per_s=1000, burst=1000, batch=100, at_once=1) for name in ("fcm", "email")}


class Answers:
    """A channel for addresses and devices that answers the same to all."""

    def __init__(self, name, outcome):
        self.name, self._outcome = name, outcome
        if name == "fcm":
            self.push = lambda _push: outcome
        else:
            self.send = lambda _message, _address: outcome


class Scene:
    def __init__(self, database):
        self.client = client_of(database)
        self.city = make_city()
        self.coordinator = bearer(make_person(self.city, "coordinator"))
        self.walker = make_person(self.city)
        put_address(city=self.city.id, person=self.walker.id, channel="email", value="walker@example.org", now=NOW)
        add_device(self.walker.id, "fid-1", city=self.city.id)

    def tell(self, **given):
        with transaction():
            return enqueue(
                **{
                    "city": self.city.id,
                    "people": [self.walker.id],
                    "kind": "sighting",
                    "words": WORDS,
                    "link": "/walk",
                    "subject": None,
                    "urgent": True,
                    "dedupe_key": "one",
                    "now": NOW,
                    **given,
                }
            )[0]

    def deliver(self, name, outcome, now=NOW):
        channel = Answers(name, outcome)
        return relay([channel], now=now, holder="relay", jitter=lambda: 1.0, paces=PACES)

    def get(self, path, headers=None):
        answer = self.client.get(f"{API}{path}", headers=headers or self.coordinator)
        assert answer.status_code == 200, answer.json
        return answer.json


@pytest.fixture
def scene(database):
    return Scene(database)


def test_each_message_and_channel_has_its_state_and_reason(database, scene):
    message = scene.tell()
    scene.deliver("email", Dead("550 <walker@example.org> no such mailbox"))
    scene.deliver("fcm", Retry("429 slow down", after_s=60, code="quota"))
    rows = {row["channel"]: row for row in scene.get("/deliveries")["items"]}
    assert {(row["message"], row["kind"], row["urgent"]) for row in rows.values()} == {(str(message), "sighting", True)}
    assert (rows["email"]["state"], rows["email"]["reason"]) == ("failed", "refused")
    assert (rows["fcm"]["state"], rows["fcm"]["reason"], rows["fcm"]["attempts"]) == ("waiting", "quota", 1)
    assert rows["fcm"]["reason_text"] == "Over the service's quota"


def test_neither_what_was_said_nor_to_whom_is_shown(database, scene):
    scene.tell()
    scene.deliver("email", Dead("550 <walker@example.org> no such mailbox"))
    shown = str(scene.get("/deliveries"))
    for secret in ("walker@example.org", "fid-1", "Seomyeon", "서면", str(scene.walker.id), scene.walker.name):
        assert secret not in shown


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 3),
        ("?state=waiting", 1),
        ("?state=sent", 2),
        ("?channel=email", 1),
        ("?channel=fcm&state=sent", 1),
        ("?urgent=true", 2),
        ("?urgent=false", 1),
        ("?since=2026-11-06T10:31:00%2B00:00", 1),
        ("?limit=1", 1),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_deliveries_are_filtered(database, scene, query, number):
    scene.tell()
    scene.deliver("email", Sent())
    scene.deliver("fcm", Sent())
    channels = {"email": [], "fcm": ["fcm"]}
    answer = scene.client.put(
        f"{API}/me/notifications",
        json={
            "language": None,
            "channels": dict.fromkeys(("sightings", "shifts", "team", "other"), channels["fcm"]),
            "quiet_from": None,
            "quiet_until": None,
            "weekly_budget": None,
            "bundle_min": 0,
        },
        headers=bearer(scene.walker),
    )
    assert answer.status_code == 200
    scene.tell(urgent=False, dedupe_key="two", now=NOW + timedelta(minutes=2))
    assert len(scene.get(f"/deliveries{query}")["items"]) == number


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_pages_follow_each_other_without_gap_or_repeat(database, scene):
    for number in range(5):
        scene.tell(dedupe_key=str(number), now=NOW + timedelta(minutes=number))
    seen, query = [], ""
    while query is not None:
        page = scene.get(f"/deliveries?limit=3{query}")
        seen += [row["id"] for row in page["items"]]
        query = f"&cursor={page['next']}" if page["next"] else None
    assert len(seen) == len(set(seen)) == 10


def test_counts_by_channel_say_what_is_down_since_when(database, scene):
    scene.tell()
    scene.deliver("email", Sent())
    scene.deliver("fcm", Retry("503", code="unavailable", outage=True), now=NOW + timedelta(seconds=10))
    channels = {row["channel"]: row for row in scene.get("/deliveries/summary")["channels"]}
    assert (channels["email"]["sent"], channels["email"]["down_since"]) == (1, None)
    assert (channels["fcm"]["waiting"], channels["fcm"]["down_because"]) == (1, "The service is out of order")
    assert channels["fcm"]["down_since"] == "2026-11-06T10:30:10+00:00"
    assert channels["web_push"]["sent"] == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_counts_are_of_the_last_hours_and_the_callers_city(database, scene):
    scene.tell(now=NOW - timedelta(hours=3))
    other = bearer(make_person(make_city("Elsewhere"), "coordinator"))

    def waiting(query, headers=None):
        return sum(row["waiting"] for row in scene.get(f"/deliveries/summary{query}", headers)["channels"])

    assert (waiting(""), waiting("?hours=2"), waiting("", other)) == (2, 0, 0)
    assert scene.get("/deliveries", other)["items"] == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", ["walker", "officer"])
def test_others_see_none_of_it(database, scene, role):
    headers = bearer(make_person(scene.city, role))
    for path in ("/deliveries", "/deliveries/summary", "/notifications/templates"):
        assert scene.client.get(f"{API}{path}", headers=headers).status_code == 403
