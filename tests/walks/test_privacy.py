"""Where somebody walks is theirs: kept so long, shown to nobody, gone with the consent."""

import json
from datetime import timedelta

import pytest

from patrol.people.models import AccessEntry
from patrol.places.models import City
from patrol.shifts.models import Shift
from patrol.walks.models import Position, Walk, WalkedBlock
from patrol.walks.operations import due
from tests.support.factories import (
    NOW,
    Time,
    bearer,
    client_of,
    consent_to,
    make_block,
    make_city,
    make_person,
    make_shift,
    make_team,
)
from tests.support.patrols import API, ask, at_once, go, inbox, north, send, start, started


@pytest.fixture
def patrol(database):
    time = Time()
    city = make_city()
    block = make_block(city)
    shift = make_shift(make_team(city), [block])
    client = client_of(database, clock=time)
    walk = started(client, shift)
    time.passes(minutes=5)
    assert send(client, shift.team.handler, walk, north()).json["blocks_walked"]
    return walk, shift.team.handler, client, time


def withdraw(client, person, kind="location"):
    return client.delete(f"{API}/me/consents/{kind}", headers=bearer(person))


def test_withdrawing_the_consent_to_location_ends_the_walk_and_deletes_its_track(patrol):
    walk, walker, client, _ = patrol
    assert withdraw(client, walker).status_code == 200
    row = Walk.get()
    assert (row.state, row.ended_by, row.forgotten) == ("ended", "consent", True)
    assert (row.last_lon, row.last_lat, row.last_at) == (None, None, None)
    assert not Position.select().exists()
    assert Shift.get().state == "walked"
    assert ask(client, walker, f"/walks/{walk}/track").status_code == 410


def test_what_was_walked_stays_when_the_track_goes(patrol):
    walk, walker, client, _ = patrol
    before = ask(client, walker, f"/walks/{walk}").json
    withdraw(client, walker)
    after = ask(client, walker, f"/walks/{walk}").json
    assert (after["blocks_walked"], after["distance_m"]) == (before["blocks_walked"], before["distance_m"])


def test_withdrawing_deletes_the_tracks_of_earlier_walks_too(patrol):
    walk, walker, client, _ = patrol
    go(client, walker, walk, "end", ended_at=(NOW + timedelta(minutes=4)).isoformat())
    withdraw(client, walker)
    assert not Position.select().exists()
    assert Walk.get().ended_by == "walker"


def test_withdrawing_leaves_the_tracks_of_others(patrol):
    _, walker, client, _ = patrol
    other = make_person(walker.city)
    consent_to(other)
    withdraw(client, other)
    assert Position.select().count() == 11


def test_withdrawing_another_consent_leaves_the_track(patrol):
    _, walker, client, _ = patrol
    consent_to(walker, "photo")
    withdraw(client, walker, "photo")
    assert Walk.get().state == "walking"
    assert Position.select().count() == 11


def test_after_withdrawing_no_position_is_taken_even_with_a_new_consent(patrol):
    walk, walker, client, time = patrol
    withdraw(client, walker)
    later = north(since=NOW + timedelta(minutes=2))
    assert send(client, walker, walk, later).status_code == 410
    time.passes(seconds=1)
    assert client.put(f"{API}/me/consents/location", headers=bearer(walker)).status_code == 200
    assert send(client, walker, walk, later).status_code == 410
    assert not Position.select().exists()


def test_a_batch_and_a_withdrawal_at_once_leave_no_position(patrol):
    walk, walker, client, _ = patrol
    app = client.application
    later = north(since=NOW + timedelta(minutes=2))
    sent, withdrawn = at_once(
        lambda: send(app.test_client(), walker, walk, later), lambda: withdraw(app.test_client(), walker)
    )
    assert withdrawn.status_code == 200
    assert sent.status_code in (200, 403, 410)
    assert not Position.select().exists()


