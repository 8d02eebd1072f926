"""The real firebase-admin SDK against a local server that speaks FCM v1 and misbehaves."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.channels import Dead, Push, Retry, Sent
from notifications.channels.fcm import CredentialsError, fcm_channel
from notifications.templates import push_text
from tests.support import fcm
from tests.support.fcm import Credential, channel_to, fcm_server
from tests.support.messages import NOW


@pytest.fixture(scope="module")
def running():
    with fcm_server() as held:
        yield held


@pytest.fixture
def server(running):
    running.answer, running.received, running.requests = fcm.OK, [], 0
    return running


def a_push(**given):
    return Push(
        **{
            "id": uuid4(),
            "said": push_text("message", "ko"),
            "urgent": False,
            "lasts": timedelta(hours=2),
            "kind": "fcm_fid",
            "address": "fid-1",
            **given,
        }
    )


def test_a_push_carries_a_neutral_text_its_id_and_how_long_it_lasts(server):
    push = a_push(urgent=True, said=push_text("urgent", "en"))
    assert channel_to(server).push(push) == Sent()
    (message,) = server.received
    assert message["fid"] == "fid-1"
    assert message["notification"] == {
        "title": "Please look now",
        "body": "There is an urgent message. Open it at once.",
    }
    assert message["data"] == {"id": str(push.id), "count": "1", "urgent": "1"}
    assert message["android"]["priority"] == "high"
    assert message["android"]["ttl"] == "7200s"
    assert message["android"]["notification"]["tag"] == str(push.id)
    expires = str(int((NOW + timedelta(hours=2)).timestamp()))
    assert message["apns"]["headers"] == {
        "apns-priority": "10",
        "apns-expiration": expires,
        "apns-collapse-id": str(push.id),
    }


def test_a_drills_push_says_that_it_is_one(server):
    channel_to(server).push(a_push(urgent=True, exercise=True, said=push_text("exercise", "en")))
    (message,) = server.received
    assert message["notification"]["title"] == "[EXERCISE] Are you there?"
    assert message["data"]["exercise"] == "1"


def test_an_old_registration_token_is_reached_too(server):
    assert channel_to(server).push(a_push(kind="fcm_token", address="token-1")) == Sent()
    assert server.reached() == ["token-1"]


def test_a_device_that_is_registered_no_more_is_said_to_be(server):
    server.answer = fcm.UNREGISTERED
    outcome = channel_to(server).push(a_push())
    assert isinstance(outcome, Dead)
    assert (outcome.unregistered, outcome.code) == (True, "unregistered")


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7.0), ("Fri, 06 Nov 2026 10:31:30 GMT", 90.0), ("soon", 60.0), ("", 60.0), ("nan", 60.0), ("-3", 60.0)],
)
def test_over_quota_waits_as_long_as_it_is_asked_to(server, header, wait):
    server.answer = replace(fcm.QUOTA, headers=(("Retry-After", header),))
    outcome = channel_to(server).push(a_push())
    assert isinstance(outcome, Retry)
    assert (outcome.after_s, outcome.code, outcome.throttled, outcome.outage) == (wait, "quota", True, False)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (fcm.UNAVAILABLE, "unavailable"),
        (fcm.INTERNAL, "unavailable"),
        (fcm.BAD_GATEWAY, "unavailable"),
        (fcm.FOREIGN_GATEWAY, "unavailable"),
        (fcm.DROPPED, "unreachable"),
        (fcm.Answer(200, "<html>not what was asked for</html>"), "unreachable"),
    ],
    ids=["503", "500", "502 in HTML", "502 in another encoding", "dropped", "no JSON"],
)
def test_a_service_out_of_order_is_an_outage_and_asked_once(server, answer, code):
    server.answer = answer
    outcome = channel_to(server).push(a_push())
    assert isinstance(outcome, Retry)
    assert (outcome.outage, outcome.throttled, outcome.code) == (True, False, code)
    assert server.requests == 1


def test_an_outage_that_says_when_to_come_again_is_heeded(server):
    server.answer = replace(fcm.UNAVAILABLE, headers=(("Retry-After", "120"),))
    assert channel_to(server).push(a_push()).after_s == 120.0


def test_the_sdk_itself_never_retries(server):
    channel = channel_to(server)
    for answer in (fcm.UNAVAILABLE, fcm.INTERNAL, fcm.QUOTA, fcm.DROPPED, fcm.BAD_GATEWAY):
        server.answer = answer
        channel.push(a_push())
    assert server.requests == 5


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (fcm.INVALID, "refused"),
        (fcm.MISMATCH, "refused"),
        (fcm.FORBIDDEN, "credentials"),
        (fcm.UNAUTHENTICATED, "credentials"),
        (fcm.error(404, "NOT_FOUND"), "refused"),
    ],
    ids=["400", "403 sender", "403", "401", "404 of no device"],
)
def test_a_refusal_is_final_and_says_why_but_retires_no_device(server, answer, code):
    server.answer = answer
    outcome = channel_to(server).push(a_push())
    assert isinstance(outcome, Dead)
    assert (outcome.code, outcome.unregistered) == (code, False)
    assert "said" in outcome.reason


def test_a_token_that_cannot_be_had_is_an_outage(server):
    outcome = channel_to(server, credential=Credential(fails=True)).push(a_push())
    assert isinstance(outcome, Retry)
    assert (outcome.outage, outcome.code) == (True, "unavailable")
    assert server.requests == 0


def test_the_token_is_fetched_once_for_all(server):
    credential = Credential()
    channel = channel_to(server, credential=credential)
    for _ in range(3):
        channel.push(a_push())
    assert credential.token.refreshed == 1


def test_a_proxy_that_the_environment_names_is_gone_through(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", server.url)
    elsewhere = fcm.FcmServer()
    elsewhere.url = "http://fcm.example.org"
    assert channel_to(elsewhere).push(a_push()) == Sent()
    assert server.reached() == ["fid-1"]


def test_a_netrc_puts_nothing_in_place_of_the_token(server, monkeypatch, tmp_path):
    accounts = tmp_path / "netrc"
    accounts.write_text("machine 127.0.0.1 login somebody password sample\n", encoding="utf-8")
    accounts.chmod(0o600)
    monkeypatch.setenv("NETRC", str(accounts))
    assert channel_to(server).push(a_push()) == Sent()


def test_a_server_that_is_not_there_is_an_outage():
    gone = fcm.FcmServer()
    gone.url = "http://127.0.0.1:9"
    assert channel_to(gone).push(a_push()).code == "unreachable"


def test_an_address_that_the_sdk_refuses_is_dead(server):
    outcome = channel_to(server).push(a_push(address=""))
    assert isinstance(outcome, Dead)
    assert outcome.code == "bad_address"


@pytest.mark.parametrize("content", [None, "no JSON", json.dumps({"type": "authorized_user"})])
def test_credentials_that_cannot_be_used_are_named(tmp_path, content):
    path = tmp_path / "account.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CredentialsError, match=r"account\.json"):
        fcm_channel(path, clock=lambda: NOW)
