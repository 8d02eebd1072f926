"""A notice goes to teams that walk near a place, for some hours, and leaves nothing behind."""

from datetime import timedelta

import pytest

from notifications.models import Event, Message
from patrol.jobs import look_after_sightings
from patrol.notices.models import Notice
from patrol.notices.operations import issue, tell_nearby, withdraw
from patrol.retention import run
from patrol.walks.models import Position, Walk
from tests.support.databases import slowly_on_postgresql
from tests.support.factories import (
    LAT,
    LON,
    NOW,
    Time,
    bearer,
    client_of,
    make_block,
    make_city,
    make_person,
    make_shift,
    make_team,
)
from tests.support.patrols import API, ask, at_once, go, inbox, north, send, started

HOURS = timedelta(hours=3)


class Evening:
    """Teams that walk: one at the crossing, one two kilometres away; and an officer who writes."""

    def __init__(self, database):
        self.clock = Time()
        self.client = client_of(database, clock=self.clock)
        self.city = make_city()
        self.officer = make_person(self.city, "officer")
        self.near, self.far = self.walking(LON, LAT), self.walking(LON, LAT + 0.02)

    def walking(self, lon, lat):
        team = make_team(self.city)
        walk = started(self.client, make_shift(team))
        self.at(walk, lon, lat)
        return team.handler, walk

    def at(self, walk, lon, lat, when=None):
        Walk.update(last_lon=lon, last_lat=lat, last_at=when or self.clock()).where(Walk.id == walk).execute()

    def write(self, **given):
        content = {
            "kind": "missing_person",
            "words": {"ko": "빨간 외투를 입은 어르신", "en": "An elderly person in a red coat"},
            "lon": LON,
            "lat": LAT,
            "radius_m": 500,
            "expires_at": (self.clock() + HOURS).isoformat(),
            **given,
        }
        return self.client.post(f"{API}/notices", json=content, headers=bearer(self.officer))

    def seen_by(self, person):
        return [item["id"] for item in ask(self.client, person, "/notices").json["items"]]


@pytest.fixture
def evening(database):
    return Evening(database)


def told(person):
    return [message.urgent for message in inbox(person) if message.kind == "notice"]


def test_it_goes_at_once_to_teams_walking_within_the_radius_and_to_no_other(evening):
    written = evening.write()
    assert (written.status_code, written.json["told"]) == (201, 1)
    assert (told(evening.near[0]), told(evening.far[0])) == ([True], [])
    assert evening.seen_by(evening.near[0]) == [written.json["id"]]
    assert evening.seen_by(evening.far[0]) == []


@slowly_on_postgresql
def test_only_a_missing_person_is_urgent(evening):
    evening.write(kind="look_out")
    assert told(evening.near[0]) == [False]


@slowly_on_postgresql
def test_a_message_says_nothing_of_what_it_is_about(evening):
    evening.write()
    assert "red coat" not in str(inbox(evening.near[0])[-1].words)


@slowly_on_postgresql
def test_who_pauses_or_whose_position_is_old_or_who_has_ended_is_not_told(evening):
    walker, walk = evening.near
    go(evening.client, walker, walk, "pause", at=NOW.isoformat())
    other, stale = evening.far
    evening.at(stale, LON, LAT, NOW - timedelta(minutes=11))
    assert evening.write().json["told"] == 0
    assert told(walker) == told(other) == []


def test_whoever_begins_to_walk_there_later_is_told_once_and_before_it_ends(evening):
    evening.write()
    late = make_team(evening.city)
    walk = started(evening.client, make_shift(late))
    assert (tell_nearby(NOW), tell_nearby(NOW)) == (1, 0)  # by where the route begins
    send(evening.client, late.handler, walk, north())
    assert tell_nearby(NOW + timedelta(minutes=1)) == 0
    assert told(late.handler) == [True]
    assert Notice.get().told == 2
    too_late = make_team(evening.city)
    started(evening.client, make_shift(too_late))
    assert tell_nearby(NOW + HOURS) == 0


def test_whose_shift_leads_there_is_told_before_it_begins_and_no_earlier(evening):
    def due(**given):
        shift = make_shift(make_team(evening.city), **given)
        return shift.team.handler

    soon, later = due(starts_at=NOW + timedelta(minutes=30)), due(starts_at=NOW + timedelta(minutes=90))
    block = make_block(evening.city, [(LON + 0.02, LAT), (LON + 0.02, LAT + 0.001)])
    away = make_team(evening.city, door_lon=LON + 0.02)
    make_shift(away, [block], starts_at=NOW + timedelta(minutes=10))
    others = [
        away.handler,
        *(due(starts_at=NOW + timedelta(minutes=10), state=state) for state in ("offered", "declined")),
    ]
    too_late = due(starts_at=NOW + HOURS)
    assert evening.write().json["told"] == 2  # the team that walks there, and the one that soon will
    assert (told(soon), told(later)) == ([True], [])
    assert evening.seen_by(soon) == [str(Notice.get().id)]
    assert tell_nearby(NOW + timedelta(minutes=59)) == 0
    assert tell_nearby(NOW + timedelta(minutes=60)) == 1
    assert told(later) == [True]
    assert tell_nearby(NOW + timedelta(hours=2, minutes=59)) == 0
    assert [told(person) for person in (*others, too_late)] == [[]] * 4


