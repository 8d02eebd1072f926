"""A screening day over HTTP: made, filled, marked by several examiners, closed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.models import Message
from patrol.teams.models import Candidate, Mark, PracticalTest, ScreeningDay, Team
from patrol.teams.operations.standing import change
from tests.support.factories import NOW, bearer, client_of, make_duty, make_person, make_team
from tests.support.screening import BEGINS, RUBRIC, STATIONS, candidate, make_day, make_examiner, put_on

PLAN = {
    "begins_at": BEGINS.isoformat(),
    "place": "Citizens' Park",
    "capacity": 10,
    "slot_min": 10,
    "slot_size": 2,
    "stations": [{"name": name, "items": list(items)} for name, items in STATIONS],
}


@pytest.fixture
def call(database):
    """call("post", path, person, content) → answer."""
    client = client_of(database)

    def send(method, path, person, content=None, **headers):
        given = {} if content is None else {"json": content}
        return getattr(client, method)(f"/api/v1{path}", headers=bearer(person) | headers, **given)

    return send


@pytest.fixture
def at(city):
    """A day with three candidates and two examiners, the first of them its lead."""
    return make_day(city, candidates=3)


def pointers(answer):
    return [error["pointer"] for error in answer.json["errors"]]


def points(call, at, examiner, number, item, value, *, mark=None, **more):  # noqa: PLR0917 - reads as it is said
    content = {"number": number, "item": item, "points": value, "made_at": NOW.isoformat(), **more}
    return call("put", f"/screening-days/{at.day.id}/marks/{mark or uuid4()}", examiner, content)


def whole_sheet(call, at, number, *, examiner=None, **changed):
    for item, most in RUBRIC.items():
        points(call, at, examiner or at.examiners[0], number, item, changed.get(item, most))


def close(call, at):
    return call("post", f"/screening-days/{at.day.id}/close", at.coordinator).json


def test_a_day_is_made_with_stations_and_examiners(call, city):
    coordinator, examiner = make_person(city, "coordinator"), make_examiner(city)
    answer = call(
        "post", "/screening-days", coordinator, PLAN | {"examiners": [str(examiner.id)], "lead": str(examiner.id)}
    )
    assert answer.status_code == 201
    assert [station["name"] for station in answer.json["stations"]] == ["Lawn", "Street", "Hall"]
    assert (answer.json["lead"], answer.json["rubric"]) == (str(examiner.id), RUBRIC)
    assert answer.json["progress"]["candidates"] == 0


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"begins_at": NOW.isoformat()}, "/begins_at"),
        ({"stations": PLAN["stations"][:2]}, "/stations"),
        ({"stations": [*PLAN["stations"], {"name": "Twice", "items": ["heel"]}]}, "/stations/3/items"),
        ({"stations": [{"name": "Odd", "items": ["tricks"]}]}, "/stations/0/items"),
        ({"capacity": 0}, "/capacity"),
        ({"examiners": [str(uuid4())]}, "/examiners/0"),
        ({"lead": str(uuid4())}, "/lead"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_day_that_cannot_be_is_refused_at_the_field(call, city, change, pointer):
    answer = call("post", "/screening-days", make_person(city, "coordinator"), PLAN | change)
    assert (answer.status_code, pointers(answer)) == (422, [pointer])
    assert not ScreeningDay.select().exists()


def test_teams_are_put_on_a_day_in_bulk_with_numbers_and_times_in_slots(call, city):
    at = make_day(city, capacity=7)
    teams = [make_team(city, state="documents_ok") for _ in range(7)]
    path = f"/screening-days/{at.day.id}/candidates"
    first = call("post", path, at.coordinator, {"teams": [str(team.id) for team in teams[:6]]}).json["results"]
    assert [each["number"] for each in first] == [1, 2, 3, 4, 5, 6]
    assert [each["slot_at"] for each in first] == [
        (BEGINS + timedelta(minutes=10 * (n // 5))).isoformat() for n in range(6)
    ]
    assert {Team.get_by_id(team.id).state for team in teams[:6]} == {"test_booked"}
    told = Message.get(Message.person == teams[1].handler_id).words["en"]["body"]
    assert told == "Practical test: 2026-11-13 19:30 · Citizens' Park · 2"


def test_who_cannot_be_put_on_a_day_is_named_and_stops_no_other(call, city):
    at = make_day(city, capacity=2)
    fit, active, last, late = (
        make_team(city, state=state) for state in ("documents_ok", "active", "documents_ok", "documents_ok")
    )
    asked = [uuid4(), active.id, fit.id, last.id, late.id]
    path = f"/screening-days/{at.day.id}/candidates"
    results = call("post", path, at.coordinator, {"teams": [str(team) for team in asked]}).json["results"]
    said = [each["problem"]["type"] if each["problem"] else each["number"] for each in results]
    assert said == ["/problems/not-found", "/problems/team-state", 1, 2, "/problems/day-full"]
    again = call("post", path, at.coordinator, {"teams": [str(fit.id)]}).json["results"]
    assert [each["number"] for each in again] == [1]
    assert Team.get_by_id(late.id).state == "documents_ok"


def test_those_who_have_waited_longest_come_first_and_who_may_not_yet_is_left_out(call, city):
    at = make_day(city)
    teams = [
        make_team(city, state=state, waiting_since=NOW - timedelta(days=days))
        for state, days in (("documents_ok", 1), ("failed", 9), ("documents_ok", 5), ("applied", 30), ("failed", 20))
    ]
    for team, days in ((teams[1], 1), (teams[4], 20)):
        PracticalTest.create(
            city=city, team=team, attempt=1, state="failed", booked_for=NOW, scored_at=NOW - timedelta(days=days)
        )
    results = call("post", f"/screening-days/{at.day.id}/candidates", at.coordinator, {"next": 2}).json["results"]
    assert [each["code"] for each in results] == [teams[4].code, teams[2].code]


def test_six_examiners_see_a_candidate_grow(call, at):
    checked = call("post", f"/screening-days/{at.day.id}/candidates/2/check-in", at.examiners[1]).json
    assert (checked["checked_in_at"], checked["total"]) == (NOW.isoformat(), 0)
    points(call, at, at.examiners[0], 2, "heel", 20)
    answer = points(call, at, at.examiners[1], 2, "people", 15)
    assert answer.status_code == 200
    assert (answer.json["scores"], answer.json["total"]) == ({"heel": 20, "people": 15}, 35)
    assert answer.json["missing"] == ["wait_and_recall", "other_dogs", "objects_and_noise"]
    listed = call("get", f"/screening-days/{at.day.id}/candidates", at.examiners[0]).json["items"]
    assert [(each["number"], each["total"]) for each in listed] == [(1, 0), (2, 35), (3, 0)]


def test_a_mark_sent_again_is_the_same_and_its_id_takes_no_other_content(call, at):
    mark = uuid4()
    for _ in range(3):
        assert points(call, at, at.examiners[0], 1, "heel", 20, mark=mark).json["marks"] == 1
    for number, item, value, examiner in (
        (1, "heel", 21, at.examiners[0]),
        (1, "people", 20, at.examiners[0]),
        (2, "heel", 20, at.examiners[0]),
        (1, "heel", 20, at.examiners[1]),
    ):
        answer = points(call, at, examiner, number, item, value, mark=mark)
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/mark-taken")
    assert Mark.select().count() == 1


def test_differing_marks_are_kept_and_the_lead_settles_them(call, at):
    lead, other = at.examiners
    first = uuid4()
    points(call, at, lead, 1, "heel", 20, mark=first)
    assert points(call, at, other, 1, "heel", 12).json["differing"] == ["heel"]
    (found,) = call("get", f"/screening-days/{at.day.id}/differing", lead).json["items"]
    assert (found["number"], found["item"], found["stands"]) == (1, "heel", 20)
    assert [(mark["points"], mark["examiner"]) for mark in found["marks"]] == [(20, lead.name), (12, other.name)]
    path = f"/screening-days/{at.day.id}/candidates/1/settlements"
    assert call("post", path, other, {"item": "heel", "points": 0}).status_code == 404
    settled = call("post", path, lead, {"item": "heel", "points": 16, "note": "Between the two"}).json
    assert (settled["scores"], settled["differing"], settled["marks"]) == ({"heel": 16}, [], 3)
    assert call("get", f"/screening-days/{at.day.id}/differing", lead).json["items"] == []


def test_an_examiner_puts_their_own_mark_right_and_nobody_elses(call, at):
    mine = uuid4()
    points(call, at, at.examiners[0], 1, "heel", 2, mark=mine)
    assert points(call, at, at.examiners[1], 1, "heel", 22, replaces=str(mine)).json["scores"] == {"heel": 2}
    right = points(call, at, at.examiners[0], 1, "heel", 22, replaces=str(mine)).json
    assert (right["scores"], right["differing"]) == ({"heel": 22}, [])


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({"item": "tricks"}, "/item"),
        ({"points": 26}, "/points"),
        ({"points": -1}, "/points"),
        ({"points": 1.5}, "/points"),
        ({"made_at": "2026-11-06T10:00:00"}, "/made_at"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_mark_that_the_rubric_does_not_allow_is_refused_at_the_field(call, at, content, pointer):
    given = {"number": 1, "item": "heel", "points": 20, "made_at": NOW.isoformat()} | content
    answer = call("put", f"/screening-days/{at.day.id}/marks/{uuid4()}", at.examiners[0], given)
    assert (answer.status_code, pointers(answer)) == (422, [pointer])
    assert candidate(at.day, 1).marks == 0


def test_a_number_that_nobody_has_is_not_there(call, at):
    assert points(call, at, at.examiners[0], 4, "heel", 20).status_code == 404


def fault(call, at, examiner, number, what="bite"):
    content = {"number": number, "fault": what, "made_at": NOW.isoformat()}
    return call("put", f"/screening-days/{at.day.id}/faults/{uuid4()}", examiner, content)


def test_any_examiner_notes_a_bite_which_ends_the_test_and_the_lead_may_take_it_back(call, at):
    assert fault(call, at, at.examiners[1], 1).json["fault"] == "bite"
    lift = f"/screening-days/{at.day.id}/candidates/1/lift"
    assert call("post", lift, at.examiners[1], {"note": "The wrong number"}).status_code == 404
    assert call("post", lift, at.examiners[0], {"note": "The wrong number"}).json["fault"] is None
    fault(call, at, at.examiners[1], 1, "lunge")
    assert close(call, at)["failed"] == 1
    test = PracticalTest.get_by_id(candidate(at.day, 1).test_id)
    assert (test.state, test.failed_at_once) == ("failed", "lunge")
    assert pointers(fault(call, at, at.examiners[1], 2, "yawn")) == ["/fault"]


def test_closing_decides_who_can_be_lists_who_lacks_something_and_sends_back_who_did_not_come(call, city):
    at = make_day(city, candidates=6)
    whole_sheet(call, at, 1)
    whole_sheet(call, at, 2, heel=0, people=0)
    points(call, at, at.examiners[0], 3, "heel", 20)
    whole_sheet(call, at, 4)
    points(call, at, at.examiners[1], 4, "heel", 1)
    call("post", f"/screening-days/{at.day.id}/candidates/5/check-in", at.examiners[0])
    found = close(call, at)
    assert (found["passed"], found["failed"], found["absent"]) == (1, 1, 1)
    missing = ["wait_and_recall", "people", "other_dogs", "objects_and_noise"]
    assert found["undecided"] == [
        {"number": 3, "missing": missing, "differing": [], "problem": None},
        {"number": 4, "missing": [], "differing": ["heel"], "problem": None},
        {"number": 5, "missing": [*RUBRIC], "differing": [], "problem": None},
    ]
    states = [Team.get_by_id(each.team_id).state for each in Candidate.select().order_by(Candidate.number)]
    assert states == ["passed", "failed", "test_booked", "test_booked", "test_booked", "documents_ok"]
    assert [step.action for step in Team.get_by_id(candidate(at.day, 6).team_id).steps] == ["miss_test"]
    assert ScreeningDay.get().state == "open"


def test_a_day_is_closed_when_nobody_is_left_open_and_closing_again_changes_nothing(call, at):
    for number in (1, 2):
        whole_sheet(call, at, number)
    first = close(call, at)
    assert (first["passed"], first["absent"], first["undecided"]) == (2, 1, [])
    assert ScreeningDay.get().state == "closed"
    assert close(call, at) == first
    assert PracticalTest.get_by_id(candidate(at.day, 1).test_id).total == 100
    more = call("post", f"/screening-days/{at.day.id}/candidates", at.coordinator, {"next": 1})
    assert more.json["type"] == "/problems/day-closed"


def test_a_mark_that_comes_after_the_closing_is_kept_and_changes_nothing(call, at):
    whole_sheet(call, at, 1)
    close(call, at)
    late = points(call, at, at.examiners[1], 1, "heel", 3)
    assert (late.status_code, late.json["outcome"], late.json["marks"]) == (200, "passed", 6)
    assert Team.get_by_id(candidate(at.day, 1).team_id).state == "passed"
    answer = call(
        "post", f"/screening-days/{at.day.id}/candidates/1/settlements", at.examiners[0], {"item": "heel", "points": 0}
    )
    assert answer.json["type"] == "/problems/candidate-decided"


def test_who_moves_to_another_day_or_retires_leaves_this_one(call, city, at):
    other = make_day(city)
    moved, gone = (Team.get_by_id(candidate(at.day, number).team_id) for number in (1, 2))
    call("post", f"/screening-days/{other.day.id}/candidates", at.coordinator, {"teams": [str(moved.id)]})
    change(gone, "retire", by=None, now=NOW)
    found = close(call, at)
    assert (found["moved"], found["absent"], found["undecided"]) == (2, 1, [])
    assert Team.get_by_id(moved.id).state == "test_booked"


def test_who_was_absent_may_come_late_under_the_same_number(call, at):
    whole_sheet(call, at, 1)
    call("post", f"/screening-days/{at.day.id}/candidates/2/check-in", at.examiners[0])
    close(call, at)
    team = Team.get_by_id(candidate(at.day, 3).team_id)
    path = f"/screening-days/{at.day.id}/candidates"
    assert call("post", path, at.coordinator, {"teams": [str(team.id)]}).json["results"][0]["number"] == 3
    assert (Team.get_by_id(team.id).state, candidate(at.day, 3).outcome) == ("test_booked", None)


def test_a_day_is_changed_until_scoring_has_begun(call, at):
    path = f"/screening-days/{at.day.id}"
    etag = call("get", path, at.coordinator).headers["ETag"]
    one = [{"name": "Everything", "items": [*RUBRIC]}]
    changed = call("patch", path, at.coordinator, {"place": "The gym", "stations": one}, **{"If-Match": etag})
    assert (changed.json["place"], len(changed.json["stations"])) == ("The gym", 1)
    assert call("patch", path, at.coordinator, {"place": "X"}, **{"If-Match": etag}).status_code == 412
    points(call, at, at.examiners[0], 1, "heel", 20)
    assert call("patch", path, at.coordinator, {"stations": one}).json["type"] == "/problems/day-begun"


def test_a_day_is_for_its_examiners_while_they_hold_the_duty(call, city, at):
    stranger, holder, ended = make_person(city, "officer"), make_examiner(city), at.examiners[1]
    path = f"/screening-days/{at.day.id}/candidates"
    duty = next(iter(ended.duties))
    type(duty).update(ended_at=NOW).where(type(duty).id == duty.id).execute()
    for person in (stranger, holder, ended):
        assert call("get", path, person).status_code == 404
        assert call("get", "/screening-days", person).json["items"] == []
        assert points(call, at, person, 1, "heel", 1).status_code == 404
    assert len(call("get", "/screening-days", at.examiners[0]).json["items"]) == 1


def test_who_may_examine_is_listed_for_coordinators(call, city, at):
    walker = make_person(city)
    make_duty(walker, "examiner")
    names = [each["name"] for each in call("get", "/examiners", at.coordinator).json["items"]]
    assert set(names) == {person.name for person in (*at.examiners, at.coordinator, walker)}
    assert call("get", "/examiners", walker).status_code == 403


def test_nobody_judges_their_own_team(call, city):
    examiner = make_examiner(city, "walker")
    at = make_day(city, among=[examiner])
    put_on(at.day, make_team(city, examiner, state="test_booked", active_until=None))
    answer = points(call, at, examiner, 1, "heel", 25)
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/own-team")
    assert points(call, at, at.examiners[1], 1, "heel", 20).json["scores"]["heel"] == 20
    assert Mark.select().count() == 1
