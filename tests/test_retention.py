"""What is kept no longer goes by itself, kind by kind, and leaves a receipt."""

import json
from datetime import timedelta
from uuid import uuid4

import peewee
import pytest

from config.database import transaction
from notifications.models import Event, Message
from notifications.outbox import announce, enqueue
from patrol import retention
from patrol.http.replays import Replay
from patrol.people.models import AccessEntry, RetentionReceipt, Session, Throttle
from patrol.people.operations.audit import note_read
from patrol.people.operations.throttle import throttle
from patrol.places.models import City
from patrol.planning.models import PlanRoute
from patrol.shifts.models import Shift
from patrol.sightings.models import Sighting, SightingStep
from patrol.sightings.operations import answering
from patrol.teams.models import Dog, Team, TeamStep
from patrol.walks.models import Position, Walk, WalkedBlock
from tests.support.broken import refusing
from tests.support.factories import (
    LAT,
    LON,
    NOW,
    SESSION,
    bearer,
    client_of,
    make_city,
    make_person,
    make_shift,
    make_team,
    token_of,
)
from tests.support.patrols import go, north, reported, send, started
from tests.support.planning import a_finished_run, a_scene

HELLO = {language: {"title": "Hello", "body": "Good evening."} for language in ("ko", "en")}


def days(count):
    return timedelta(days=count)


def counts(now=NOW, **given):
    return {
        (removed.kind, removed.city and removed.city.slug): removed.count for removed in retention.run(now, **given)
    }


def receipts():
    return {(row.kind, row.city and row.city.slug, row.count, row.at) for row in RetentionReceipt.select()}


