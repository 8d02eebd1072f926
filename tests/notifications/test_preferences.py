"""Quiet hours, weekly budget, bundles, channels and languages; Immediate heeds none of it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.database import transaction
from config.policy import Notifications
from notifications.channels import Sent
from notifications.models import CityPreference, Delivery, Preference
from notifications.outbox import enqueue_test
from notifications.pace import Pace
from notifications.preferences import Chosen, chosen, group_of, put_city_preference, put_preference
from notifications.relay import relay
from tests.support.messages import (
    CITY,
    NOW,
    add_device,
    delivery_of,
    someone_with_devices,
    someone_with_mail,
    states,
    tell,
)

LATE = datetime(2026, 11, 6, 15, 30, tzinfo=UTC)
"""00:30 in Busan."""
PACES = {name: Pace(per_s=1000, burst=1000, batch=100, at_once=1) for name in ("fcm", "web_push", "email")}


class Phones:
    """A push channel that keeps what it is given."""

    name = "fcm"

    def __init__(self):
        self.pushes = []

    def push(self, push):
        self.pushes.append(push)
        return Sent()

    def titles(self):
        return [push.said["title"] for push in self.pushes]


@pytest.fixture
def phones():
    return Phones()


def deliver(*channels, now=NOW):
    while relay(channels, now=now, holder="relay", jitter=lambda: 1.0, paces=PACES):
        pass


def prefer(person, **given_):
    put_city_preference(CITY, zone="Asia/Seoul", usual=Notifications(bundle_min=0))
    put_preference(
        **{
            "city": CITY,
            "person": person,
            "language": None,
            "channels": {},
            "quiet_from": None,
            "quiet_until": None,
            "weekly_budget": None,
            "bundle_min": 0,
            "now": NOW,
            **given_,
        }
    )


def test_several_within_the_minutes_become_one_push_that_counts_them(database, phones):
    person = someone_with_devices("fid-1")
    prefer(person, bundle_min=5)
    ids = [tell(person, now=NOW + timedelta(minutes=minute))[0] for minute in (0, 2, 4)]
    deliver(phones, now=NOW + timedelta(minutes=4, seconds=59))
    assert phones.pushes == []
    deliver(phones, now=NOW + timedelta(minutes=5))
    (push,) = phones.pushes
    assert (push.id, push.count, push.said["title"]) == (ids[0], 3, "새 알림 3건")
    assert [delivery_of(each).state for each in ids] == ["sent", "bundled", "bundled"]


def test_one_alone_is_a_push_of_its_own_and_the_next_waits_anew(database, phones):
    person = someone_with_devices("fid-1")
    prefer(person, bundle_min=5)
    tell(person)
    deliver(phones, now=NOW + timedelta(minutes=5))
    tell(person, now=NOW + timedelta(minutes=6))
    deliver(phones, now=NOW + timedelta(minutes=10))
    assert phones.titles() == ["새 알림이 있습니다"]
    deliver(phones, now=NOW + timedelta(minutes=11))
    assert phones.titles() == ["새 알림이 있습니다"] * 2


def test_what_is_urgent_is_never_bundled_nor_waits(database, phones):
    person = someone_with_devices("fid-1")
    prefer(person, bundle_min=5, quiet_from="00:00", quiet_until="23:59", weekly_budget=0, channels={"sightings": []})
    tell(person)
    urgent = [tell(person, urgent=True)[0] for _ in range(2)]
    deliver(phones)
    assert [push.id for push in phones.pushes] == sorted(urgent, key=lambda each: delivery_of(each).id)
    assert set(phones.titles()) == {"지금 확인해 주세요"}


def test_a_bundle_is_not_cut_in_two_by_the_end_of_a_batch(database, phones):
    person = someone_with_devices("fid-1")
    for _ in range(12):
        tell(person)
    paces = {"fcm": Pace(per_s=1, burst=10, batch=10, at_once=1)}
    relay([phones], now=NOW, holder="relay", jitter=lambda: 1.0, paces=paces)
    assert [push.count for push in phones.pushes] == [12]
    assert states() == {"sent": 1, "bundled": 11}


def test_each_of_a_persons_devices_gets_the_bundle(database, phones):
    person = someone_with_devices("fid-1", "fid-2")
    tell(person)
    tell(person)
    deliver(phones)
    assert sorted((push.address, push.count) for push in phones.pushes) == [("fid-1", 2), ("fid-2", 2)]


def test_in_quiet_hours_it_waits_for_their_end_in_the_citys_time(database, phones):
    person = someone_with_devices("fid-1")
    prefer(person, quiet_from="23:00", quiet_until="07:00")
    (message_id,) = tell(person, now=LATE)
    deliver(phones, now=LATE)
    held = delivery_of(message_id)
    assert (held.state, held.attempts, phones.pushes) == ("pending", 0, [])
    assert held.due_at.astimezone(ZoneInfo("Asia/Seoul")).isoformat() == "2026-11-07T07:00:00+09:00"
    deliver(phones, now=held.due_at)
    assert len(phones.pushes) == 1


def test_a_mail_waits_for_the_morning_too(database):
    person = someone_with_mail()
    prefer(person, quiet_from="23:00", quiet_until="07:00")
    (message_id,) = tell(person, now=LATE)
    deliver(Phones(), now=LATE)

    class Post:
        name, sent = "email", []

        def send(self, message, _address):
            self.sent.append(message.id)
            return Sent()

    deliver(Post(), now=LATE)
    assert Post.sent == []
    deliver(Post(), now=delivery_of(message_id).due_at)
    assert Post.sent == [message_id]


@given(
    hour=st.integers(0, 23),
    begins=st.times().map(lambda at: f"{at:%H:%M}"),
    ends=st.times().map(lambda at: f"{at:%H:%M}"),
    zone=st.sampled_from(["Asia/Seoul", "UTC", "Europe/Helsinki", "America/St_Johns"]),
    day=st.integers(0, 365),
)
def test_quiet_hours_end_within_a_day_at_their_hour_and_are_over_then(hour, begins, ends, zone, day):
    now = datetime(2026, 1, 1, hour, 17, tzinfo=UTC) + timedelta(days=day)
    choice = Chosen(zone=zone, quiet_from=begins, quiet_until=ends)
    over = choice.quiet_ends(now)
    if over is None:
        return
    assert now < over <= now + timedelta(hours=25)  # the night in which clocks are put back
    assert begins != ends
    local = over.astimezone(ZoneInfo(zone))
    assert f"{local:%H:%M}" == ends or local.utcoffset() != now.astimezone(ZoneInfo(zone)).utcoffset()


def test_over_the_weeks_budget_a_push_is_withheld_and_said_so_until_the_week_has_passed(database, phones):
    person = someone_with_devices("fid-1", "fid-2")
    prefer(person, weekly_budget=2)
    for day in range(3):
        tell(person, now=NOW + timedelta(days=day))
        deliver(phones, now=NOW + timedelta(days=day))
    assert states() == {"sent": 4, "withheld": 2}
    assert {row.reason for row in Delivery.select().where(Delivery.state == "withheld")} == {"budget"}
    tell(person, urgent=True, now=NOW + timedelta(days=3))
    deliver(phones, now=NOW + timedelta(days=3))
    tell(person, now=NOW + timedelta(days=8))
    deliver(phones, now=NOW + timedelta(days=8))
    assert states() == {"sent": 8, "withheld": 2}


def test_channels_are_chosen_by_group_of_messages(database):
    person = someone_with_mail()
    add_device(person, "fid-1")
    prefer(person, channels={"shifts": ["fcm"], "team": []})
    for kind in ("shift_offered", "team_applied", "sighting"):
        tell(person, kind=kind)
    by_kind = {}
    for row in Delivery.select():
        by_kind.setdefault(row.message.kind, set()).add(row.channel)
    assert by_kind == {"shift_offered": {"fcm"}, "sighting": {"fcm", "email"}}


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        ("sighting", "sightings"),
        ("receipt", "sightings"),
        ("shift_offered", "shifts"),
        ("shifts_expired", "shifts"),
        ("walk_ended", "shifts"),
        ("team", "team"),
        ("team_applied", "team"),
        ("whatever_else", "other"),
    ],
)
def test_every_kind_of_message_is_in_a_group(kind, group):
    assert group_of(kind) == group


def test_the_language_is_the_persons_else_the_devices(database, phones):
    person = uuid4()
    add_device(person, "fid-en", language="en")
    add_device(person, "fid-ko", language="ko")
    tell(person)
    deliver(phones)
    assert {push.address: push.said["title"] for push in phones.pushes} == {
        "fid-en": "You have a new message",
        "fid-ko": "새 알림이 있습니다",
    }
    prefer(person, language="en")
    tell(person)
    deliver(phones)
    assert phones.titles()[2:] == ["You have a new message"] * 2


def test_who_chose_nothing_has_what_the_city_decided(database):
    person = uuid4()
    assert chosen({person: CITY})[person] == Chosen()
    put_city_preference(CITY, zone="Asia/Seoul", usual=Notifications())
    usual = chosen({person: CITY})[person]
    assert (usual.zone, usual.quiet_from, usual.weekly_budget, usual.bundle_min) == ("Asia/Seoul", "23:00", 30, 5)
    put_city_preference(CITY, zone="Asia/Seoul", usual=Notifications(weekly_budget=0))
    assert chosen({person: CITY})[person].weekly_budget is None
    assert CityPreference.select().count() == 1


def test_a_choice_takes_the_place_of_the_one_before(database):
    person = uuid4()
    prefer(person, weekly_budget=5)
    prefer(person, language="en")
    assert Preference.select().count() == 1
    held = chosen({person: CITY})[person]
    assert (held.weekly_budget, held.language) == (None, "en")


def test_a_test_goes_to_the_devices_at_once_whatever_was_chosen(database, phones):
    person = someone_with_mail()
    add_device(person, "fid-1")
    add_device(uuid4(), "fid-2")
    prefer(person, quiet_from="00:00", quiet_until="23:59", weekly_budget=0, bundle_min=60)
    with transaction():
        enqueue_test(city=CITY, person=person, now=NOW)
    deliver(phones)
    assert [(push.address, push.said["title"]) for push in phones.pushes] == [("fid-1", "시험 알림")]
    assert states() == {"sent": 1}