def test_tracks_are_forgotten_after_the_policys_days_and_what_was_walked_stays(patrol):
    walk, walker, client, time = patrol
    go(client, walker, walk, "end", ended_at=(NOW + timedelta(minutes=4)).isoformat())
    city, ended_at = City.get(), NOW + timedelta(minutes=4)
    assert due.forget_tracks(city, before=ended_at) == 0
    assert due.forget_tracks(city, before=ended_at + timedelta(seconds=1)) == 1
    assert due.forget_tracks(city, before=ended_at + timedelta(days=1)) == 0
    assert not Position.select().exists()
    assert Walk.get().last_lon is None
    assert WalkedBlock.select().count() == 1
    assert ask(client, walker, f"/walks/{walk}/track").status_code == 410
    time.passes(minutes=1)
    assert send(client, walker, walk, north(steps=3)).status_code == 410


def test_a_walk_under_way_is_not_forgotten(patrol):
    assert due.forget_tracks(City.get(), before=NOW + timedelta(days=365)) == 0


def test_a_phone_that_is_silent_for_two_hours_has_ended_its_walk_where_it_was_last_seen(patrol):
    _, walker, _, _ = patrol
    heard = NOW + timedelta(minutes=5)
    assert due.end_silent(heard + timedelta(hours=2)) == 0
    assert due.end_silent(heard + timedelta(hours=2, seconds=1)) == 1
    assert due.end_silent(heard + timedelta(hours=3)) == 0
    row = Walk.get()
    assert (row.state, row.ended_by, row.ended_at) == ("ended", "silence", NOW + timedelta(seconds=100))
    assert Shift.get().state == "walked"
    assert [message.kind for message in inbox(walker) if message.kind == "walk_ended"] == ["walk_ended"]


def test_what_a_phone_sends_in_a_pause_is_not_the_walks_when_the_pause_never_ends(patrol):
    walk, walker, client, time = patrol
    go(client, walker, walk, "pause", at=(NOW + timedelta(seconds=60)).isoformat())
    send(client, walker, walk, north(since=NOW + timedelta(seconds=120)))
    time.passes(hours=3)
    assert due.end_silent(time()) == 1
    assert Walk.get().ended_at == NOW + timedelta(seconds=60)
    assert Walk.get().distance_m == pytest.approx(6 * 8.9, abs=0.1)
    assert Position.select().where(Position.at > NOW + timedelta(seconds=60)).count() == 0


def test_a_walk_lasts_six_hours_at_most_whenever_its_end_is_told(patrol):
    walk, walker, client, time = patrol
    time.passes(hours=12)
    answers = [go(client, walker, walk, "end", ended_at=(NOW + timedelta(hours=11)).isoformat()) for _ in range(2)]
    assert [(answer.status_code, answer.json["duration_s"]) for answer in answers] == [(200, 6 * 3600)] * 2


def test_a_phone_heard_of_again_has_the_last_word(patrol):
    walk, walker, client, time = patrol
    time.passes(hours=3)
    due.end_silent(time())
    send(client, walker, walk, north(since=NOW + timedelta(seconds=110), step_m=-8.9))
    assert Walk.get().ended_at == NOW + timedelta(seconds=210)
    ended_at = NOW + timedelta(minutes=30)
    answer = go(client, walker, walk, "end", ended_at=ended_at.isoformat())
    assert (answer.status_code, answer.json["ended_by"], answer.json["duration_s"]) == (200, "walker", 1800)


def test_a_walk_does_not_go_on_at_home_all_night(patrol):
    walk, walker, client, time = patrol
    for _ in range(6):
        time.passes(hours=1)
        send(client, walker, walk, north(since=time(), steps=1))
    assert due.end_silent(time()) == 1
    assert Walk.get().ended_at <= NOW + timedelta(hours=6)
    assert Position.select().where(Position.at > NOW + timedelta(hours=6)).count() == 0