class TestRules:
    def test_the_access_log(self, city):
        reader, subject = make_person(city, "coordinator"), make_person(city)
        for age in (366, 364):
            note_read(
                city=city.id,
                reader=reader.id,
                subjects=[subject.id],
                what="team",
                purpose="safety",
                now=NOW - days(age),
            )
        assert counts() == {("access_log", "busan"): 1}
        assert AccessEntry.select().count() == 1

    def test_what_is_nobodys_but_the_installations(self, city):
        reader = make_person(city)
        throttle("key", most=5, every=timedelta(minutes=1), now=NOW - days(3))
        throttle("key", most=5, every=timedelta(minutes=1), now=NOW)
        for age in (3, 1):
            Replay.create(
                person=reader.id, key=f"{age}", digest="0" * 64, status=201, content={}, created_at=NOW - days(age)
            )
        for ended in (NOW - days(31), NOW - days(29)):
            token_of(reader, now=ended - SESSION.unseen)
        assert counts() == {("replayed_answers", None): 1, ("throttle_windows", None): 1, ("ended_sign_ins", None): 1}
        assert (Throttle.select().count(), Session.select().count()) == (1, 1)
        assert [replay.key for replay in Replay.select()] == ["1"]

    def test_messages_and_the_stream(self, city):
        person = make_person(city)
        for age, kind in ((181, "old"), (4, "recent"), (1, "new")):
            with transaction():
                enqueue(
                    city=city.id,
                    people=[person.id],
                    kind=kind,
                    words=HELLO,
                    link="",
                    subject=None,
                    urgent=False,
                    dedupe_key=kind,
                    now=NOW - days(age),
                    expires_at=NOW - days(1) if kind == "recent" else None,
                )
                announce(city=city.id, people=[person.id], kind="team", content={}, now=NOW - days(age))
        assert counts() == {("messages", "busan"): 1, ("stream_events", "busan"): 4, ("expired_messages", None): 1}
        assert [message.kind for message in Message.select()] == ["new"]
        assert Event.select().count() == 2

    def test_tracks_leave_the_blocks_that_they_covered(self, city, database):
        client, shift = client_of(database), make_shift(make_team(city))
        walk, walker = started(client, shift), shift.team.handler
        send(client, walker, walk, north())
        go(client, walker, walk, "end", ended_at=(NOW + timedelta(seconds=100)).isoformat())
        assert ("tracks", "busan") not in counts(NOW + days(30))
        assert ("tracks", "busan") in counts(NOW + days(31))
        assert (Position.select().count(), WalkedBlock.select().count()) == (0, 1)
        assert Walk.get().distance_m > 80

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_the_way_from_the_door_and_back_goes_from_shifts_and_plans(self, database):
        scene = a_scene(teams=2, blocks=6)
        run = a_finished_run(scene)
        shift = make_shift(make_team(scene.city), scene.blocks[:2])
        door = [shift.team.door_lon, shift.team.door_lat]
        assert door in shift.route["line"]
        client = client_of(database)
        coordinator = bearer(scene.coordinator)
        before = client.get(f"/api/v1/shifts/{shift.id}/route", headers=coordinator).json
        found = counts(NOW + days(31))
        assert found["shift_route_ends", "busan"] == 1
        assert found["plan_route_ends", "busan"] == 2
        for route in (Shift.get_by_id(shift.id).route, *(row.route for row in PlanRoute.select())):
            for end in [door, *([team.door_lon - 0.0005, team.door_lat] for team in scene.teams)]:
                assert json.dumps(end)[1:-1] not in json.dumps(route)
        after = client.get(f"/api/v1/shifts/{shift.id}/route", headers=coordinator).json
        assert after == before
        assert ("shift_route_ends", "busan") not in counts(NOW + days(32))
        assert PlanRoute.select().where(PlanRoute.run == run).count() == 2

    def test_a_sighting_is_coarsened_so_many_days_after_its_end(self, city, database):
        client, walker = client_of(database), make_person(city)
        officer = make_person(city, "officer")
        done, still_open = (
            Sighting.get_by_id(reported(client, walker, text="My door is 7", lat=lat)) for lat in (LAT + 0.002, LAT)
        )
        answering.acknowledge(done, by=officer.id, by_role="officer", now=NOW)
        answering.resolve(
            done, outcome="fixed", note="Rang at 7", by=officer.id, by_role="officer", expected=None, now=NOW + days(1)
        )
        assert ("sightings", "busan") not in counts(NOW + days(91))
        assert counts(NOW + days(92))["sightings", "busan"] == 1
        coarse, kept = Sighting.get_by_id(done.id), Sighting.get_by_id(still_open.id)
        assert (coarse.text, coarse.coarsened_at) == ("", NOW + days(92))
        assert 0 < abs(coarse.lon - LON) < 0.003
        assert 0 < abs(coarse.lat - LAT) < 0.003
        assert {step.note for step in SightingStep.select().where(SightingStep.sighting == done)} == {""}
        assert (kept.text, kept.lon, kept.lat) == ("My door is 7", LON, LAT)
        again = client.post(f"/api/v1/sightings/{done.id}/reopen", json={"reason": "No."}, headers=bearer(walker))
        assert (again.status_code, again.json["type"]) == (410, "/problems/coarsened")

    def test_an_application_that_came_to_nothing_and_a_team_that_retired(self, city):
        stalled, fresh, retired, active = (
            make_team(city, state=state, created_at=NOW - days(400))
            for state in ("failed", "applied", "retired", "active")
        )
        for team, age in ((stalled, 181), (fresh, 179), (retired, 366), (active, 400)):
            TeamStep.create(city=city, team=team, action="edit", state=team.state, note="Private", at=NOW - days(age))
        assert counts() == {("applications", "busan"): 1, ("retired_teams", "busan"): 1}
        assert {team.id for team in Team.select().where(Team.name.startswith("Sample"))} == {fresh.id, active.id}
        assert Dog.select().count() == TeamStep.select().count() == 2
        assert ("retired_teams", "busan") not in counts(NOW + days(3000))

    def test_a_forgotten_teams_walks_still_count_and_its_code_never_comes_again(self, city, database):
        client, shift = client_of(database), make_shift(make_team(city))
        walk, team = started(client, shift), shift.team
        send(client, team.handler, walk, north())
        go(client, team.handler, walk, "end", ended_at=(NOW + timedelta(seconds=100)).isoformat())
        Team.update(state="retired").where(Team.id == team.id).execute()
        counts(NOW + days(366))
        left = Walk.get_by_id(walk)
        assert (left.team_id != team.id, left.team.code) == (True, team.code)
        assert (left.ended_at - left.started_at, left.distance_m > 80) == (timedelta(seconds=100), True)
        assert left.started_at.minute == 0
        assert WalkedBlock.select().where(WalkedBlock.walk == walk).count() == 1
        assert Team.get_or_none(Team.id == team.id) is None


