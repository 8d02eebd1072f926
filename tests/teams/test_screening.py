"""Coordinators screen a team over HTTP; pausing, suspending, lapsing and retiring."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest

from config.database import connection
from config.policy import read_policy, shipped
from notifications.models import Message
from patrol.teams.models import Dog, PracticalTest, Team, TeamStep
from patrol.teams.operations import screening
from patrol.teams.operations.moving import TeamState, move
from patrol.teams.operations.standing import change, suspend_for_bite
from tests.support.factories import NOW, bearer, client_of, make_city, make_person, make_team

FULL = {"heel": 25, "wait_and_recall": 20, "people": 20, "other_dogs": 20, "objects_and_noise": 15}
TOMORROW = (NOW + timedelta(days=1)).isoformat()


SUSPENSION = {"note": "Bite reported", "reason": "bite"}


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
    assert act("post", "training", {"trained_on": "2026-11-06"}).json["trained_on"] == "2026-11-06"
    active = act("post", "activate").json
    assert (active["state"], active["active_until"]) == ("active", "2027-11-06")
    steps = ["accept_documents", "book_test", "pass_test", "train", "activate"]
    assert [step["action"] for step in active["steps"]] == steps
    assert last_message(team) == "You may patrol now, until 2027-11-06."


def test_papers_that_lack_something_are_sent_back_with_a_note(act, team):
    answer = act("post", "documents", {"ok": False, "note": "The vaccination certificate"})
    assert (answer.status_code, answer.json["state"]) == (200, "applied")
    assert last_message(team) == "Your papers need mending: The vaccination certificate"


def test_papers_are_not_sent_back_without_a_word(act):
    answer = act("post", "documents", {"ok": False})
    assert (answer.status_code, pointers(answer)) == (422, ["/note"])


def test_who_fails_may_take_the_test_again_a_fortnight_later(act):
    act("post", "documents", {"ok": True})
    act("post", "tests", {"booked_for": TOMORROW})
    assert act("put", "tests/1", {"scores": dict.fromkeys(FULL, 13)}).json["state"] == "failed"
    too_soon = act("post", "tests", {"booked_for": (NOW + timedelta(days=13)).isoformat()})
    assert (too_soon.status_code, too_soon.json["type"]) == (409, "/problems/too-soon")
    assert "2026-11-20" in too_soon.json["detail"]
    act("post", "tests", {"booked_for": (NOW + timedelta(days=14)).isoformat()})
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


def test_nobody_patrols_untrained_where_the_city_trains(act, team):
    Team.update(state="passed").where(Team.id == team.id).execute()
    refused = act("post", "activate")
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/training-needed")
    ahead = act("post", "training", {"trained_on": "2026-11-07"})
    assert (ahead.status_code, pointers(ahead)) == (422, ["/trained_on"])
    ended = act("post", "training", {"trained_on": "2025-11-05"})
    assert (ended.status_code, pointers(ended)) == (422, ["/trained_on"])
    Team.update(trained_on=date(2025, 11, 5)).where(Team.id == team.id).execute()
    assert act("post", "activate").json["type"] == "/problems/training-needed"
    act("post", "training", {"trained_on": "2025-11-06"})
    assert act("post", "activate").json["state"] == "active"


def test_where_no_training_is_asked_a_passed_test_is_enough(database):
    city = make_city(policy=read_policy(shipped("generic")))
    team = make_team(city, state="passed", active_until=None)
    assert screening.activate(team, by=None, now=NOW).state == "active"


def test_nobody_patrols_without_a_dog(act, team):
    Team.update(state="passed", trained_on=NOW.date()).where(Team.id == team.id).execute()
    Dog.delete().where(Dog.team == team).execute()
    assert act("post", "activate").json["type"] == "/problems/no-dog"


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
        ("post", "suspend", SUSPENSION),
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
    assert client.post(f"{url}/suspend", json=SUSPENSION, headers=coordinator).json["state"] == "suspended"
    assert client.post(f"{url}/resume", headers=handler).status_code == 409
    assert client.post(f"{url}/reinstate", json={"note": "Looked at"}, headers=handler).status_code == 403
    assert client.post(f"{url}/reinstate", json={"note": " "}, headers=coordinator).status_code == 422
    back = client.post(f"{url}/reinstate", json={"note": "Looked at"}, headers=coordinator).json
    assert (back["state"], back["steps"][-1]["note"]) == ("active", "Looked at")


@pytest.mark.parametrize("state", ["active", "paused", "lapsed"])
def test_a_bite_suspends_a_team_at_once_and_its_effects_come_with_it(city, state):
    team, coordinator = make_team(city, state=state), make_person(city, "coordinator")
    stopped = []
    effects = (lambda stopped_team, _now: stopped.append(stopped_team.id),)
    bitten = suspend_for_bite(team, by=team.handler_id, note="A passer-by", effects=effects, now=NOW)
    assert (bitten.state, stopped) == ("suspended", [team.id])
    assert Message.get(Message.person == coordinator).kind == "team_bite"
    steps = bitten.steps.order_by(TeamStep.action)
    assert [(step.action, step.reason) for step in steps] == [("bite", None), ("suspend", "bite")]


@pytest.mark.both_fast
def test_a_bite_is_told_in_as_many_words_as_it_takes(act, city, team):
    coordinator = make_person(city, "coordinator")
    note = "".join(chr(ord("가") + number * 7919 % 11_172) for number in range(1000))
    assert act("post", "bites", {"note": note}).status_code == 201
    assert note in Message.get((Message.person == coordinator) & (Message.kind == "team_bite")).words["ko"]["body"]


def test_a_bite_of_a_team_that_does_not_patrol_is_kept_and_told(act, team):
    noted = act("post", "bites", {"note": "At the practical test"})
    assert (noted.status_code, noted.json["state"]) == (201, "applied")
    assert noted.json["steps"][-1]["note"] == "At the practical test"


def test_a_suspension_says_why_and_the_handler_is_told(act, team):
    Team.update(state="active").where(Team.id == team.id).execute()
    assert pointers(act("post", "suspend", SUSPENSION | {"note": " "})) == ["/note"]
    for unfit in ({"note": "Loud"}, {"note": "Loud", "reason": "I say so"}):
        assert pointers(act("post", "suspend", unfit)) == ["/reason"]
    suspended = act("post", "suspend", SUSPENSION).json
    assert (suspended["state"], suspended["steps"][-1]["reason"]) == ("suspended", "bite")
    assert last_message(team) == "The team is suspended: a bite – Bite reported"


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


def test_a_team_whose_year_is_over_is_screened_again_from_its_papers_on(act, team):
    Team.update(state="lapsed", active_until=date(2026, 11, 5)).where(Team.id == team.id).execute()
    assert act("post", "documents", {"ok": True}).json["state"] == "documents_ok"


def test_a_team_that_lapsed_within_its_year_is_not_screened_again(act, team):
    Team.update(state="lapsed", active_until=date(2026, 11, 6)).where(Team.id == team.id).execute()
    refused = act("post", "documents", {"ok": True})
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/still-screened")


def test_who_saw_a_team_before_it_moved_is_told_so(city):
    seen = make_team(city)
    move(seen, "pause", by=None, now=NOW)
    with pytest.raises(TeamState, match="paused"):
        move(seen, "suspend", by=None, now=NOW)
