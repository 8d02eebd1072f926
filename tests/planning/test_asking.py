from datetime import timedelta
from itertools import product

import pytest

from patrol.errors import NotFound
from patrol.places.models import Block
from patrol.places.operations.streets import NoStreets
from patrol.planning.models import PlanRun
from patrol.planning.operations import asking, solving
from patrol.planning.rules import STATES, TRANSITIONS
from patrol.teams.models import Team
from tests.support.factories import NOW, bearer, client_of, make_city, make_person, make_shift
from tests.support.planning import EVENING, a_run, a_scene


def test_a_city_without_streets_is_told_to_import_them(database):
    with pytest.raises(NoStreets, match="import-streets"):
        asking.ask(make_city(), evening=EVENING, seed=1, by=None, now=NOW)


def test_a_city_without_blocks_is_told_to_build_them(database):
    scene = a_scene(blocks=1)
    Block.update(active=False).execute()
    with pytest.raises(asking.NoBlocks, match="build-blocks"):
        a_run(scene)


def test_an_evening_that_is_over_is_refused(database):
    scene = a_scene(blocks=1)
    with pytest.raises(asking.EveningOver) as refused:
        asking.ask(scene.city, evening=EVENING - timedelta(days=1), seed=1, by=None, now=NOW)
    assert refused.value.pointer == "/evening"


@pytest.mark.parametrize("hours", [0, -1, 25])
def test_hours_that_end_before_they_begin_or_last_over_a_day_are_refused(database, hours):
    scene = a_scene(blocks=1)
    with pytest.raises(asking.WindowReversed):
        asking.ask(
            scene.city, evening=EVENING, begins_at=NOW, ends_at=NOW + timedelta(hours=hours), seed=1, by=None, now=NOW
        )


def test_with_no_team_available_the_window_and_the_number_of_active_teams_are_named(database):
    scene = a_scene(blocks=1, teams=2)
    Team.update(state="paused").where(Team.id == scene.teams[0].id).execute()
    make_shift(scene.teams[1], scene.blocks)
    with pytest.raises(asking.NoTeamAvailable, match=r"from 11-06 19:00 to 23:00; active teams: 1\b"):
        a_run(scene)


def test_nothing_is_queued_when_asking_is_refused(database):
    scene = a_scene(blocks=1, teams=1)
    Team.update(state="suspended").execute()
    with pytest.raises(asking.NoTeamAvailable):
        a_run(scene)
    assert PlanRun.select().count() == 0


def test_a_waiting_run_is_cancelled_at_once(database):
    run = a_run(a_scene(blocks=1))
    asking.cancel(run, now=NOW)
    assert PlanRun.get_by_id(run.id).state == "cancelled"


def test_a_run_under_way_is_asked_to_stop(database):
    run = a_run(a_scene(blocks=1))
    solving.claim("worker", now=NOW)
    asking.cancel(run, now=NOW)
    found = PlanRun.get_by_id(run.id)
    assert (found.state, found.cancel_asked) == ("running", True)


def test_a_run_that_has_ended_cannot_be_cancelled(database):
    run = a_run(a_scene(blocks=1))
    for state in (state for state in STATES if state not in ("queued", "running")):
        PlanRun.update(state=state).execute()
        with pytest.raises(asking.RunState, match=state):
            asking.cancel(run, now=NOW)


def test_a_state_moves_by_the_table_and_no_other_way(database):
    run = a_run(a_scene(blocks=1, teams=1))
    for state, action in product(STATES, ("claim", "cancel", "finish", "fail", "stop", "publish", "withdraw")):
        PlanRun.update(state=state).execute()
        assert asking.move(run, action) == ((state, action) in TRANSITIONS)
        assert PlanRun.get_by_id(run.id).state == TRANSITIONS.get((state, action), state)


class TestOverHttp:
    def test_a_coordinator_asks_and_is_told_where_to_watch(self, database):
        scene = a_scene(blocks=2)
        client, headers = client_of(database), bearer(scene.coordinator)
        answer = client.post("/api/v1/plan-runs", json={"evening": "2026-11-06", "seconds": 2}, headers=headers)
        assert answer.status_code == 202
        watched = client.get(answer.headers["Location"], headers=headers)
        assert watched.json["state"] == "queued"
        assert watched.json["seconds"] == 2

    def test_a_retry_with_the_same_key_asks_once(self, database):
        scene = a_scene(blocks=2)
        client, headers = client_of(database), bearer(scene.coordinator) | {"Idempotency-Key": "one"}
        first, again = (
            client.post("/api/v1/plan-runs", json={"evening": "2026-11-06"}, headers=headers) for _ in range(2)
        )
        assert first.json == again.json
        assert first.headers["Location"] == again.headers["Location"]
        assert PlanRun.select().count() == 1

    @pytest.mark.parametrize("role", ["walker", "officer", "admin"])
    def test_others_do_not_ask_for_plans(self, database, role):
        scene = a_scene(blocks=1)
        headers = bearer(make_person(scene.city, role))
        answer = client_of(database).post("/api/v1/plan-runs", json={"evening": "2026-11-06"}, headers=headers)
        assert answer.status_code == 403

    def test_a_run_of_another_city_is_not_there(self, database):
        run = a_run(a_scene(blocks=1))
        other = make_person(make_city("Elsewhere"), "coordinator")
        client, headers = client_of(database), bearer(other)
        for method, path in (
            ("GET", ""),
            ("DELETE", ""),
            ("GET", "/routes"),
            ("GET", "/left-out"),
            ("POST", "/publish"),
            ("POST", "/withdraw"),
        ):
            answer = client.open(f"/api/v1/plan-runs/{run.id}{path}", method=method, headers=headers)
            assert answer.status_code == 404
        assert client.get("/api/v1/plan-runs", headers=headers).json["items"] == []
        with pytest.raises(NotFound):
            asking.run_of(other.city_id, run.id)

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"evening": "tonight"}, "/evening"),
            ({"evening": "2026-11-06", "seconds": 0}, "/seconds"),
            ({"evening": "2026-11-06", "seconds": 601}, "/seconds"),
            ({"evening": "2026-11-06", "seed": -1}, "/seed"),
            ({"evening": "2026-11-06", "begins_at": "2026-11-06T19:00:00"}, "/begins_at"),
            ({"evening": "2026-11-06", "begins_at": "2026-11-08T19:00:00+09:00"}, "/begins_at"),
            ({"evening": "2026-11-06", "begins_at": "2026-11-05T23:59:00+09:00"}, "/begins_at"),
            ({}, "/evening"),
        ],
    )
    def test_what_cannot_be_planned_is_named(self, database, wrong, pointer):
        scene = a_scene(blocks=1)
        answer = client_of(database).post("/api/v1/plan-runs", json=wrong, headers=bearer(scene.coordinator))
        assert answer.status_code == 422
        assert [field["pointer"] for field in answer.json["errors"]] == [pointer]
