"""Codes on their way: to addresses that are nobody's yet, through outages and crashes, and never after their time."""

import json
import os
import ssl
import stat
import threading
from datetime import timedelta
from uuid import uuid4

import pytest

from config.database import transaction
from config.secret_key import Keyring
from notifications import direct
from notifications.channels import Dead, Retry, Sent, Withheld
from notifications.channels.files import KEPT, FileDrop
from notifications.channels.mail import mail_channel
from notifications.channels.sms import Gateway, sms_channel
from notifications.leasing import LEASE
from notifications.models import Delivery, Event, Message
from notifications.outbox import forget_messages
from notifications.relay import relay, settle_expired
from tests.support.gateway import Desk, gateway
from tests.support.messages import CITY, NOW, WORDS
from tests.support.smtp import Mailbox, free_port, mail_server

KEYS = Keyring("k" * 40)
OPENS = direct.opener(KEYS)
SAID = {"title": "Your code", "body": "Your code is 123456."}
NUMBER = "+821012345678"
LATER = NOW + timedelta(minutes=15)


class Killed(BaseException):
    """The process ends in the middle of a send."""


def post(**given):
    asked = {
        "city": CITY,
        "recipient": uuid4(),
        "channel": "sms",
        "address": NUMBER,
        "said": SAID,
        "keys": KEYS,
        "now": NOW,
        "expires_at": LATER,
    }
    with transaction():
        direct.post(**{**asked, **given})


def one_pass(*channels, now=NOW):
    settle_expired(now)
    return relay(channels, now=now, holder="relay 1", jitter=lambda: 0.0)


def drop(folder, name="sms", opens=OPENS):
    return FileDrop(name=name, folder=folder, opens=opens)


def to(url, **given):
    asked = {
        "url": url,
        "secret": "hunter2",
        "public_url": "https://patrol.example.org",
        "opens": OPENS,
        "clock": lambda: NOW,
    }
    return Gateway(**{**asked, **given})


def ordinary(**given):
    return Message(city=CITY, kind="sighting", words=WORDS, dedupe_key="a", created_at=NOW, **given)


def sealed():
    words = {"sealed": KEYS.seal(json.dumps(SAID))}
    return Message(id=uuid4(), city=CITY, kind=direct.KIND, words=words, urgent=True, dedupe_key="a", created_at=NOW)


@pytest.mark.usefixtures("database")
class TestOutbox:
    def test_a_code_reaches_an_address_that_belongs_to_nobody(self, tmp_path):
        post()
        assert one_pass(drop(tmp_path)) == 1
        (file,) = tmp_path.iterdir()
        content = json.loads(file.read_text())
        assert (content["to"], content["body"]) == (NUMBER, SAID["body"])
        assert Delivery.get().state == "sent"
        assert Event.select().count() == 0

    def test_it_lies_sealed_and_whoever_has_another_key_sends_nothing(self, tmp_path):
        post()
        assert "123456" not in str(Message.get().words)
        one_pass(drop(tmp_path, opens=direct.opener(Keyring("other" * 8))))
        assert (Delivery.get().state, list(tmp_path.iterdir())) == ("pending", [])
        assert "123456" not in Delivery.get().last_error

    def test_one_that_ran_out_is_dropped_and_then_forgotten(self, tmp_path):
        post()
        assert one_pass(drop(tmp_path), now=LATER) == 0
        assert (Delivery.get().state, list(tmp_path.iterdir())) == ("expired", [])
        assert forget_messages(LATER + timedelta(seconds=1)) == 1
        assert Delivery.select().count() == 0

    def test_a_relay_that_dies_loses_none(self, tmp_path):
        post()

        class Dies:
            name = "sms"

            def send(self, _message, _address):
                raise Killed

        with pytest.raises(Killed):
            one_pass(Dies())
        assert one_pass(drop(tmp_path), now=NOW + LEASE) == 1
        assert Delivery.get().state == "sent"

    def test_what_is_held_back_is_written_and_never_sent(self, tmp_path):
        post(held_back=True)
        assert one_pass(drop(tmp_path)) == 0
        assert (Message.select().count(), Delivery.get().state, list(tmp_path.iterdir())) == (1, "expired", [])

    def test_outside_the_transaction_that_caused_it_nothing_is_posted(self):
        nothing = {"recipient": uuid4(), "channel": "sms", "address": NUMBER, "said": SAID, "keys": KEYS}
        with pytest.raises(RuntimeError, match="none is open"):
            direct.post(city=CITY, now=NOW, expires_at=LATER, **nothing)

    def test_a_gateway_that_is_away_for_a_while_gets_it_when_it_is_back(self):
        post()
        desk = Desk(answers=[(503, {"Retry-After": "120"}), (202, {})])
        with gateway(desk) as url:
            one_pass(to(url))
            assert Delivery.get().state == "pending"
            assert one_pass(to(url), now=NOW + timedelta(seconds=119)) == 0
            one_pass(to(url), now=NOW + timedelta(minutes=5))
        assert Delivery.get().state == "sent"
        assert desk.received[0] == desk.received[1]