@pytest.mark.usefixtures("database")
class TestReceipts:
    def test_each_run_that_removed_something_leaves_one_and_a_second_run_none(self):
        throttle("key", most=5, every=timedelta(minutes=1), now=NOW - days(3))
        retention.run(NOW)
        assert receipts() == {("throttle_windows", None, 1, NOW)}
        retention.run(NOW)
        assert RetentionReceipt.select().count() == 1

    def test_a_dry_run_says_what_would_go_and_leaves_all_as_it_is(self, city):
        throttle("key", most=5, every=timedelta(minutes=1), now=NOW - days(3))
        team = make_team(city, state="failed", created_at=NOW - days(400))
        would = counts(dry_run=True)
        assert would == {("applications", "busan"): 1, ("throttle_windows", None): 1}
        assert (Throttle.select().count(), RetentionReceipt.select().count()) == (1, 0)
        assert Team.get_by_id(team.id).state == "failed"
        assert counts() == would

    @pytest.mark.parametrize(("action", "table"), [("DELETE", "throttle"), ("INSERT", "retention_receipt")])
    def test_a_removal_and_its_receipt_go_together_and_a_failure_is_raised(self, action, table):
        throttle("key", most=5, every=timedelta(minutes=1), now=NOW - days(3))
        with refusing(table, action=action), pytest.raises(peewee.IntegrityError):
            retention.run(NOW)
        assert (Throttle.select().count(), RetentionReceipt.select().count()) == (1, 0)

    def test_one_citys_policy_is_not_anothers(self, city):
        other = make_city("Ulsan")
        for where in (city, other):
            Message.create(
                city=where.id, person=uuid4(), kind="x", words=HELLO, dedupe_key="x", created_at=NOW - days(181)
            )
        content = {**other.policy, "retention": {**other.policy["retention"], "messages_days": 365}}
        type(other).update(policy=content).where(type(other).id == other.id).execute()
        assert counts() == {("messages", "busan"): 1}

    def test_admins_read_the_receipts_of_their_city_and_of_the_installation(self, database):
        city, other = make_city(), make_city("Ulsan")
        for where in (city, other):
            Message.create(
                city=where.id, person=uuid4(), kind="x", words=HELLO, dedupe_key="x", created_at=NOW - days(181)
            )
        throttle("key", most=5, every=timedelta(minutes=1), now=NOW - days(3))
        retention.run(NOW)
        client, admin = client_of(database), make_person(city, "admin")
        found = client.get("/api/v1/retention-receipts", headers=bearer(admin)).json["items"]
        assert {(row["kind"], row["count"], row["whole_installation"]) for row in found} == {
            ("messages", 1, False),
            ("throttle_windows", 1, True),
        }
        assert client.get("/api/v1/retention-receipts", headers=bearer(make_person(city))).status_code == 403


def test_a_city_whose_policy_cannot_be_read_holds_up_no_other(database):
    city = make_city()
    City.update(policy={"name": "Broken"}).where(City.id == make_city("Ulsan").id).execute()
    throttle("somebody", most=1, every=timedelta(hours=1), now=NOW - timedelta(days=30))
    note_read(
        city=city.id, reader=uuid4(), subjects=[uuid4()], what="team", purpose="roster", now=NOW - timedelta(days=800)
    )
    assert {removed.kind for removed in retention.run(NOW)} >= {"throttle_windows", "access_log"}
