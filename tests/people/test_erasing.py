"""An account is erased: by whom, with what left for the city, and with every door shut behind it."""

import functools
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from app import ON_PERSON_ERASED, effects_of
from config.policy import read_policy, shipped
from notifications.channels.files import write_whole
from patrol.http.replays import Replay
from patrol.people.models import AccessEntry, Person, Session
from patrol.people.operations import personal, renewing
from patrol.people.operations.erasing import erase
from patrol.people.operations.passwords import digest
from patrol.people.operations.staffing import LastAdmin
from patrol.places.models import City
from patrol.planning.models import PlanRun
from patrol.shifts.models import Shift
from patrol.sightings.models import Sighting
from patrol.sightings.operations import answering
from patrol.teams.models import Team
from patrol.walks.models import Position, Walk, WalkedBlock
from tests.support.factories import (
    LAT,
    LON,
    NOW,
    bearer,
    consent_to,
    make_box,
    make_city,
    make_district,
    make_duty,
    make_person,
    make_shift,
    make_team,
    settings_of,
)
from tests.support.patrols import act, ask, at_once, go, north, reported, seen, send, started
from tests.support.planning import a_finished_run, a_scene
from tests.support.screening import make_day, put_on

API = "/api/v1"
PASSWORD = "a sample password"


@pytest.fixture
def walker(city):
    person = make_person(city, password_hash=digest(PASSWORD, cost=(1, 8, 1)))
    consent_to(person)
    return make_team(city, person).handler


def gone(person):
    return Person.get_or_none(Person.id == person.id) is None


def leave(client, person, password=PASSWORD):
    return client.delete(f"{API}/me", json={"password": password}, headers=bearer(person))


def erased(person):
    erase(person.id, effects=ON_PERSON_ERASED, now=NOW)


class TestWhoMay:
    def test_oneself_with_the_password(self, client, walker):
        headers = bearer(walker)
        assert client.delete(f"{API}/me", json={"password": PASSWORD}, headers=headers).status_code == 204
        assert gone(walker)
        assert Session.select().where(Session.person == walker.id).count() == 0
        assert client.get(f"{API}/me", headers=headers).status_code == 401

    def test_not_whoever_found_the_phone(self, client, walker):
        answer = leave(client, walker, "another password")
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/wrong-password")
        for _ in range(renewing.TRIES):
            answer = leave(client, walker, "another password")
        assert answer.status_code == 429
        assert leave(client, walker).status_code == 429
        assert not gone(walker)

    def test_an_admin_for_a_stated_reason_which_is_logged(self, client, city, walker):
        admin = make_person(city, "admin")
        path = f"{API}/people/{walker.id}/erasure"
        for unfit in ({}, {"reason": f"A letter of {walker.name}, 3 November."}):
            refused = client.post(path, json=unfit, headers=bearer(admin))
            assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/reason")
        answer = client.post(path, json={"reason": "deceased"}, headers=bearer(admin))
        assert answer.status_code == 204
        (entry,) = AccessEntry.select()
        assert (entry.reader, entry.subject, entry.what) == (admin.id, walker.id, "erasure")
        assert (entry.purpose, entry.reader_role) == ("deceased", "admin")
        assert client.post(path, json={"reason": "request"}, headers=bearer(admin)).status_code == 404

    def test_a_coordinator_for_handlers_in_their_charge_who_are_no_staff(self, client, city):
        here, there = make_district(city), make_district(city, "26350", "Elsewhere", lon=129.16)
        coordinator = make_person(city, "coordinator", district=here)
        mine, other = make_team(city, district=here), make_team(city, district=there)
        staff = make_team(city, make_person(city, "walker", "officer"), district=here)

        def erasure(team, by):
            path = f"{API}/teams/{team.id}/handler-erasure"
            return client.post(path, json={"reason": "request"}, headers=bearer(by)).status_code

        found = [erasure(team, coordinator) for team in (mine, other, staff)]
        assert found == [204, 404, 409]
        assert [gone(team.handler) for team in (mine, other, staff)] == [True, False, False]
        assert erasure(staff, make_person(city, "admin")) == 204

    def test_the_last_admin_stays(self, client, city):
        first, second = (make_person(city, "admin", password_hash=digest(PASSWORD, cost=(1, 8, 1))) for _ in range(2))
        make_person(city, "admin", state="disabled")
        assert leave(client, first).status_code == 204
        answer = leave(client, second)
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/last-admin")
        with pytest.raises(LastAdmin):
            erased(second)

    def test_of_two_last_admins_who_leave_at_once_one_stays(self, city):
        admins = [make_person(city, "admin") for _ in range(2)]
        refused = []

        def go_away(admin):
            try:
                erased(admin)
            except LastAdmin:
                refused.append(admin)

        at_once(*(lambda admin=admin: go_away(admin) for admin in admins))
        assert (len(refused), [gone(admin) for admin in admins].count(True)) == (1, 1)


