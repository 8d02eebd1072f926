"""By which ways messages leave the house: those that the installation has set up, and no other."""

from dataclasses import replace
from uuid import uuid4

import pytest

from commands.serving import channels
from config.database import transaction
from notifications.addresses import put_address
from notifications.models import Delivery
from notifications.outbox import enqueue
from patrol import jobs
from tests.support.command_line import context_of
from tests.support.factories import NOW
from tests.support.gateway import Desk, gateway
from tests.support.messages import CITY, WORDS, add_device

NUMBER = "+821012345678"
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def tell_somebody_with_every_way(*, urgent=True):
    person = uuid4()
    put_address(city=CITY, person=person, channel="email", value="walker@example.org", now=NOW)
    put_address(city=CITY, person=person, channel="sms", value=NUMBER, now=NOW)
    for kind in ("fcm_fid", "web_push"):
        add_device(person, f"https://push.example.org/{kind}", kind=kind, keys={"p256dh": "k", "auth": "a"})
    message = {"kind": "sighting", "words": WORDS, "link": "/walk", "subject": None, "dedupe_key": "one", "now": NOW}
    with transaction():
        enqueue(city=CITY, people=[person], urgent=urgent, **message)


def deliver(settings):
    reach = tuple(channels(context_of(settings, lambda: NOW)))
    jobs.deliver(reach, now=NOW, holder="relay", clock=lambda: NOW)
    return {row.channel: (row.state, row.reason) for row in Delivery.select()}


def test_what_would_go_by_a_way_that_is_not_set_up_is_withheld_and_says_so(settings):
    tell_somebody_with_every_way()
    assert deliver(settings) == dict.fromkeys(("email", "sms", "fcm", "web_push"), ("withheld", "not_set_up"))


@pytest.mark.parametrize(("urgent", "texts"), [(True, 1), (False, 0)])
def test_with_a_gateway_set_up_what_is_urgent_goes_out_by_text_message(settings, urgent, texts):
    tell_somebody_with_every_way(urgent=urgent)
    desk = Desk()
    with gateway(desk) as url:
        found = deliver(replace(settings, sms=url))
    assert found.get("sms") == (("sent", "") if urgent else None)
    assert [received["to"] for received in desk.received] == [NUMBER] * texts
