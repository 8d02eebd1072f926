import email
import email.policy
import socket
import ssl
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from app import create_app
from config.settings import load
from notifications.channels import Dead, Retry, Sent
from notifications.channels.mail import mail_channel
from notifications.models import Message
from notifications.relay import relay
from tests.support.messages import CITY, NOW, WORDS, delivery_of, someone_with_mail, tell
from tests.support.smtp import PASSWORD, USER, Mailbox, free_port, hangs_up, mail_server, make_certificate

GREETING = b"220 here\r\n"
HELLO = b"250 here\r\n"


def message(**given):
    return Message(
        **{
            "city": CITY,
            "kind": "sighting",
            "words": WORDS,
            "link": "/sightings/17",
            "urgent": False,
            "dedupe_key": "a",
            "created_at": NOW,
            **given,
        }
    )


def channel_to(port, *, host="127.0.0.1", scheme="smtp", sign_in="", tls=None):
    return mail_channel(
        f"{scheme}://{sign_in}{host}:{port}?from=patrol@example.org",
        public_url="https://patrol.example.org",
        tls=tls or ssl.create_default_context(),
    )


def parsed(envelope):
    return email.message_from_bytes(envelope.content, policy=email.policy.default)


def test_a_mail_leads_to_a_page_that_is_there_and_says_nothing_of_its_message():
    mailbox, told = Mailbox(), message()
    with mail_server(mailbox) as port:
        assert channel_to(port).send(told, "walker@example.org") == Sent()
    (envelope,) = mailbox.received
    mail = parsed(envelope)
    assert (envelope.mail_from, envelope.rcpt_tos) == ("patrol@example.org", ["walker@example.org"])
    assert mail["Date"].datetime == NOW
    text = mail["Subject"] + mail.get_content()
    assert "https://patrol.example.org/start" in text.split()
    assert "/start" in {rule.rule for rule in create_app(load({})).url_map.iter_rules()}
    for telling in ("sighting", "신고", "서면", "Seomyeon", "17", str(told.id)):
        assert telling not in text


def test_an_urgent_mail_says_that_it_is():
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        channel_to(port).send(message(urgent=True), "walker@example.org")
        channel_to(port).send(message(), "walker@example.org")
    urgent, other = (parsed(envelope)["Subject"] for envelope in mailbox.received)
    assert "지금" in urgent
    assert "지금" not in other


def test_a_drills_mail_says_that_it_is_one():
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        channel_to(port).send(message(urgent=True, exercise=True), "walker@example.org")
    mail = parsed(mailbox.received[0])
    assert "[훈련]" in mail["Subject"]
    assert "[EXERCISE]" in mail["Subject"]
    assert mail.get_content().splitlines()[:2] == [
        "훈련입니다. 실제 상황이 아닙니다.",
        "This is an exercise; nothing has happened.",
    ]


def test_a_mail_sent_again_carries_the_same_id():
    mailbox, told = Mailbox(), message()
    with mail_server(mailbox) as port:
        for _ in range(2):
            channel_to(port).send(told, "walker@example.org")
    first, second = (parsed(envelope)["Message-ID"] for envelope in mailbox.received)
    assert first == second == f"<{told.id}@example.org>"


@pytest.mark.parametrize("place", ["rcpt", "data"])
def test_a_temporary_refusal_is_tried_again(place):
    with mail_server(Mailbox(**{place: "451 try later"})) as port:
        assert channel_to(port).send(message(), "walker@example.org") == Retry("451 try later")


@pytest.mark.parametrize("place", ["rcpt", "data"])
def test_a_final_refusal_is_final(place):
    with mail_server(Mailbox(**{place: "550 no such mailbox"})) as port:
        assert channel_to(port).send(message(), "walker@example.org") == Dead("550 no such mailbox")


def test_a_refused_sender_is_a_setting_to_mend_so_the_mail_is_kept():
    with mail_server(Mailbox(mail="550 not from you")) as port:
        outcome = channel_to(port).send(message(), "walker@example.org")
    assert outcome == Retry("550 not from you", code="credentials")