def test_a_way_that_passes_within_the_radius_between_two_corners_leads_there(evening):
    block = make_block(evening.city, [(LON - 0.01, LAT + 0.03), (LON + 0.01, LAT + 0.03)])
    team = make_team(evening.city, door_lon=LON - 0.01, door_lat=LAT + 0.03)
    make_shift(team, [block], starts_at=NOW + timedelta(minutes=5))
    assert evening.write(lat=LAT + 0.0304, radius_m=50).json["told"] == 1
    assert told(team.handler) == [True]


def test_two_workers_at_once_tell_each_once(evening):
    evening.write(radius_m=100, lat=LAT + 0.03)
    evening.at(evening.near[1], LON, LAT + 0.03)
    look_after_sightings(NOW)
    assert sum(at_once(*[lambda: tell_nearby(NOW)] * 3)) >= 1
    assert told(evening.near[0]) == [True]
    assert Notice.get().told == 1


def test_withdrawn_it_goes_from_every_inbox_and_page(evening):
    notice = evening.write().json["id"]
    answer = evening.client.delete(f"{API}/notices/{notice}", headers=bearer(evening.officer))
    assert answer.status_code == 204
    assert told(evening.near[0]) == evening.seen_by(evening.near[0]) == evening.seen_by(evening.officer) == []
    assert tell_nearby(NOW) == 0
    assert Event.select().where((Event.person == evening.near[0].id) & (Event.kind == "notice")).count() == 1


@slowly_on_postgresql
def test_at_its_end_it_goes_from_every_inbox_and_page_and_after_some_days_altogether(evening):
    evening.write()
    evening.clock.passes(hours=3)
    near = evening.near[0]
    assert evening.seen_by(near) == evening.seen_by(evening.officer) == []
    assert "notice" not in [message["kind"] for message in ask(evening.client, near, "/inbox").json["items"]]
    run(NOW + timedelta(hours=5))
    assert (told(near), Notice.select().count()) == ([], 1)
    run(NOW + timedelta(days=8))
    assert Notice.select().count() == 0


@slowly_on_postgresql
def test_extended_it_stays_with_those_who_were_told(evening):
    notice = evening.write().json
    evening.clock.passes(hours=2)
    answer = evening.client.post(
        f"{API}/notices/{notice['id']}/extend",
        json={"expires_at": (NOW + timedelta(hours=6)).isoformat()},
        headers={**bearer(evening.officer), "If-Match": '"1"'},
    )
    assert (answer.status_code, answer.json["version"]) == (200, 2)
    evening.clock.passes(hours=2)
    assert evening.seen_by(evening.near[0]) == [notice["id"]]


@slowly_on_postgresql
def test_of_two_who_change_it_one_is_told_that_it_changed(evening):
    notice = evening.write().json["id"]
    headers = {**bearer(evening.officer), "If-Match": '"7"'}
    assert evening.client.delete(f"{API}/notices/{notice}", headers=headers).status_code == 412


@slowly_on_postgresql
@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"expires_at": (NOW + timedelta(hours=25)).isoformat()}, "/expires_at"),
        ({"expires_at": NOW.isoformat()}, "/expires_at"),
        ({"radius_m": 20}, "/radius_m"),
        ({"radius_m": 50_000}, "/radius_m"),
        ({"words": {}}, "/words"),
        ({"words": {"ko": "가" * 501}}, "/words/ko"),
        ({"kind": "gossip"}, "/kind"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_by_its_field(evening, given, pointer):
    answer = evening.write(**given)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert Notice.select().count() == 0


@slowly_on_postgresql
def test_another_officer_reads_it_but_does_not_change_it_and_a_coordinator_does(evening):
    notice = evening.write().json["id"]
    other, coordinator = make_person(evening.city, "officer"), make_person(evening.city, "coordinator")
    assert ask(evening.client, other, "/notices").json["items"][0]["may_change"] is False
    assert evening.client.delete(f"{API}/notices/{notice}", headers=bearer(other)).status_code == 404
    assert evening.client.delete(f"{API}/notices/{notice}", headers=bearer(coordinator)).status_code == 204


@slowly_on_postgresql
def test_walkers_learn_neither_how_many_were_told_nor_does_it_leave_a_trace_of_where_they_walked(evening):
    positions = Position.select().count()
    evening.write()
    assert ask(evening.client, evening.near[0], "/notices").json["items"][0]["told"] is None
    assert Position.select().count() == positions
    message = Message.get(Message.kind == "notice")
    assert message.expires_at == NOW + HOURS


def test_a_withdrawal_at_the_same_moment_leaves_nobody_with_it(evening):
    officer = evening.officer
    for _ in range(3):
        notice = issue(
            evening.city,
            by=officer.id,
            kind="look_out",
            words={"ko": "", "en": "A van"},
            lon=LON,
            lat=LAT + 0.03,
            radius_m=300,
            expires_at=NOW + HOURS,
            now=NOW,
        )
        evening.at(evening.near[1], LON, LAT + 0.03)
        at_once(lambda: tell_nearby(NOW), lambda notice=notice: withdraw(notice, expected=None, now=NOW))
        assert told(evening.near[0]) == []
        evening.at(evening.near[1], LON, LAT)
