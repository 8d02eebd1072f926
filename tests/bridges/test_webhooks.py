import hashlib
import hmac
import json
import socket
from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.channels import Retry, Sent
from notifications.channels.webhook import Inside, Target, Webhooks, is_public, place_of
from notifications.models import Delivery, Message
from notifications.relay import relay
from patrol.bridges.models import Webhook
from patrol.bridges.operations.following import follow, pause_failing
from patrol.bridges.operations.webhooks import lookup
from patrol.notices.operations import issue, withdraw
from tests.support.bridges import answers_without_end, receiver, trusted
from tests.support.databases import sqlite_only
from tests.support.factories import LAT, LON, NOW, Time, bearer, client_of, make_box, make_city, make_person
from tests.support.patrols import act, inbox, reported
from tests.support.proofs import KEYS
from tests.support.smtp import make_certificate

ALL = ["sighting.alerted", "sighting.acknowledged", "sighting.resolved"]


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


@pytest.fixture
def admin(city):
    return make_person(city, "admin")


def make(client, admin, url, **given):
    content = {"name": "City hall", "url": url, "events": ALL, **given}
    return client.post("/api/v1/webhooks", json=content, headers={**bearer(admin), "Accept-Language": "en"})


def deliver(clock):
    """What a worker does: look for events, then send what is due, pass after pass. How many were tried."""
    follow(clock())
    channel = Webhooks(lookup=lookup(KEYS, clock), inside={"127.0.0.1"}, clock=clock)
    tried = iter(lambda: relay([channel], now=clock(), holder="test", jitter=lambda: 1.0), 0)
    return sum(tried)


