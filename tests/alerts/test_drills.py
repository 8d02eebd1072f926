"""A reachability drill: called, passed on, answered, reported, and never taken for the real thing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from config.policy import dump
from notifications.addresses import put_address
from notifications.channels import Dead, Sent
from notifications.relay import relay
from patrol.alerts.models import Alert, Drill
from patrol.alerts.operations.drills import DrillUnderWay, escalate, start, start_scheduled
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.sightings.operations import escalating
from patrol.sightings.operations.due import route_unheard
from tests.support.databases import slowly_on_postgresql
from tests.support.factories import LON, NOW, Time, bearer, client_of, make_box, make_city, make_person
from tests.support.messages import add_device
from tests.support.patrols import API, ask, at_once, inbox, listed, stream

RUNG = timedelta(minutes=10)


class Town:
    def __init__(self, database):
        self.clock = Time()
        self.client = client_of(database, clock=self.clock)
        self.city = make_city()
        here, there = make_box(self.city), make_box(self.city, "There", lon=LON + 0.01, half=0.001)
        self.officer, self.neighbour = (make_person(self.city, "officer", box=box) for box in (here, there))
        self.coordinator = make_person(self.city, "coordinator")

    def begin(self):
        answer = self.client.post(f"{API}/drills", headers=bearer(self.coordinator))
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    def answer(self, person, drill):
        return self.client.post(f"{API}/drills/{drill}/acknowledge", headers=bearer(person))

    def passes(self, lapse):
        self.clock.at += lapse
        escalate(self.clock())

    def report(self, drill):
        lines = ask(self.client, self.coordinator, f"/drills/{drill}").json["boxes"]
        return {line["box"]: (line["state"], line["reached_by"], line["seconds"]) for line in lines}


@pytest.fixture
def town(database):
    return Town(database)


def test_the_report_says_who_was_reached_on_which_rung_and_how_fast(town):
    drill = town.begin()
    town.clock.passes(minutes=2)
    assert town.answer(town.officer, drill).json == {"answered": 1}
    town.passes(RUNG)
    assert town.answer(town.officer, drill).json == {"answered": 1}  # as the neighbour of the other box
    assert town.report(drill) == {"Seomyeon": ("reached", "first", 120), "There": ("reached", "neighbour", 720)}
    town.passes(timedelta(seconds=2))
    assert ask(town.client, town.coordinator, f"/drills/{drill}").json["ended_at"]


@slowly_on_postgresql
def test_with_nobody_answering_each_contact_is_called_once_and_the_boxes_are_unreachable(town):
    drill = town.begin()
    for _ in range(8):
        town.passes(RUNG)
    assert town.report(drill) == {"Seomyeon": ("unreached", None, None), "There": ("unreached", None, None)}
    assert [len(inbox(person)) for person in (town.officer, town.neighbour, town.coordinator)] == [2, 2, 1]
    assert ask(town.client, town.coordinator, f"/drills/{drill}").json["ended_at"]


@slowly_on_postgresql
def test_it_is_marked_as_exercise_everywhere_and_stands_in_no_real_queue(town):
    drill = town.begin()
    for message in inbox(town.officer):
        assert "[EXERCISE]" in message.words["en"]["title"]
        assert "[훈련]" in message.words["ko"]["title"]
        assert message.exercise
    assert [event["exercise"] for event in stream(town.officer, "message")] == [True]
    assert ask(town.client, town.officer, "/drills/waiting").json["items"][0]["status"] == "Exercise"
    assert listed(town.client, town.officer) == []
    file = ask(town.client, town.coordinator, f"/drills/{drill}/report.csv")
    assert [line.split(",")[:2] for line in file.text.lstrip("\ufeff").split()[1:]] == [
        ["Exercise", "Seomyeon"],
        ["Exercise", "There"],
    ]
    later = NOW + timedelta(hours=1)
    assert (escalating.escalate(later), route_unheard(later)) == (0, 0)


class Post:
    """A mail server that takes everything."""

    name = "email"

    def send(self, _message, _address):
        return Sent()


class Phone:
    """A push service that knows no device any more."""

    name = "fcm"

    def __init__(self):
        self.said = []

    def push(self, push):
        self.said.append(push.said["title"])
        return Dead("404", code="unregistered", unregistered=True)


@slowly_on_postgresql
def test_the_report_counts_by_each_channel_what_went_and_what_did_not(town):
    person, city = town.officer.id, town.city.id
    put_address(city=city, person=person, channel="email", value="officer@example.org", now=NOW)
    put_address(city=city, person=person, channel="sms", value="+821000000000", now=NOW)
    add_device(person, "fid-1", city=city)
    drill, phone = town.begin(), Phone()
    assert relay([Post(), phone], now=NOW, holder="test", jitter=lambda: 1.0) == 2
    assert phone.said == ["[훈련] 연락이 되나요?"]
    shown = ask(town.client, town.coordinator, f"/drills/{drill}").json["channels"]
    told = {row.pop("channel"): {state: number for state, number in row.items() if number} for row in shown}
    assert told == {
        "inbox": {"sent": 2},
        "email": {"sent": 1},
        "sms": {"waiting": 1},
        "fcm": {"failed": 1},
        "web_push": {},
    }


@slowly_on_postgresql
def test_a_box_without_officers_calls_the_next_contact_at_once(town):
    make_box(town.city, "Empty", lon=LON + 0.02, half=0.001)
    town.begin()
    escalate(NOW)
    assert len(inbox(town.neighbour)) == 2


@slowly_on_postgresql
def test_who_was_not_called_answers_for_nobody(town):
    drill = town.begin()
    assert town.answer(make_person(town.city, "officer"), drill).status_code == 404


def test_of_two_started_at_once_one_begins(town):
    def begin():
        try:
            return start(City.get_by_id(town.city.id), by=None, now=NOW)
        except DrillUnderWay:
            return None

    assert len([drill for drill in at_once(begin, begin) if drill]) == 1
    assert Drill.select().count() == 1


@slowly_on_postgresql
def test_policy_starts_one_a_month_in_the_citys_time_once_and_not_long_after(town):
    policy = policy_of(town.city)
    monthly = msgspec.structs.replace(policy, drill=msgspec.structs.replace(policy.drill, monthly_day=5))
    City.update(policy=dump(monthly)).where(City.id == town.city.id).execute()
    due = datetime(2026, 12, 5, 5, 0, tzinfo=UTC)  # 14:00 in Busan
    for moment, count in ((NOW, 0), (due - RUNG, 0), (due, 1), (due + RUNG, 1), (due + timedelta(days=40), 1)):
        start_scheduled(moment)
        assert Drill.select().count() == count
    assert Alert.select().where(Alert.exercise).count() == 2
    assert Drill.get().scheduled_for == due
    assert isinstance(Drill.get().id, UUID)
