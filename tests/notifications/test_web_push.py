"""Web push against a local push service that checks the signature, and a browser that reads what it gets."""

import stat
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels import Dead, Push, Retry, Sent
from notifications.channels.web_push import WebPush
from notifications.encryption import encrypt
from notifications.models import Device
from notifications.relay import relay
from notifications.templates import push_text
from notifications.vapid import KeyUnusable, base64url, from_base64url, make_key, read_key
from tests.support.messages import NOW, add_device, delivery_of, tell
from tests.support.push_service import Browser, push_service


@pytest.fixture(scope="module")
def service():
    with push_service() as held:
        yield held


@pytest.fixture
def vapid(tmp_path):
    return make_key(tmp_path / "vapid.pem")


@pytest.fixture
def channel(vapid):
    return WebPush(vapid, contact="https://patrol.example.org", clock=lambda: NOW)


def a_push(service, browser, path="/push/1", **given_):
    return Push(
        **{
            "id": uuid4(),
            "said": push_text("bundle", "ko", count=3),
            "urgent": False,
            "lasts": timedelta(minutes=90),
            "kind": "web_push",
            "address": service.url + path,
            "keys": browser.keys,
            "count": 3,
            **given_,
        }
    )


def test_a_push_is_sealed_for_its_browser_and_signed_by_this_installation(service, channel, vapid):
    browser = Browser()
    push = a_push(service, browser, "/push/sealed")
    assert channel.push(push) == Sent()
    path, headers, body = service.received[-1]
    assert path == "/push/sealed"
    assert browser.read(body) == {
        "id": str(push.id),
        "count": 3,
        "urgent": False,
        "title": "새 알림 3건",
        "body": "열어서 한 번에 확인해 주세요.",
    }
    claims = service.signed_by(headers, vapid.public_key)
    assert claims["sub"] == "https://patrol.example.org"
    assert NOW.timestamp() < claims["exp"] <= (NOW + timedelta(hours=24)).timestamp()
    assert (headers["TTL"], headers["Urgency"], headers["Content-Encoding"]) == ("5400", "normal", "aes128gcm")
    assert headers["Topic"] == push.id.hex


def test_a_drills_push_says_that_it_is_one(service, channel):
    browser = Browser()
    channel.push(a_push(service, browser, exercise=True, said=push_text("exercise", "ko")))
    content = browser.read(service.received[-1][2])
    assert (content["exercise"], content["title"]) == (True, "[훈련] 연락이 되나요?")


def test_an_urgent_push_says_so_to_the_service(service, channel):
    channel.push(a_push(service, Browser(), urgent=True))
    assert service.received[-1][1]["Urgency"] == "high"


def test_the_example_of_the_standard_comes_out_as_it_stands_there():
    """RFC 8291, 5."""
    point = from_base64url("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8")
    private = int.from_bytes(from_base64url("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        {
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
        key=ec.derive_private_key(private, ec.SECP256R1()),
        salt=from_base64url("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert body[21:86] == point
    assert base64url(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl"
        "95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_over_is_said_to_be(service, channel, status):
    service.answers["/push/over"] = (status, {})
    outcome = channel.push(a_push(service, Browser(), "/push/over"))
    assert isinstance(outcome, Dead)
    assert outcome.unregistered


@pytest.mark.parametrize(
    ("status", "code", "outage"),
    [(429, "quota", False), (500, "unavailable", True), (503, "unavailable", True), (0, "unreachable", True)],
)
def test_what_may_go_well_later_is_tried_again(service, channel, status, code, outage):
    service.answers["/push/later"] = (status, {"Retry-After": "30"})
    asked = service.requests
    outcome = channel.push(a_push(service, Browser(), "/push/later"))
    assert isinstance(outcome, Retry)
    assert (outcome.code, outcome.outage, outcome.after_s) == (code, outage, 30.0 if status else 0.0)
    assert "/push/later" not in outcome.reason
    assert service.requests == asked + 1


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "refused"), (401, "credentials"), (403, "credentials"), (413, "refused"), (302, "refused")],
)
def test_a_refusal_is_final_and_leads_nowhere_else(service, channel, status, code):
    service.answers["/push/no"] = (status, {"Location": f"{service.url}/push/elsewhere"})
    asked = service.requests
    outcome = channel.push(a_push(service, Browser(), "/push/no"))
    assert isinstance(outcome, Dead)
    assert (outcome.code, outcome.unregistered) == (code, False)
    assert service.requests == asked + 1


@pytest.mark.parametrize("keys", [None, {}, {"p256dh": "AAAA", "auth": "AAAA"}, {"p256dh": "ü", "auth": "*"}])
def test_keys_that_are_none_are_a_bad_address(service, channel, keys):
    outcome = channel.push(a_push(service, Browser(), keys=keys))
    assert isinstance(outcome, Dead)
    assert outcome.code == "bad_address"


@given(st.binary(max_size=300))
def test_every_content_comes_back(content):
    browser = Browser()
    body = encrypt(b'"' + content.hex().encode() + b'"', browser.keys)
    assert bytes.fromhex(browser.read(body)) == content


@given(st.binary(max_size=100))
def test_base64url_comes_back_with_padding_and_without(content):
    assert from_base64url(base64url(content)) == content
    assert from_base64url(base64url(content) + "=" * (-len(base64url(content)) % 4)) == content


def test_a_gone_browser_is_retired_by_the_relay_and_the_coordinator_sees_why(database, service, channel):
    service.answers["/push/retired"] = (410, {})
    person = uuid4()
    device = add_device(person, f"{service.url}/push/retired", kind="web_push", keys=Browser().keys)
    (message_id,) = tell(person)
    relay([channel], now=NOW, holder="relay", jitter=lambda: 1.0)
    assert (delivery_of(message_id).state, delivery_of(message_id).reason) == ("failed", "unregistered")
    held = Device.get_by_id(device.id)
    assert (held.retired_at, held.retired_because, held.address, held.keys) == (NOW, "unregistered", "", None)


def test_the_key_is_this_users_alone_and_is_never_written_over(tmp_path):
    path = tmp_path / "keys" / "vapid.pem"
    made = make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(path).public_key == made.public_key
    with pytest.raises(FileExistsError):
        make_key(path)


def test_without_a_key_there_is_no_web_push_and_an_unusable_one_is_named(tmp_path):
    path = tmp_path / "vapid.pem"
    assert read_key(path) is None
    path.write_text("no key", encoding="utf-8")
    with pytest.raises(KeyUnusable, match=r"vapid\.pem: no private key"):
        read_key(path)
    other = ec.generate_private_key(ec.SECP384R1())
    path.write_bytes(
        other.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    with pytest.raises(KeyUnusable, match="P-256"):
        read_key(path)