@pytest.mark.parametrize("role", ["coordinator", "officer", "admin", "walker"])
def test_nobody_else_reads_a_track(patrol, role):
    walk, walker, client, _ = patrol
    assert ask(client, make_person(walker.city, role), f"/walks/{walk}/track").status_code in (403, 404)


def test_a_coordinator_reads_of_a_walk_no_position_and_no_length(patrol):
    walk, walker, client, _ = patrol
    coordinator = make_person(walker.city, "coordinator")
    for path in ("/walks", f"/walks/{walk}"):
        text = ask(client, coordinator, path).text
        assert "129.0" not in text
        assert walker.name not in text
    assert ask(client, coordinator, f"/walks/{walk}").json["distance_m"] is None


def test_a_coordinator_reads_the_last_place_for_a_purpose_and_is_logged(patrol):
    walk, walker, client, _ = patrol
    coordinator = make_person(walker.city, "coordinator")
    answer = ask(client, coordinator, "/walks/under-way?purpose=safety").json
    assert [item["id"] for item in answer["items"]] == [walk]
    assert answer["items"][0]["last"]["at"] == (NOW + timedelta(seconds=100)).isoformat()
    entry = AccessEntry.get()
    assert (entry.reader, entry.subject, entry.what) == (coordinator.id, walker.id, "last_position")
    assert entry.purpose == "safety"
    assert entry.request_id


@pytest.mark.parametrize("query", ["", "?purpose=", "?purpose=curiosity"])
def test_without_a_purpose_no_place_is_read(patrol, query):
    _, walker, client, _ = patrol
    answer = ask(client, make_person(walker.city, "coordinator"), f"/walks/under-way{query}")
    assert answer.status_code == 422
    assert not AccessEntry.select().exists()


@pytest.mark.parametrize("role", ["walker", "officer", "admin"])
def test_only_coordinators_read_last_places(patrol, role):
    _, walker, client, _ = patrol
    assert ask(client, make_person(walker.city, role), "/walks/under-way?purpose=safety").status_code == 403


def test_a_walk_that_has_ended_shows_no_last_place(patrol):
    walk, walker, client, _ = patrol
    go(client, walker, walk, "end", ended_at=(NOW + timedelta(minutes=4)).isoformat())
    coordinator = make_person(walker.city, "coordinator")
    assert ask(client, coordinator, "/walks/under-way?purpose=safety").json["items"] == []


def test_a_last_place_near_home_is_withheld_and_reading_it_is_no_read(database):
    city = make_city()
    shift = make_shift(make_team(city), [make_block(city)])
    client = client_of(database)
    walk = started(client, shift)
    door = {"at": NOW.isoformat(), "lon": shift.team.door_lon + 0.0003, "lat": shift.team.door_lat}
    send(client, shift.team.handler, walk, [door])
    answer = ask(client, make_person(city, "coordinator"), "/walks/under-way?purpose=safety")
    assert (answer.json["items"][0]["last"], answer.json["items"][0]["withheld"]) == (None, True)
    assert str(shift.team.door_lat)[:6] not in answer.text
    assert not AccessEntry.select().exists()


def test_a_walk_of_which_no_position_has_come_is_under_way_all_the_same(database):
    shift, client = make_shift(make_team(make_city())), client_of(database)
    walk = started(client, shift)
    answer = ask(client, make_person(shift.city, "coordinator"), "/walks/under-way?purpose=safety")
    assert [(item["id"], item["last"], item["withheld"]) for item in answer.json["items"]] == [(walk, None, False)]


def test_no_answer_about_a_walk_shows_the_door(patrol):
    walk, walker, client, _ = patrol
    answers = [ask(client, walker, path).json for path in ("/walks", f"/walks/{walk}", f"/walks/{walk}/track")]
    assert "door" not in json.dumps(answers)


def test_a_walk_without_location_consent_cannot_be_started_again(patrol):
    _, walker, client, _ = patrol
    withdraw(client, walker)
    team = Walk.get().team
    assert start(client, make_shift(team)).status_code == 403
