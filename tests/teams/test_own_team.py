"""Nobody decides about their own team: one rule, held against every operation that decides."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from app import create_app
from patrol.teams.models import DogDispute, PracticalTest, Renewal, Team, TeamStep
from patrol.teams.operations.moving import OwnTeam, move
from patrol.teams.rules import DECIDING, TEAM_STATES, TRANSITIONS
from tests.support.factories import (
    NOW,
    bearer,
    client_of,
    consent_to,
    make_city,
    make_dispute,
    make_duty,
    make_person,
    make_team,
    settings_of,
)
from tests.support.screening import BEGINS, RUBRIC, make_day, put_on

HANDLERS_OWN = {"pause", "resume", "retire", "ask_renewal", "add_dog", "edit", "vaccinate"}
BY_ITSELF = {"bite", "lapse", "return", "return_paused"}
"""What happens, or is told as it happened, and nobody decides."""
YEAR_ENDS = date(2026, 12, 1)
STAFF_ROLES = {"coordinator", "admin"}


@dataclass(frozen=True)
class Case:
    """A deciding request about a team that is in `state` at the time."""

    state: str
    content: dict[str, Any]
    ok: int = 200


DECIDED: dict[str, Case] = {
    "post /teams/{team_id}/documents": Case("applied", {"ok": True}),
    "post /teams/{team_id}/tests": Case("documents_ok", {"booked_for": BEGINS.isoformat()}, 201),
    "put /teams/{team_id}/tests/{attempt}": Case("test_booked", {"scores": RUBRIC}),
    "post /teams/{team_id}/training": Case("passed", {"trained_on": "2026-11-01"}),
    "post /teams/{team_id}/activate": Case("passed", {}),
    "post /teams/{team_id}/suspend": Case("active", {"note": "Said to be rude.", "reason": "complaint"}),
    "post /teams/{team_id}/reinstate": Case("suspended", {"note": "All is well."}),
    "post /dog-disputes/{dispute_id}/decision": Case("active", {"keeps": "holder"}),
    "put /screening-days/{day_id}/marks/{mark_id}": Case(
        "test_booked", {"number": 1, "item": "heel", "points": 25, "made_at": NOW.isoformat()}
    ),
    "put /screening-days/{day_id}/faults/{mark_id}": Case(
        "test_booked", {"number": 1, "fault": "bite", "made_at": NOW.isoformat()}
    ),
    "post /screening-days/{day_id}/candidates/{number}/settlements": Case(
        "test_booked", {"item": "heel", "points": 25}
    ),
    "post /screening-days/{day_id}/candidates/{number}/lift": Case("test_booked", {"note": "By mistake."}),
}
"""Decisions about one team."""

OF_MANY = {
    "post /teams/documents",
    "post /screening-days/{day_id}/candidates",
    "post /screening-days/{day_id}/close",
}
"""Decisions about several: one's own is left to others, and the answer says so."""

UNDECIDING = {
    "post /teams/search",
    "post /teams/exports",
    "post /teams/imports",  # makes new teams alone; one that is there stays as it is
    "post /teams/{team_id}/notes",
    "put /teams/{team_id}/pinned-note",
    "post /teams/{team_id}/handler-erasure",
    "post /teams/{team_id}/invitation",
    "post /teams/{team_id}/bites",
    "post /screening-days",
    "patch /screening-days/{day_id}",
    "post /screening-days/{day_id}/candidates/{number}/check-in",
}
"""What staff do with teams and does not judge any."""


@dataclass
class Scene:
    """A coordinator who examines, leads the day and has a team; and a colleague."""

    client: Any
    handler: Any
    colleague: Any
    team: Team
    ids: dict[str, str]

    def ask(self, operation, person, content):
        method, path = operation.split(" ")
        url = "/api/v1" + path.format(**self.ids)
        return getattr(self.client, method)(url, json=content, headers=bearer(person))

    def steps(self):
        return [step.action for step in TeamStep.select().where(TeamStep.team == self.team)]


def scene_of(database, state):
    city = make_city()
    handler, colleague = make_person(city, "coordinator", "walker"), make_person(city, "coordinator")
    consent_to(handler)
    team = make_team(city, handler, state=state, trained_on=NOW.date())
    for person in (handler, colleague):
        make_duty(person, "examiner")
    day = make_day(city, among=[handler, colleague]).day
    if state == "test_booked":
        put_on(day, team)
    ids = {
        "team_id": str(team.id),
        "attempt": "1",
        "day_id": str(day.id),
        "number": "1",
        "mark_id": str(uuid4()),
        "dispute_id": str(make_dispute(team, make_team(city)).id) if state == "active" else "",
    }
    return Scene(client_of(database), handler, colleague, team, ids)