class TestFiles:
    def test_a_message_is_one_whole_file_for_this_user_alone(self, tmp_path):
        folder, told = tmp_path / "codes", sealed()
        assert [drop(folder).send(told, NUMBER) for _ in range(2)] == [Sent(), Sent()]
        (file,) = folder.iterdir()
        assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)
        assert NUMBER not in file.name
        assert json.loads(file.read_text())["channel"] == "sms"

    def test_the_log_says_where_and_never_what(self, tmp_path, capsys):
        drop(tmp_path).send(sealed(), NUMBER)
        logged = "".join(capsys.readouterr())
        assert str(tmp_path) in logged
        assert "123456" not in logged
        assert NUMBER not in logged

    def test_they_go_after_an_hour_and_so_does_one_that_a_crash_left_half_written(self, tmp_path):
        drop(tmp_path).send(sealed(), NUMBER)
        for name in ("half.draft", "notes.txt"):
            (tmp_path / name).write_text(f'{{"to": "{NUMBER}"', encoding="utf-8")
        for path in tmp_path.iterdir():
            os.utime(path, (NOW.timestamp(), NOW.timestamp()))
        drop(tmp_path).tidy(NOW + KEPT)
        assert len(list(tmp_path.iterdir())) == 3
        drop(tmp_path).tidy(NOW + KEPT + timedelta(seconds=1))
        assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]

    def test_only_what_itself_goes_out_becomes_a_file(self, tmp_path):
        assert drop(tmp_path, "email").send(ordinary(), "walker@example.org") == Withheld("not_set_up")
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_cannot_be_written_to_is_tried_again(self, tmp_path):
        blocked = tmp_path / "file"
        blocked.write_text("")
        assert isinstance(drop(blocked).send(sealed(), NUMBER), Retry)


class TestGateway:
    def test_it_gets_json_with_the_secret_and_an_id_that_is_the_same_at_every_retry(self):
        desk, told = Desk(), sealed()
        with gateway(desk) as url:
            assert [to(url).send(told, NUMBER) for _ in range(2)] == [Sent(), Sent()]
        assert desk.received == [{"id": str(told.id), "to": NUMBER, "text": SAID["body"]}] * 2
        assert {headers["Authorization"] for headers in desk.headers} == {"Bearer hunter2"}
        assert {headers["Idempotency-Key"] for headers in desk.headers} == {str(told.id)}

    def test_every_other_message_is_neutral(self):
        desk = Desk()
        with gateway(desk) as url:
            to(url, secret="").send(ordinary(), NUMBER)
            to(url, secret="").send(ordinary(urgent=True), NUMBER)
            to(url, secret="").send(ordinary(urgent=True, exercise=True), NUMBER)
        texts = [received["text"] for received in desk.received]
        assert ["Urgent" in text for text in texts] == [False, True, False]
        assert ["[훈련/EXERCISE]" in text for text in texts] == [False, False, True]
        for text in texts:
            assert "https://patrol.example.org/start" in text
            assert not [telling for telling in ("Seomyeon", "서면", "신고") if telling in text]
        assert "Authorization" not in desk.headers[0]

    @pytest.mark.parametrize("status", [400, 410, 422])
    def test_what_it_refuses_is_not_tried_again(self, status):
        with gateway(Desk(answers=[(status, {})])) as url:
            assert isinstance(to(url).send(sealed(), NUMBER), Dead)

    @pytest.mark.parametrize(
        ("status", "after", "wait_s", "code"),
        [
            (429, "7", 7.0, "quota"),
            (503, "Fri, 06 Nov 2026 10:31:00 GMT", 60.0, "unavailable"),
            (500, "soon", 0.0, "unavailable"),
            (502, "-5", 0.0, "unavailable"),
            (401, "", 0.0, "credentials"),
        ],
    )
    def test_it_is_left_alone_for_as_long_as_it_asks(self, status, after, wait_s, code):
        with gateway(Desk(answers=[(status, {"Retry-After": after})])) as url:
            outcome = to(url).send(sealed(), NUMBER)
        assert isinstance(outcome, Retry)
        assert (outcome.after_s, outcome.code) == (wait_s, code)

    def test_the_secret_goes_to_no_other_address(self):
        elsewhere = Desk()
        with gateway(elsewhere) as other, gateway(Desk(answers=[(307, {"Location": other})])) as url:
            assert isinstance(to(url).send(sealed(), NUMBER), Retry)
        assert elsewhere.received == []

    def test_one_that_does_not_answer_or_is_not_there_is_tried_again_and_named_without_what_was_sent(self):
        with gateway(Desk(silent=threading.Event())) as url:
            outcomes = [
                to(url, timeout_s=(0.2, 0.2)).send(sealed(), NUMBER),
                to(f"http://127.0.0.1:{free_port()}/").send(sealed(), NUMBER),
            ]
        for outcome in outcomes:
            assert isinstance(outcome, Retry)
            assert outcome.outage
            assert not [secret for secret in (NUMBER, "123456") if secret in outcome.reason]

    def test_the_setting_says_which(self, tmp_path):
        given = {"secret": "hunter2", "public_url": "https://patrol.example.org", "opens": OPENS, "clock": lambda: NOW}
        assert isinstance(sms_channel(f"files:{tmp_path}", **given), FileDrop)
        chosen = sms_channel("https://gateway.example.org/send", **given)
        assert isinstance(chosen, Gateway)
        assert "hunter2" not in repr(chosen)


def test_by_mail_a_code_goes_out_in_its_own_words():
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        channel = mail_channel(
            f"smtp://127.0.0.1:{port}?from=patrol@example.org",
            public_url="https://patrol.example.org",
            tls=ssl.create_default_context(),
            opens=OPENS,
        )
        assert channel.send(sealed(), "walker@example.org") == Sent()
    (envelope,) = mailbox.received
    assert b"123456" in envelope.content
    assert b"Subject: Your code" in envelope.content
