"""The coordinators' queue: filters, what each team waits for, papers of many at once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from patrol.people.models import Person
from patrol.teams.models import Team, TeamStep
from patrol.teams.rules import TEAM_STATES, WAITS, WAITS_ON, Besides, handlers_part, waiting
from tests.support.factories import (
    NOW,
    bearer,
    consent_to,
    make_city,
    make_district,
    make_dog,
    make_person,
    make_team,
)


@pytest.fixture
def coordinator(city):
    return bearer(make_person(city, "coordinator"))


def codes(client, headers, query=""):
    answer = client.get(f"/api/v1/teams?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return [team["code"] for team in answer.json["items"]]


def since(days, **given):
    return {"waiting_since": NOW - timedelta(days=days), **given}


def test_the_longest_waiting_come_first_in_pages(client, city, coordinator):
    for days in (2, 5, 5, 9):
        make_team(city, code=f"T-{days}{days}{Team.select().count()}", state="applied", **since(days))
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/teams?limit=1{cursor and f'&cursor={cursor}'}", headers=coordinator).json
        seen += [team["code"][2] for team in page["items"]]
        cursor = page["next"]
    assert seen == ["9", "5", "5", "2"]


FILTERED = [
    ("state=applied", {"A"}),
    ("state=applied&state=failed", {"A", "C"}),
    ("applied_from=2026-10-01", {"B", "C", "D"}),
    ("applied_until=2026-09-30", {"A"}),
    ("applied_from=2026-10-01&applied_until=2026-10-01", {"B"}),
    ("waiting_since=2026-10-20", {"A"}),
    ("lacks_consent=true", {"C"}),
    ("lacks_consent=false", {"A", "B", "D"}),
    ("lapses_within=30", {"D"}),
    ("lapses_within=0", set()),
    ("state=retired", set()),
]

WRITTEN = [
    ("bravo", {"B"}),
    ("T-C", {"C"}),
    ("Hodu", {"D"}),
    ("410-0000-0009-8765", {"D"}),
    ("98765", {"D"}),
    ("010-7654-3210", {"A"}),
    ("3210", {"A"}),
    ("210", set()),
    ("%", set()),
    ("Sample walker Charlie", {"C"}),
]


@pytest.fixture
def four(city):
    """A applied in September and waits since; B on 1 October in Seoul; C lacks consents; D's dog's papers run out."""
    walker = make_person(city, phone="+821076543210")
    consent_to(walker)
    september = {"created_at": NOW - timedelta(days=60)}
    make_team(city, walker, code="T-A", state="applied", **since(30, **september))
    first = NOW.replace(month=9, day=30, hour=15, minute=0)  # midnight in Seoul
    make_team(city, code="T-B", name="Bravo", state="documents_ok", created_at=first)
    make_team(city, make_person(city, name="Sample walker Charlie"), code="T-C", state="failed")
    make_dog(
        make_team(city, code="T-D"),
        name="Hodu",
        registration_no="410000000098765",
        vaccinated_until=NOW.date() + timedelta(days=29),
    )


def test_each_filter_lets_the_right_teams_pass(client, coordinator, four):
    found = {query: {code[2] for code in codes(client, coordinator, query)} for query, _ in FILTERED}
    assert found == dict(FILTERED)


def test_what_ends_soon_is_the_same_in_the_queue_and_by_the_clock(client, city, coordinator):
    for code, days in (("T-A", 29), ("T-B", 30), ("T-C", 31)):
        make_team(city, code=code, active_until=NOW.date() + timedelta(days=days))
    make_team(city, code="T-D").dogs.get().delete_instance()
    make_team(city, code="T-E", state="applied", active_until=None)
    by_the_clock = client.get("/api/v1/teams/eligibility?within_days=30", headers=coordinator).json["items"]
    found = [{team["code"] for team in by_the_clock}, set(codes(client, coordinator, "lapses_within=30"))]
    assert found == [{"T-A", "T-B", "T-D"}] * 2


def test_a_name_or_number_is_looked_for_by_a_body_and_stands_in_no_address(client, coordinator, four):
    found = {}
    for text, _ in WRITTEN:
        answer = client.post("/api/v1/teams/search", json={"filters": {"text": text}}, headers=coordinator)
        found[text] = {team["code"][2] for team in answer.json["items"]}
    assert found == dict(WRITTEN)
    assert client.get("/api/v1/teams?text=Hodu", headers=coordinator).status_code == 422


def test_a_search_goes_on_by_its_cursor_and_takes_the_other_filters(client, coordinator, four):
    seen, cursor = [], None
    while cursor is not None or not seen:
        asked = {"filters": {"lacks_consent": False}, "limit": 1, "cursor": cursor}
        page = client.post("/api/v1/teams/search", json=asked, headers=coordinator).json
        seen += [team["code"][2] for team in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == ["A", "B", "D"]


def test_an_unknown_state_is_named(client, coordinator):
    answer = client.get("/api/v1/teams?state=walking", headers=coordinator)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/query/state/0")


PARTS = [
    ({}, ()),
    ({"account": "invited", "lacking": ["service"], "has_door": False}, ("account", "consents", "door")),
    ({"lacking": ["location"]}, ("consents",)),
    ({"has_door": False}, ("door",)),
]


@pytest.mark.parametrize(("given", "awaited"), PARTS)
def test_the_handlers_part_is_in_the_order_it_is_done(given, awaited):
    assert handlers_part(**{"account": "active", "lacking": [], "has_door": True, **given}) == awaited


WAITING = {
    ("applied", (), ("apply",)): (("documents",), "coordinators"),
    ("applied", ("door",), ("import",)): (("door",), "handler"),
    ("applied", (), ("apply", "refuse_documents")): (("mending",), "handler"),
    ("applied", (), ("apply", "refuse_documents", "edit")): (("documents",), "coordinators"),
    ("documents_ok", (), ()): (("test_booking",), "coordinators"),
    ("test_booked", ("consents",), ()): (("test",), "examiners"),
    ("failed", (), ()): (("retest_booking",), "coordinators"),
    ("passed", (), ()): (("activation",), "coordinators"),
    ("passed", ("consents",), ()): (("consents",), "handler"),
    ("active", (), ()): ((), None),
    ("active", ("consents",), ()): (("consents",), "handler"),
    ("suspended", (), ()): (("reinstatement",), "coordinators"),
    ("lapsed", (), ()): (("documents",), "coordinators"),
    ("retired", ("consents",), ()): ((), None),
}


BESIDES = {
    ("active", "renewal", "asked"): (("renewal",), "coordinators"),
    ("lapsed", "renewal", "documents_ok"): (("renewal_test",), "examiners"),
    ("lapsed", "in_its_year", True): (("standing",), "handler"),
    ("passed", "disputed", True): (("dispute",), "coordinators"),
    ("passed", "untrained", True): (("training",), "coordinators"),
    ("active", "untrained", True): ((), None),
}


@pytest.mark.parametrize("case", BESIDES)
def test_what_else_a_team_waits_for(case):
    state, name, value = case
    found = waiting(state, handlers=(), actions=[], besides=Besides(**{name: value}))
    assert (found.what, found.on) == BESIDES[case]


@pytest.mark.parametrize("given", WAITING)
def test_what_a_team_waits_for_and_on_whom(given):
    state, handlers, actions = given
    found = waiting(state, handlers=handlers, actions=actions)
    assert (found.what, found.on) == WAITING[given]


def test_whatever_is_waited_for_has_a_word(database):
    for state in TEAM_STATES:
        found = waiting(state, handlers=(), actions=[])
        assert {*found.what} <= {*WAITS}
        assert found.on in {*WAITS_ON, None}


def test_the_queue_says_what_each_waits_for(client, city, coordinator):
    invited = make_person(city, state="invited")
    make_team(city, invited, state="applied", door_lon=None, door_lat=None)
    team = client.get("/api/v1/teams", headers=coordinator).json["items"][0]
    assert (team["waits_for"], team["waits_on"]) == (["account", "consents", "door"], "handler")
    assert team["lacks"] == ["service", "location"]


def test_what_is_edited_does_not_wait_anew_and_what_is_done_does(client, city, coordinator):
    team = make_team(city, state="applied", **since(3))
    client.patch(f"/api/v1/teams/{team.id}", json={"name": "Other"}, headers=bearer(team.handler))
    assert Team.get_by_id(team.id).waiting_since == NOW - timedelta(days=3)
    client.post(f"/api/v1/teams/{team.id}/documents", json={"ok": True}, headers=coordinator)
    assert Team.get_by_id(team.id).waiting_since == NOW


def test_papers_of_many_are_decided_each_with_its_own_result(client, city, coordinator):
    first, second = (make_team(city, state="applied") for _ in range(2))
    active = make_team(city)
    waits = make_team(city, make_person(city, state="invited"), state="applied", door_lon=None, door_lat=None)
    elsewhere, nobody = make_team(make_city("Ulsan"), state="applied"), uuid4()
    asked = [str(each) for each in (first.id, active.id, waits.id, elsewhere.id, nobody, second.id, first.id)]
    answer = client.post("/api/v1/teams/documents", json={"teams": asked, "ok": True}, headers=coordinator)
    assert answer.status_code == 200
    found = [
        (each["id"], each["state"], each["problem"] and each["problem"]["type"]) for each in answer.json["results"]
    ]
    assert found == [
        (asked[0], "documents_ok", None),
        (asked[1], None, "/problems/team-state"),
        (asked[2], None, "/problems/handler-awaited"),
        (asked[3], None, "/problems/not-found"),
        (asked[4], None, "/problems/not-found"),
        (asked[5], "documents_ok", None),
    ]
    assert Team.get_by_id(elsewhere.id).state == "applied"
    assert TeamStep.select().where(TeamStep.team == waits).count() == 0


def test_refusing_many_says_what_is_missing(client, city, coordinator):
    team = make_team(city, state="applied")
    asked = {"teams": [str(team.id)], "ok": False}
    refused = client.post("/api/v1/teams/documents", json=asked, headers=coordinator).json["results"][0]
    assert (refused["ok"], refused["problem"]["type"]) == (False, "/problems/note-needed")
    done = client.post("/api/v1/teams/documents", json={**asked, "note": "Vaccination?"}, headers=coordinator)
    assert done.json["results"][0]["state"] == "applied"
    assert client.get("/api/v1/teams", headers=coordinator).json["items"][0]["waits_for"] == ["mending"]


def test_a_repeated_key_decides_once(client, city, coordinator):
    team = make_team(city, state="applied")
    asked = {"json": {"teams": [str(team.id)], "ok": True}, "headers": coordinator | {"Idempotency-Key": "papers-1"}}
    first, again = (client.post("/api/v1/teams/documents", **asked) for _ in range(2))
    assert first.json == again.json
    assert TeamStep.select().where(TeamStep.team == team).count() == 1


def test_nobody_is_activated_who_has_not_done_their_part(client, city, coordinator):
    team = make_team(city, state="passed", trained_on=NOW.date(), door_lon=None, door_lat=None)
    activate = f"/api/v1/teams/{team.id}/activate"
    answer = client.post(activate, headers=coordinator)
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/handler-awaited")
    assert "door" in answer.json["detail"]
    door = {"door": {"lon": 129.0590, "lat": 35.1575}}
    assert (
        client.patch(f"/api/v1/teams/{team.id}", json=door, headers=bearer(team.handler)).json["door"] == door["door"]
    )
    assert client.post(activate, headers=coordinator).json["state"] == "active"


def test_a_first_door_needs_the_consents_that_an_application_does(client, city):
    team = make_team(city, make_person(city), state="applied", door_lon=None, door_lat=None)
    door = {"door": {"lon": 129.0590, "lat": 35.1575}}
    answer = client.patch(f"/api/v1/teams/{team.id}", json=door, headers=bearer(team.handler))
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/consent-needed")
    assert client.get("/api/v1/teams/mine", headers=bearer(team.handler)).json["items"][0]["door"] is None


def test_a_contact_is_read_by_staff_as_people_here_write_it(client, city, coordinator):
    team = make_team(city)
    Person.update(phone="+821012345678").where(Person.id == team.handler_id).execute()
    answer = client.get(f"/api/v1/teams/{team.id}/contact", headers=coordinator)
    assert answer.json == {"name": team.handler.name, "phone": "010-1234-5678", "email": None}
    assert client.get(f"/api/v1/teams/{team.id}/contact", headers=bearer(team.handler)).status_code == 403


def test_a_districts_coordinator_has_its_teams_alone(client, city):
    here, there = make_district(city), make_district(city, "26350", "해운대구")
    ours, theirs = (make_team(city, district=district, state="applied") for district in (here, there))
    asking = bearer(make_person(city, "coordinator", district=here))
    assert codes(client, asking) == [ours.code]
    assert codes(client, asking, f"district={there.id}") == []
    assert codes(client, bearer(make_person(city, "admin")), f"district={there.id}") == [theirs.code]
    for path in ("contact", "notes"):
        assert client.get(f"/api/v1/teams/{theirs.id}/{path}", headers=asking).status_code == 404
    asked = {"teams": [str(theirs.id), str(ours.id)], "ok": True}
    results = client.post("/api/v1/teams/documents", json=asked, headers=asking).json["results"]
    assert [each["ok"] for each in results] == [False, True]