class TestWhatStays:
    def test_walks_count_on_with_their_minutes_and_blocks_and_are_nobodys(self, client, city, walker):
        shift = make_shift(Team.get(Team.handler == walker))
        walk = started(client, shift)
        send(client, walker, walk, north())
        go(client, walker, walk, "end", ended_at=(NOW + timedelta(seconds=100)).isoformat())
        length = Walk.get_by_id(walk).distance_m
        door = shift.route["line"][0]
        erased(walker)
        left, shift = Walk.get_by_id(walk), Shift.get_by_id(shift.id)
        assert (left.ended_at - left.started_at, left.distance_m) == (timedelta(seconds=100), length)
        assert (WalkedBlock.select().count(), Position.select().count()) == (1, 0)
        assert (shift.state, left.team_id == shift.team_id, door in shift.route["line"]) == ("walked", True, False)
        coordinator = make_person(city, "coordinator")
        (left_as,) = ask(client, coordinator, "/walks").json["items"]
        assert (left_as["id"], left_as["team"]["name"]) == (walk, "지운 계정 · Erased accounts")
        assert ask(client, coordinator, f"/shifts/{shift.id}/route").status_code == 200

    def test_the_walks_of_two_erased_people_cannot_be_told_apart(self, client, city):
        walks = []
        for _ in range(2):
            shift = make_shift(make_team(city))
            walks.append(started(client, shift))
            erased(shift.team.handler)
        assert len({Walk.get_by_id(walk).team_id for walk in walks}) == 1

    def test_the_account_that_stands_for_them_is_nobodys_to_erase(self, client, city, walker):
        started(client, make_shift(Team.get(Team.handler == walker)))
        erased(walker)
        nobody, admin = Team.get(Team.name == "지운 계정 · Erased accounts"), make_person(city, "admin")
        for path in (f"/people/{nobody.handler_id}/erasure", f"/teams/{nobody.id}/handler-erasure"):
            answer = client.post(f"{API}{path}", json={"reason": "request"}, headers=bearer(admin))
            assert answer.status_code == 404
        assert (Walk.select().where(Walk.team == nobody).count(), AccessEntry.select().count()) == (1, 0)

    def test_a_walk_under_way_ends_and_what_was_not_begun_is_gone(self, client, walker):
        team = Team.get(Team.handler == walker)
        walk, waiting = started(client, make_shift(team)), make_shift(team, starts_at=NOW + timedelta(days=1))
        erased(walker)
        assert Walk.get_by_id(walk).state == "ended"
        assert Shift.get_or_none(Shift.id == waiting.id) is None

    def test_an_open_sighting_is_answered_on_and_a_resolved_one_is_coarse(self, client, city, walker):
        officer = make_person(city, "officer", box=make_box(city))
        walker.name = "Sample Reporter"
        walker.save()
        text = f"Glass on the road. {walker.name}, 0{walker.phone[3:5]}-{walker.phone[5:9]} {walker.phone[9:]}"
        still_open, done = (Sighting.get_by_id(reported(client, walker, text=text, kind=kind)) for kind in ("P1", "P3"))
        answering.acknowledge(done, by=officer.id, by_role="officer", now=NOW)
        answering.resolve(
            done, outcome="fixed", note="Swept.", by=officer.id, by_role="officer", expected=None, now=NOW
        )
        erased(walker)
        found = ask(client, officer, f"/sightings/{still_open.id}").json
        assert (found["lon"], found["lat"], found["coarsened"]) == (LON, LAT, False)
        assert found["text"].startswith("Glass on the road.")
        assert [part for part in (walker.name, walker.phone[5:9], walker.phone[9:]) if part in found["text"]] == []
        coarse = Sighting.get_by_id(done.id)
        assert (coarse.text, coarse.reporter_id, coarse.kind) == ("", None, "P3")
        assert (coarse.lon, coarse.lat) != (LON, LAT)
        assert client.post(f"{API}/sightings/{still_open.id}/acknowledge", headers=bearer(officer)).status_code == 200

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_nor_does_the_direction_or_what_officers_noted_name_them(self, client, city, walker):
        officer = make_person(city, "officer", box=make_box(city))
        number = f"0{walker.phone[3:5]}-{walker.phone[5:9]}-{walker.phone[9:]}"
        sighting = reported(client, walker, direction=f"towards {walker.name}'s")
        act(client, officer, sighting, "acknowledge")
        done = {"outcome": "fixed", "note": f"Rang {walker.name}, {number}."}
        assert act(client, officer, sighting, "resolve", **done).status_code == 200
        assert act(client, walker, sighting, "reopen", reason="Still there.").status_code == 200
        erased(walker)
        found = ask(client, officer, f"/sightings/{sighting}").text
        assert "Rang" in found
        assert [told for told in (walker.name, number) if told in found] == []

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_a_plan_that_had_the_team_is_still_read_and_published(self, client):
        scene = a_scene(teams=2, blocks=6)
        run = a_finished_run(scene)
        erased(scene.teams[0].handler)
        for path in ("", "/routes"):
            assert ask(client, scene.coordinator, f"/plan-runs/{run.id}{path}").status_code == 200
        headers = bearer(scene.coordinator)
        assert client.post(f"{API}/plan-runs/{run.id}/publish", headers=headers).status_code == 200
        assert PlanRun.get_by_id(run.id).state == "published"

    @pytest.mark.parametrize("codes", [("T-0001", "T-0002"), ("T-9999", "T-10000")])
    def test_phone_and_code_are_free_or_never_come_again(self, city, codes):
        for code in codes:
            team = make_team(city, code=code)
            phone = team.handler.phone
            erased(team.handler)
            make_person(city, phone=phone)
            assert Team.select().where(Team.code == code).get().name == "지운 계정 · Erased accounts"