@pytest.mark.parametrize(
    "said",
    [(), (GREETING,), (GREETING, HELLO), (GREETING, HELLO, b"250 sender\r\n", b"250 recipient\r\n", b"354 go on\r\n")],
    ids=["at once", "after the greeting", "after hello", "in the mail"],
)
def test_a_dropped_connection_is_tried_again(said):
    with hangs_up(after=said) as port:
        assert isinstance(channel_to(port).send(message(), "walker@example.org"), Retry)


def test_a_mail_that_was_taken_over_is_sent_however_the_connection_ends():
    with hangs_up(
        after=(GREETING, HELLO, b"250 sender\r\n", b"250 recipient\r\n", b"354 go on\r\n", b"250 taken\r\n")
    ) as port:
        assert channel_to(port).send(message(), "walker@example.org") == Sent()


def test_a_server_that_does_not_answer_is_tried_again():
    silent = replace(channel_to(free_port()), timeout_s=0.5)
    assert isinstance(silent.send(message(), "walker@example.org"), Retry)


def test_a_busy_server_is_tried_again():
    with hangs_up(after=(b"421 too busy\r\n",)) as port:
        assert channel_to(port).send(message(), "walker@example.org") == Retry("421 too busy")


def test_an_address_that_no_mail_can_carry_is_dead():
    with mail_server(Mailbox()) as port:
        outcome = channel_to(port).send(message(), "walker@example.org\nBcc: everyone@example.org")
    assert isinstance(outcome, Dead)


def test_the_password_goes_over_tls_that_is_verified(tmp_path):
    certificate = make_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=certificate)
    sign_in = f"{USER}:{quote(PASSWORD)}@"
    mailbox = Mailbox()
    with mail_server(mailbox, certificate=certificate) as port:
        good = channel_to(port, host="localhost", sign_in=sign_in, tls=trusting)
        assert good.send(message(), "walker@example.org") == Sent()
        wrong = channel_to(port, host="localhost", sign_in=f"{USER}:other@", tls=trusting)
        assert wrong.send(message(), "walker@example.org").reason.startswith("535")
        stranger = channel_to(port, host="localhost", sign_in=sign_in)
        assert "certificate verify failed" in stranger.send(message(), "walker@example.org").reason
    assert mailbox.signed_in == [True]


def test_the_password_is_not_sent_in_the_clear():
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        outcome = channel_to(port, sign_in=f"{USER}:{quote(PASSWORD)}@").send(message(), "walker@example.org")
    assert isinstance(outcome, Retry)
    assert "no TLS" in outcome.reason
    assert mailbox.received == []


def test_nothing_leaves_this_machine_in_the_clear(monkeypatch):
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        monkeypatch.setattr(socket, "create_connection", to_this_machine(port))
        outcome = channel_to(port, host="mail.example.org").send(message(), "walker@example.org")
    assert isinstance(outcome, Retry)
    assert "no TLS" in outcome.reason
    assert mailbox.received == []


def to_this_machine(port):
    """A name service by which every mail server is here."""
    connect = socket.create_connection
    return lambda _address, *rest, **more: connect(("127.0.0.1", port), *rest, **more)


def test_what_the_setting_leaves_out_has_a_usual_value():
    tls = ssl.create_default_context()
    plain = mail_channel("smtp://mail.example.org", public_url="https://patrol.example.org", tls=tls)
    secure = mail_channel("smtps://mail.example.org", public_url="https://patrol.example.org", tls=tls)
    assert (plain.port, plain.secure, plain.sender) == (25, False, "patrol@patrol.example.org")
    assert (secure.port, secure.secure) == (465, True)


def test_a_mail_is_retried_through_the_relay_until_the_server_takes_it(database):
    (message_id,) = tell(someone_with_mail("walker@example.org"))
    mailbox = Mailbox(rcpt="450 greylisted")
    with mail_server(mailbox) as port:
        for minute in range(3):
            if minute == 2:
                mailbox.rcpt = "250 OK"
            relay([channel_to(port)], now=NOW + timedelta(minutes=minute), holder="relay", jitter=lambda: 0.0)
    assert len(mailbox.received) == 1
    assert (delivery_of(message_id).state, delivery_of(message_id).attempts) == ("sent", 3)