@pytest.mark.parametrize("operation", DECIDED)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_role_decides_about_its_own_team_and_a_colleague_does(database, operation):
    case = DECIDED[operation]
    scene = scene_of(database, case.state)
    refused = scene.ask(operation, scene.handler, case.content)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/own-team")
    assert (Team.get_by_id(scene.team.id).state, scene.steps()) == (case.state, [])
    assert scene.ask(operation, scene.colleague, case.content).status_code == case.ok


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nor_does_the_one_who_claims_the_dog(database):
    scene = scene_of(database, "active")
    other = make_team(scene.team.city)
    dispute = make_dispute(other, scene.team)
    scene.ids["dispute_id"] = str(dispute.id)
    refused = scene.ask("post /dog-disputes/{dispute_id}/decision", scene.handler, {"keeps": "claimant"})
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/own-team")
    assert DogDispute.get_by_id(dispute.id).state == "open"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_papers_of_many_leave_out_ones_own_and_say_so(database):
    scene = scene_of(database, "applied")
    others = [make_team(scene.team.city, state="applied") for _ in range(2)]
    asked = [str(team.id) for team in (others[0], scene.team, others[1])]
    results = scene.ask("post /teams/documents", scene.handler, {"teams": asked, "ok": True}).json["results"]
    assert [each["problem"] and each["problem"]["type"] for each in results] == [None, "/problems/own-team", None]
    assert Team.get_by_id(scene.team.id).state == "applied"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_one_puts_ones_own_team_on_no_screening_day(database):
    scene = scene_of(database, "documents_ok")
    booking = "post /screening-days/{day_id}/candidates"
    (named,) = scene.ask(booking, scene.handler, {"teams": [str(scene.team.id)]}).json["results"]
    assert named["problem"]["type"] == "/problems/own-team"
    assert scene.ask(booking, scene.handler, {"next": 5}).json["results"] == []
    assert [each["code"] for each in scene.ask(booking, scene.colleague, {"next": 5}).json["results"]] == [
        scene.team.code
    ]


@pytest.mark.parametrize("came", [True, False])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_day_that_one_closes_leaves_ones_own_team_open_for_a_colleague(database, came):
    scene = scene_of(database, "test_booked")
    if came:
        fault = DECIDED["put /screening-days/{day_id}/faults/{mark_id}"].content
        scene.ask("put /screening-days/{day_id}/faults/{mark_id}", scene.colleague, fault)
    closing = "post /screening-days/{day_id}/close"
    (left,) = scene.ask(closing, scene.handler, {}).json["undecided"]
    assert (left["number"], left["problem"]["type"]) == (1, "/problems/own-team")
    assert PracticalTest.get().state == "booked"
    assert scene.ask(closing, scene.colleague, {}).json["undecided"] == []
    assert Team.get_by_id(scene.team.id).state == ("failed" if came else "documents_ok")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_another_year_is_ones_own_to_ask_for_and_a_colleagues_to_give(database):
    scene = scene_of(database, "active")
    Team.update(active_until=YEAR_ENDS).where(Team.id == scene.team.id).execute()
    assert scene.ask("post /teams/{team_id}/renewal", scene.handler, {}).status_code == 201
    refused = scene.ask("post /teams/{team_id}/documents", scene.handler, {"ok": True})
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/own-team")
    assert Renewal.get().state == "asked"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_bite_of_ones_own_dog_is_noted_and_suspends_by_the_rule(database):
    scene = scene_of(database, "active")
    answer = scene.ask("post /teams/{team_id}/bites", scene.handler, {"note": "A passer-by."})
    assert (answer.status_code, answer.json["state"]) == (201, "suspended")
    assert [(step.action, step.by) for step in TeamStep.select().order_by(TeamStep.at, TeamStep.action)] == [
        ("bite", scene.handler.id),
        ("suspend", None),
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_action_is_somebodys_to_take_and_the_deciding_ones_never_the_handlers(database):
    actions = {action for _, action in TRANSITIONS}
    assert actions == DECIDING | HANDLERS_OWN | BY_ITSELF
    assert not DECIDING & (HANDLERS_OWN | BY_ITSELF)
    team = make_team(make_city())
    for state, action in product(TEAM_STATES, sorted(DECIDING)):
        team.state = state
        with pytest.raises(OwnTeam):
            move(team, action, by=team.handler_id, now=NOW + timedelta(days=1))


def test_every_request_by_which_staff_change_teams_is_known_here():
    paths = create_app(settings_of("sqlite:///unused")).extensions["openapi"]()["paths"]
    changing = {
        f"{method} {path.removeprefix('/api/v1')}": content[method]["x-roles"]
        for path, content in paths.items()
        for method in ("post", "put", "patch", "delete")
        if method in content and "teams" in content[method].get("tags", ())
    }
    of_staff = {name for name, roles in changing.items() if STAFF_ROLES & set(roles) and roles.get("walker") != "own"}
    assert of_staff == {*DECIDED, *OF_MANY, *UNDECIDING}