def test_events_of_a_sighting_arrive_signed_and_once(client, city, admin, clock):
    walker, coordinator = make_person(city, "walker"), make_person(city, "coordinator")
    with receiver() as received:
        made = make(client, admin, received.url).json
        sighting = reported(client, walker, kind="C1", text="Somebody's words.")
        act(client, coordinator, sighting, "acknowledge")
        act(client, coordinator, sighting, "resolve", outcome="fixed")
        assert deliver(clock) == 3
        clock.passes(seconds=30)
        assert deliver(clock) == 0
    told = [json.loads(body) for _, body in received.got]
    assert sorted(each["event"] for each in told) == sorted(ALL)
    assert {each["sighting"] for each in told} == {sighting}
    assert len({each["id"] for each in told}) == 3
    for headers, body in received.got:
        stamp = headers["X-Patrol-Timestamp"]
        expected = hmac.new(made["secret"].encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        assert headers["X-Patrol-Signature"] == f"v1={expected}"
        assert headers["X-Patrol-Key"] == made["key_id"]
        assert headers["X-Patrol-Event"] == json.loads(body)["id"]
        assert b"words" not in body
        assert str(walker.id).encode() not in body


@pytest.mark.both_fast
def test_each_webhook_gets_its_events_in_order_however_long_one_has_to_wait(client, city, admin, clock):
    walker, coordinator = make_person(city, "walker"), make_person(city, "coordinator")
    with receiver((200, {}), (503, {"Retry-After": "120"})) as slow, receiver() as quick:
        for received in (slow, quick):
            make(client, admin, received.url)
        sightings = [reported(client, walker, kind=kind) for kind in ("C1", "C4")]
        for sighting in sightings:
            act(client, coordinator, sighting, "acknowledge")
            act(client, coordinator, sighting, "resolve", outcome="fixed")
        assert deliver(clock) == 6 + 2
        assert len(slow.got) == 2
        clock.passes(seconds=119)
        reported(client, walker, kind="C5")
        assert deliver(clock) == 1
        clock.passes(seconds=1)
        assert deliver(clock) == 6
    orders = [[json.loads(body)["id"] for _, body in received.got] for received in (slow, quick)]
    told = [json.loads(body) for _, body in quick.got]
    assert orders[0][1] == orders[0][2]
    assert [(each["sighting"], each["event"]) for each in told if each["sighting"] in sightings[:1]] == [
        (sightings[0], event) for event in ALL
    ]
    late = [json.loads(body) for _, body in slow.got]
    assert [(each["event"], each["sighting"]) for each in late[:1] + late[2:]] == [
        (each["event"], each["sighting"]) for each in told
    ]


@sqlite_only
def test_a_request_that_is_replayed_altered_or_old_is_not_trusted(client, city, admin, clock):
    with receiver() as received:
        made = make(client, admin, received.url).json
        reported(client, make_person(city, "walker"))
        deliver(clock)
    ((headers, body),) = received.got
    secrets = {made["key_id"]: made["secret"]}
    now, later, seen = clock(), clock() + timedelta(seconds=301), set()
    assert not trusted(headers, body + b" ", secrets=secrets, seen=seen, now=now)
    moved = {**headers, "X-Patrol-Timestamp": str(int(later.timestamp()))}
    assert not trusted(moved, body, secrets=secrets, seen=seen, now=later)
    assert not trusted(headers, body, secrets=secrets, seen=seen, now=later)
    assert not trusted(headers, body, secrets={made["key_id"]: "another"}, seen=seen, now=now)
    assert trusted(headers, body, secrets=secrets, seen=seen, now=now)
    assert not trusted(headers, body, secrets=secrets, seen=seen, now=now)


@sqlite_only
def test_a_new_secret_signs_when_its_time_has_come_and_at_once_after_a_leak(client, city, admin, clock):
    walker, secrets, seen, keys = make_person(city, "walker"), {}, set(), []

    def another(**given):
        path = f"/api/v1/webhooks/{webhook}/secret"
        found = client.post(path, json=given, headers=bearer(admin)).json
        secrets[found["key_id"]] = found["secret"]
        return found

    def told():
        reported(client, walker, kind="C4")
        deliver(clock)
        headers, body = received.got[-1]
        assert trusted(headers, body, secrets=secrets, seen=seen, now=clock())
        keys.append(headers["X-Patrol-Key"])

    with receiver() as received:
        made = make(client, admin, received.url).json
        webhook, secrets[made["key_id"]] = made["id"], made["secret"]
        told()
        second = another(after_h=24)
        assert second["signs_from"] == (NOW + timedelta(hours=24)).isoformat()
        told()
        shown = client.get("/api/v1/webhooks", headers=bearer(admin))
        assert shown.json["items"][0]["next_key_id"] == second["key_id"]
        assert not [secret for secret in secrets.values() if secret in shown.text]
        clock.passes(hours=24)
        told()
        third = another(after_h=0)
        told()
        (listed,) = client.get("/api/v1/webhooks", headers=bearer(admin)).json["items"]
    assert keys == [made["key_id"], made["key_id"], second["key_id"], third["key_id"]]
    assert (listed["key_id"], listed["next_key_id"], listed["next_from"]) == (third["key_id"], None, None)


@sqlite_only
def test_one_that_answered_before_is_paused_too_with_what_still_waits_for_it(client, city, admin, clock):
    with receiver((200, {}), (500, {})) as received:
        make(client, admin, received.url)
        for kind in ("C1", "C4"):
            reported(client, make_person(city, "walker"), kind=kind)
        assert follow(clock()) == 2
        clock.passes(hours=1)
        assert deliver(clock) == 2
    clock.passes(days=3, seconds=-1)
    assert pause_failing(clock()) == 0
    clock.passes(seconds=1)
    assert pause_failing(clock()) == 1
    (listed,) = client.get("/api/v1/webhooks", headers=bearer(admin)).json["items"]
    assert listed["state"] == "paused"


@sqlite_only
def test_restricted_sightings_are_told_to_nobody_and_kinds_only_where_public(client, city, admin, clock):
    walker = make_person(city, "walker")
    with receiver() as received:
        make(client, admin, received.url)
        restricted, plain = reported(client, walker, kind="E6"), reported(client, walker, kind="P1")
        deliver(clock)
    told = [json.loads(body) for _, body in received.got]
    assert [(each["sighting"], each["kind"]) for each in told] == [(plain, None)]
    assert restricted not in str(received.got)


@sqlite_only
def test_a_refusal_is_tried_again_when_it_asks_for_it_under_the_same_id_with_a_fresh_timestamp(
    client, city, admin, clock
):
    walker = make_person(city, "walker")
    with receiver((503, {"Retry-After": "120"}), (200, {})) as received:
        webhook = make(client, admin, received.url).json
        reported(client, walker)
        deliver(clock)
        clock.passes(seconds=119)
        assert deliver(clock) == 0
        clock.passes(seconds=1)
        assert deliver(clock) == 1
    (first, body), (second, again) = received.got
    assert body == again
    assert first["X-Patrol-Event"] == second["X-Patrol-Event"]
    assert int(second["X-Patrol-Timestamp"]) - int(first["X-Patrol-Timestamp"]) == 120
    shown = client.get(f"/api/v1/webhooks/{webhook['id']}/deliveries", headers=bearer(admin)).json["items"]
    assert [(row["event"], row["state"], row["attempts"]) for row in shown] == [("sighting.alerted", "sent", 2)]


@sqlite_only
def test_no_redirect_is_followed(client, city, admin, clock):
    with receiver() as other, receiver((302, {"Location": other.url})) as received:
        make(client, admin, received.url)
        reported(client, make_person(city, "walker"))
        deliver(clock)
    assert (len(received.got), other.got) == (1, [])
    assert Delivery.get(Delivery.channel == "webhook").state == "pending"


def test_a_receiver_whose_answer_has_no_end_is_left_and_tried_again():
    with answers_without_end() as url:
        target = Target(url=url, key_id="sample", secret="sample")
        channel = Webhooks(lookup=lambda _: target, inside={"127.0.0.1"}, clock=Time(), whole_s=0.3)
        outcome = channel.send(Message(id=uuid4(), words={"event": "test"}), str(uuid4()))
    assert (type(outcome), outcome.code) == (Retry, "unreachable")
    assert "no whole answer" in outcome.reason


def test_a_receiver_by_tls_must_be_who_its_name_says(tmp_path, monkeypatch):
    certificate, named = make_certificate(tmp_path), socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **more: named("127.0.0.1", *rest, **more))
    with receiver(certificate=certificate) as received:
        event = Message(id=uuid4(), words={"event": "test"})

        def sent(host):
            target = Target(url=received.url.replace("127.0.0.1", host), key_id="sample", secret="sample")
            channel = Webhooks(lookup=lambda _: target, inside={"127.0.0.1", "localhost"}, clock=Time())
            return channel.send(event, str(uuid4()))

        assert sent("localhost").code == "unreachable"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert sent("127.0.0.1").code == "unreachable"
        assert isinstance(sent("localhost"), Sent)
    assert len(received.got) == 1


