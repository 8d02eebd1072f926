"""Papers of many and the closing of a day: each decision stands by itself, and a retry goes on where one broke off."""

import pytest

from notifications.models import Message
from patrol.http.replays import Replay
from patrol.teams.models import Candidate, Team, TeamStep
from tests.support.broken import refusing
from tests.support.factories import bearer, client_of, make_person, make_team
from tests.support.patrols import at_once
from tests.support.screening import make_day

PAPERS = "/api/v1/teams/documents"


@pytest.fixture
def send(database, city):
    """send(path, content, key=…) → the answer to one coordinator."""
    headers = bearer(make_person(city, "coordinator"))

    def post(path, content=None, *, key):
        return client_of(database).post(path, json=content, headers=headers | {"Idempotency-Key": key})

    return post


def papers(teams):
    return {"teams": [str(team.id) for team in teams], "ok": True}


def said(answer):
    return [(each["state"], each["problem"] and each["problem"]["type"]) for each in answer.json["results"]]


def steps(team):
    return [step.action for step in TeamStep.select().where(TeamStep.team == team)]


def test_papers_with_a_refused_team_in_the_middle_are_answered_the_same_again(city, send):
    teams = [make_team(city, state=state) for state in ("applied", "active", "applied")]
    first = send(PAPERS, papers(teams), key="one")
    assert said(first) == [("documents_ok", None), (None, "/problems/team-state"), ("documents_ok", None)]
    again = send(PAPERS, papers(teams), key="one")
    assert (again.json, again.headers["Idempotent-Replay"]) == (first.json, "true")
    assert [steps(team) for team in teams] == [["accept_documents"], [], ["accept_documents"]]


@pytest.mark.both_fast
def test_papers_that_a_crash_broke_off_are_gone_on_with_and_none_is_lost_or_done_twice(city, send):
    teams = [make_team(city, state=state) for state in ("applied", "active", "applied", "applied")]
    with refusing("team", f"NEW.code = '{teams[2].code}'"):
        assert send(PAPERS, papers(teams), key="one").status_code == 500
    assert [Team.get_by_id(team.id).state for team in teams] == ["documents_ok", "active", "applied", "applied"]
    answer = send(PAPERS, papers(teams), key="one")
    done = ("documents_ok", None)
    assert said(answer) == [done, (None, "/problems/team-state"), done, done]
    assert send(PAPERS, papers(teams), key="one").json == answer.json
    for team in (teams[0], *teams[2:]):
        assert steps(team) == ["accept_documents"]
        assert Message.select().where(Message.person == team.handler_id).count() == 1


def test_papers_sent_twice_at_once_are_decided_once_and_answered_alike(city, send):
    teams = [make_team(city, state="applied") for _ in range(3)]
    answers = at_once(*[lambda: send(PAPERS, papers(teams), key="one")] * 3)
    assert {answer.status_code for answer in answers} == {200}
    assert [said(answer) for answer in answers] == [[("documents_ok", None)] * 3] * 3
    assert [steps(team) for team in teams] == [["accept_documents"]] * 3


def test_what_was_wrong_as_a_whole_may_be_put_right_under_the_same_key(city, send):
    team = make_team(city, state="applied")
    assert send(PAPERS, {"teams": [], "ok": True}, key="one").status_code == 422
    assert not Replay.select().exists()
    assert send(PAPERS, papers([team]), key="one").status_code == 200
    assert send(PAPERS, {**papers([team]), "ok": False}, key="one").json["type"] == "/problems/key-reused"


@pytest.mark.both_fast
def test_a_closing_that_a_crash_broke_off_is_gone_on_with(city, send):
    at = make_day(city, candidates=4)
    rows = list(Candidate.select().where(Candidate.day == at.day).order_by(Candidate.number))
    path = f"/api/v1/screening-days/{at.day.id}/close"
    with refusing("team", f"NEW.code = '{rows[2].team.code}'"):
        assert send(path, key="one").status_code == 500
    assert [Candidate.get_by_id(row.id).outcome for row in rows] == ["absent", "absent", None, None]
    answer = send(path, key="one")
    assert (answer.json["absent"], answer.json["undecided"]) == (4, [])
    assert send(path, key="one").json == answer.json
    assert [steps(row.team) for row in rows] == [["miss_test"]] * 4
