"""Coordinators screen a team over HTTP; pausing, suspending, lapsing and retiring."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest

from config.database import connection
from notifications.models import Message
from patrol.teams.models import PracticalTest, Team, TeamStep
from patrol.teams.operations import screening
from patrol.teams.operations.moving import TeamState, move
from patrol.teams.operations.standing import change, lapse_overdue
from tests.support.factories import NOW, bearer, client_of, make_city, make_person, make_team

FULL = {"heel": 25, "wait_and_recall": 20, "people": 20, "other_dogs": 20, "objects_and_noise": 15}
TOMORROW = (NOW + timedelta(days=1)).isoformat()


@pytest.fixture
def city(database):
    return make_city()


@pytest.fixture
def team(city):
    return make_team(city, state="applied", active_until=None)


@pytest.fixture
def act(database, city, team):
    """Act on the team as a coordinator: act("post", "documents", {"ok": True})."""
    client, headers = client_of(database), bearer(make_person(city, "coordinator"))

    def send(method, path, content=None):
        given = {} if content is None else {"json": content}
        return getattr(client, method)(f"/api/v1/teams/{team.id}/{path}", headers=headers, **given)

    return send


def pointers(answer):
    return [error["pointer"] for error in answer.json["errors"]]


def last_message(team):
    message = Message.select().where(Message.person == team.handler_id).order_by(Message.dedupe_key.desc()).get()
    return message.words["en"]["body"]


def test_a_team_goes_from_papers_to_its_first_patrol(act, team):
    assert act("post", "documents", {"ok": True}).json["state"] == "documents_ok"
    assert act("post", "tests", {"booked_for": TOMORROW}).json["state"] == "test_booked"
    scored = act("put", "tests/1", {"scores": FULL | {"heel": 10}})
    assert (scored.json["state"], scored.json["tests"][0]["total"]) == ("passed", 85)
    active = act("post", "activate").json
    assert (active["state"], active["active_until"]) == ("active", "2027-11-06")
    assert [step["action"] for step in active["steps"]] == ["accept_documents", "book_test", "pass_test", "activate"]
    assert last_message(team) == "You may patrol now, until 2027-11-06."


def test_papers_that_lack_something_are_sent_back_with_a_note(act, team):
    answer = act("post", "documents", {"ok": False, "note": "The vaccination certificate"})
    assert (answer.status_code, answer.json["state"]) == (200, "applied")
    assert last_message(team) == "Your papers need mending: The vaccination certificate"


def test_papers_are_not_sent_back_without_a_word(act):
    answer = act("post", "documents", {"ok": False})
    assert (answer.status_code, pointers(answer)) == (422, ["/note"])


def test_who_fails_may_take_the_test_again(act):
    act("post", "documents", {"ok": True})
    act("post", "tests", {"booked_for": TOMORROW})
    assert act("put", "tests/1", {"scores": dict.fromkeys(FULL, 13)}).json["state"] == "failed"
    act("post", "tests", {"booked_for": TOMORROW})
    passed = act("put", "tests/2", {"scores": FULL}).json
    assert (passed["state"], [test["state"] for test in passed["tests"]]) == ("passed", ["failed", "passed"])


def test_a_bite_fails_whatever_the_points(act):
    act("post", "documents", {"ok": True})
    act("post", "tests", {"booked_for": TOMORROW})
    failed = act("put", "tests/1", {"scores": {"heel": 25}, "failed_at_once": "bite"}).json
    assert (failed["state"], failed["tests"][0]["failed_at_once"]) == ("failed", "bite")


def test_a_booked_test_can_be_moved(act):
    act("post", "documents", {"ok": True})
    act("post", "tests", {"booked_for": TOMORROW})
    later = (NOW + timedelta(days=2)).isoformat()
    assert [test["booked_for"] for test in act("post", "tests", {"booked_for": later}).json["tests"]] == [later]


def test_a_sheet_that_does_not_follow_the_rubric_is_refused_and_the_test_stays_booked(act, team):
    act("post", "documents", {"ok": True})
    act("post", "tests", {"booked_for": TOMORROW})
    for sheet, pointer in (
        ({"scores": FULL | {"heel": 26}}, "/scores/heel"),
        ({"scores": {"heel": 25}}, "/scores/objects_and_noise"),
        ({"scores": FULL | {"tricks": 1}}, "/scores/tricks"),
        ({"scores": FULL, "failed_at_once": "yawn"}, "/failed_at_once"),
    ):
        answer = act("put", "tests/1", sheet)
        assert (answer.status_code, pointers(answer)) == (422, [pointer])
    assert PracticalTest.get().state == "booked"
    assert Team.get_by_id(team.id).state == "test_booked"


def test_a_test_is_booked_for_a_time_to_come(act):
    act("post", "documents", {"ok": True})
    answer = act("post", "tests", {"booked_for": NOW.isoformat()})
    assert (answer.status_code, pointers(answer)) == (422, ["/booked_for"])


def test_steps_are_not_skipped(act):
    for method, path, content in (
        ("post", "tests", {"booked_for": TOMORROW}),
        ("post", "activate", None),
        ("post", "pause", None),
        ("post", "resume", None),
        ("post", "suspend", {"note": "Bite reported"}),
    ):
        answer = act(method, path, content)
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/team-state")
    assert act("put", "tests/1", {"scores": FULL}).status_code == 404


def test_a_test_is_scored_once(act):
    act("post", "documents", {"ok": True})
    act("post", "tests", {"booked_for": TOMORROW})
    act("put", "tests/1", {"scores": FULL})
    assert act("put", "tests/1", {"scores": dict.fromkeys(FULL, 0)}).status_code == 409
    assert PracticalTest.get().total == 100


def test_two_coordinators_who_score_at_once_do_not_both_count(city):
    team = make_team(city, state="test_booked")
    PracticalTest.create(city=city, team=team, attempt=1, booked_for=NOW)
    start = Barrier(2)

    def score(points):
        with connection():
            mine = Team.get_by_id(team.id)
            start.wait()
            try:
                scores = dict.fromkeys(FULL, points)
                return screening.score_test(mine, 1, scores=scores, failed_at_once=None, by=coordinator, now=NOW).state
            except TeamState:
                return "refused"

    coordinator = make_person(city, "coordinator").id
    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(score, (15, 1)))
    state = Team.get_by_id(team.id).state
    assert outcomes == sorted(["refused", state])
    assert PracticalTest.get().state == state
    assert TeamStep.select().count() == 1


def test_a_handler_pauses_and_resumes_but_does_not_lift_a_suspension(database, city):
    team = make_team(city)
    client, handler = client_of(database), bearer(team.handler)
    coordinator = bearer(make_person(city, "coordinator"))
    url = f"/api/v1/teams/{team.id}"
    assert client.post(f"{url}/pause", headers=handler).json["state"] == "paused"
    assert client.post(f"{url}/resume", headers=handler).json["state"] == "active"
    assert client.post(f"{url}/suspend", json={"note": "Bite"}, headers=coordinator).json["state"] == "suspended"
    assert client.post(f"{url}/resume", headers=handler).status_code == 409
    assert client.post(f"{url}/resume", headers=coordinator).json["state"] == "active"


def test_a_suspension_says_why_and_the_handler_is_told(act, team):
    Team.update(state="active").where(Team.id == team.id).execute()
    assert pointers(act("post", "suspend", {"note": " "})) == ["/note"]
    assert act("post", "suspend", {"note": "Bite reported"}).json["state"] == "suspended"
    assert last_message(team) == "The team is suspended: Bite reported"


def test_a_retired_team_stays_retired(act):
    assert act("post", "retire").json["state"] == "retired"
    assert act("post", "retire").status_code == 409
    assert act("post", "documents", {"ok": True}).status_code == 409


def test_what_stops_a_team_takes_effect_in_the_same_transaction(city):
    team = make_team(city)

    def fail(stopped, now):
        assert (stopped.id, stopped.state, now) == (team.id, "paused", NOW)
        raise RuntimeError("the effect failed")

    with pytest.raises(RuntimeError, match="the effect failed"):
        change(team, "pause", by=team.handler_id, effects=(fail,), now=NOW)
    assert Team.get_by_id(team.id).state == "active"
    assert not TeamStep.select().exists()


def test_a_year_later_a_team_lapses_by_itself_and_once(city):
    over = make_team(city, active_until=date(2026, 11, 5))
    paused = make_team(city, active_until=date(2026, 11, 5), state="paused")
    last_day = make_team(city, active_until=date(2026, 11, 6))
    stopped = []
    effects = (lambda team, _now: stopped.append(team.id),)
    assert lapse_overdue(effects=effects, now=NOW) == 2
    assert lapse_overdue(effects=effects, now=NOW) == 0
    assert sorted(stopped) == sorted([over.id, paused.id])
    assert [Team.get_by_id(team.id).state for team in (over, paused, last_day)] == ["lapsed", "lapsed", "active"]


def test_a_lapsed_team_is_renewed_from_its_papers_on(act, team):
    Team.update(state="lapsed").where(Team.id == team.id).execute()
    assert act("post", "documents", {"ok": True}).json["state"] == "documents_ok"


def test_who_saw_a_team_before_it_moved_is_told_so(city):
    seen = make_team(city)
    move(seen, "pause", by=None, now=NOW)
    with pytest.raises(TeamState, match="paused"):
        move(seen, "suspend", by=None, now=NOW)