def test_an_examiners_kept_answer_about_the_dogs_is_gone(client, city, walker):
    day = make_day(city)
    team = Team.get(Team.handler == walker)
    put_on(day.day, team)
    headers = bearer(day.examiners[0]) | {"Idempotency-Key": "once"}
    path = f"{API}/screening-days/{day.day.id}/candidates/1/check-in"
    assert client.post(path, headers=headers).json["dogs"] == ["Bori"]
    assert Replay.select().count() == 1
    erased(walker)
    assert Replay.select().count() == 0


def test_a_message_to_others_that_names_the_team_is_gone(client, city, database):
    coordinator = make_person(city, "coordinator")
    walker = make_person(city)
    for kind in ("service", "location"):
        client.put(f"{API}/me/consents/{kind}", headers=bearer(walker))
    dog = {"name": "Bori", "registration_no": "410000000000123", "breed": "Jindo", "born_on": "2022-05-01"}
    asked = {"name": "Unmistakable", "door": {"lon": LON, "lat": LAT}, "dogs": [{**dog, "weight_kg": 12}]}
    key = {"Idempotency-Key": "once"}
    assert client.post(f"{API}/teams", json=asked, headers=bearer(walker) | key).status_code == 201
    assert "Unmistakable" in ask(client, coordinator, "/inbox").text
    erased(walker)
    assert "Unmistakable" not in ask(client, coordinator, "/inbox").text


def test_while_somebody_is_erased_what_they_send_is_theirs_no_more_or_refused(client, walker):
    headers, sighting = bearer(walker), uuid4()
    answer, _ = at_once(
        lambda: client.put(f"{API}/sightings/{sighting}", json=seen(), headers=headers), lambda: erased(walker)
    )
    assert (answer.status_code, Sighting.select().count()) in ((201, 1), (401, 0), (404, 0))
    assert Sighting.select().where(Sighting.reporter.is_null(is_null=False)).count() == 0


def test_the_policy_of_every_city_says_how_wide_a_rounded_place_is():
    for name in ("busan", "generic"):
        assert read_policy(shipped(name)).retention.sightings_grid_m >= 50


def test_a_city_that_stands_alone_is_not_touched(city, walker):
    other = make_team(make_city("Ulsan"))
    duty = make_duty(other.handler, "child_protection")
    erased(walker)
    assert Team.get_by_id(other.id).handler_id == other.handler_id
    assert type(duty).get_by_id(duty.id).person_id == other.handler_id
    assert City.select().count() == 2


def test_codes_that_wait_in_files_are_removed_and_others_stay(city, walker, tmp_path):
    other = make_person(city)
    for person in (walker, other):
        write_whole(tmp_path / f"{person.id}.json", json.dumps({"to": person.phone, "body": "123456"}))
    files = functools.partial(personal.erase_codes, folder=tmp_path)
    erase(walker.id, effects=(files, *ON_PERSON_ERASED), now=NOW)
    assert [path.stem for path in tmp_path.iterdir()] == [str(other.id)]


def test_the_installations_folders_of_codes_are_among_what_is_gone_through(database, tmp_path):
    settings = settings_of(database, var=str(tmp_path), sms=f"files:{tmp_path / 'sms'}")
    folders = {effect.keywords["folder"] for effect in effects_of(settings)["on_person_erased"] if is_files(effect)}
    assert folders == {tmp_path / "codes", tmp_path / "sms"}


def is_files(effect):
    return getattr(effect, "func", None) is personal.erase_codes