@sqlite_only
def test_a_test_event_says_that_it_is_one(client, admin, clock):
    with receiver() as received:
        made = make(client, admin, received.url).json
        sent = client.post(f"/api/v1/webhooks/{made['id']}/test", headers=bearer(admin))
        deliver(clock)
    assert sent.status_code == 202
    assert json.loads(received.got[0][1])["event"] == "test"


@sqlite_only
def test_what_fails_for_the_policys_days_is_paused_told_to_admins_and_can_be_resumed(client, city, admin, clock):
    made = make(client, admin, "http://127.0.0.1:9/hook").json
    reported(client, make_person(city, "walker"))
    deliver(clock)
    clock.passes(days=2)
    assert pause_failing(clock()) == 0
    clock.passes(days=1)
    assert pause_failing(clock()) == 1
    assert pause_failing(clock()) == 0
    assert [row.kind for row in inbox(admin)].count("webhook_paused") == 1
    assert client.post(f"/api/v1/webhooks/{made['id']}/test", headers=bearer(admin)).status_code == 409
    resumed = client.post(f"/api/v1/webhooks/{made['id']}/resume", headers=bearer(admin))
    assert resumed.json["state"] == "active"
    assert pause_failing(clock()) == 0


@sqlite_only
def test_the_secret_is_shown_once_and_lies_sealed(client, admin):
    made = make(client, admin, "https://example.org/hook").json
    row = Webhook.get_by_id(made["id"])
    assert made["secret"] not in row.secret
    assert KEYS.unseal(row.secret) == made["secret"]
    assert made["secret"] not in client.get("/api/v1/webhooks", headers=bearer(admin)).text


@sqlite_only
def test_a_removed_webhook_leaves_nothing_on_its_way(client, city, admin, clock):
    made = make(client, admin, "https://example.org/hook").json
    reported(client, make_person(city, "walker"))
    follow(clock())
    assert client.delete(f"/api/v1/webhooks/{made['id']}", headers=bearer(admin)).status_code == 204
    assert Message.select().where(Message.kind == "webhook").count() == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/hook",
        "https://user:secret@example.org/hook",
        "https://example.org/hook#part",
        "https://10.0.0.1/hook",
        "https://169.254.169.254/latest",
        "https://[::ffff:10.0.0.1]/hook",
        "https://[fd00::1]/hook",
        "https://",
        "nonsense",
        "https://example.org:0/",
    ],
)
@sqlite_only
def test_an_address_inside_or_in_the_clear_is_refused_by_name(client, admin, url):
    answer = make(client, admin, url)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/url")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "::ffff:192.168.0.1", "64:ff9b::a00:1", "0.0.0.0", "fe80::1%eth0", "224.0.0.1", "2002:a00:1::"])  # fmt: skip  # noqa: S104, E501 - addresses to refuse
def test_addresses_inside_are_known_for_what_they_are(address):
    assert not is_public(address)


def test_a_name_that_leads_inside_is_refused_when_it_is_sent():
    with pytest.raises(Inside):
        place_of("localhost", 80, inside=())
    assert place_of("localhost", 80, inside={"localhost"})


@sqlite_only
def test_what_was_told_is_not_told_again_however_far_back_it_looks(client, city, admin, clock):
    made = make(client, admin, "https://example.org/hook").json
    walker = make_person(city, "walker")
    for _ in range(3):
        reported(client, walker)
    assert follow(clock()) == 3
    Webhook.update(followed_at=NOW - timedelta(hours=3)).where(Webhook.id == made["id"]).execute()
    assert follow(clock()) == 0


@sqlite_only
def test_notices_are_told_of_when_published_and_withdrawn_without_their_words(client, city, admin, clock):
    with receiver() as received:
        make(client, admin, received.url, events=["notice.published", "notice.withdrawn"])
        notice = issue(
            city,
            by=admin.id,
            kind="look_out",
            words={"ko": "파란 트럭", "en": "A blue lorry"},
            lon=LON,
            lat=LAT,
            radius_m=500.0,
            expires_at=NOW + timedelta(hours=2),
            now=NOW,
        )
        deliver(clock)
        clock.passes(minutes=5)
        withdraw(notice, expected=None, now=clock())
        deliver(clock)
    told = [json.loads(body) for _, body in received.got]
    assert [(each["event"], each["notice"]) for each in told] == [
        ("notice.published", str(notice.id)),
        ("notice.withdrawn", str(notice.id)),
    ]
    assert "lorry" not in str(told)
