"""A plan made anew in another's place changes as little as may be."""

import pytest

from patrol.planning.models import PlanRoute, PlanRun
from patrol.planning.operations import asking, publishing
from patrol.planning.operations.snapshot import snapshot
from patrol.shifts.models import Shift
from patrol.teams.models import Team
from patrol.teams.operations.welfare import unknown
from tests.support.databases import sqlite_only
from tests.support.factories import NOW, bearer, client_of
from tests.support.planning import EVENING, a_finished_run, a_run, a_scene, solved


@pytest.fixture
def scene(database):
    return a_scene()


@pytest.fixture
def published(scene):
    run = a_finished_run(scene)
    publishing.publish(run, now=NOW)
    return PlanRun.get_by_id(run.id)


def near(scene, run, **more):
    return a_run(scene, near=run.id, **more)


def seen(run):
    return snapshot(run, weather=unknown, now=NOW).evening


def blocks_of(run, team):
    route = PlanRoute.get((PlanRoute.run == run) & (PlanRoute.team == team))
    return [stop["block"] for stop in route.route["stops"]]


def test_the_planner_gets_the_routes_to_stay_near(scene, published):
    evening = seen(near(scene, published, keep_weight=3.5))
    assert evening.previous.keep_weight == 3.5
    for team, blocks in evening.previous.routes:
        assert [evening.block_ids[block] for block in blocks] == blocks_of(published, evening.team_ids[team])
    assert len(evening.previous.routes) == len(scene.teams)


def test_the_policy_says_what_a_change_must_be_worth_where_nobody_else_does(scene, published):
    assert near(scene, published).keep_weight == 2.0


def test_shifts_nobody_has_begun_are_planned_anew_and_begun_ones_are_not(scene, published):
    begun = Shift.get(Shift.team == scene.teams[0])
    Shift.update(state="walking").where(Shift.id == begun.id).execute()
    evening = seen(near(scene, published))
    assert set(evening.team_ids) == {str(team.id) for team in scene.teams[1:]}
    given = {stop["block"] for stop in begun.route["stops"]}
    assert set(evening.block_ids) == {str(block.id) for block in scene.blocks} - given


def test_a_team_that_declined_is_not_asked_again_and_its_blocks_are_open(scene, published):
    Shift.update(state="declined").where(Shift.team == scene.teams[0]).execute()
    evening = seen(near(scene, published))
    assert str(scene.teams[0].id) not in evening.team_ids
    assert set(evening.block_ids) == {str(block.id) for block in scene.blocks}


def test_a_plan_that_is_not_published_yet_is_stayed_near_too(scene):
    evening = seen(near(scene, a_finished_run(scene)))
    assert len(evening.previous.routes) == len(scene.teams)


class TestPublishedInTheOthersPlace:
    @pytest.fixture
    def anew(self, scene, published):
        """The first team's blocks in another order, the second one's less one, and the third at home."""
        run = a_finished_run(scene, near=published.id)
        for team, order in ((scene.teams[0], slice(None, None, -1)), (scene.teams[1], slice(1, None))):
            here = (PlanRoute.run == run) & (PlanRoute.team == team)
            route = PlanRoute.get(here).route
            PlanRoute.update(route=route | {"stops": route["stops"][order]}).where(here).execute()
        PlanRoute.delete().where((PlanRoute.run == run) & (PlanRoute.team == scene.teams[2])).execute()
        return run

    def test_who_has_the_same_keeps_the_shift_and_the_answer_to_it(self, scene, anew):
        before = Shift.get(Shift.team == scene.teams[0])
        Shift.update(state="accepted").where(Shift.id == before.id).execute()
        done = publishing.publish(anew, now=NOW)
        assert [team.id for team in done.kept] == [scene.teams[0].id]
        after = Shift.get(Shift.team == scene.teams[0])
        assert (after.id, after.state, after.plan_run) == (before.id, "accepted", anew.id)

    def test_who_has_something_else_gets_another_shift_and_who_has_nothing_none(self, scene, published, anew):
        done = publishing.publish(anew, now=NOW)
        assert [shift.team_id for shift in done.shifts] == [scene.teams[1].id]
        states = {
            team.code: sorted(shift.state for shift in Shift.select().where(Shift.team == team)) for team in scene.teams
        }
        assert list(states.values()) == [["offered"], ["offered", "withdrawn"], ["withdrawn"]]
        assert PlanRun.get_by_id(published.id).state == "withdrawn"

    def test_withdrawing_it_takes_back_what_it_kept_too(self, anew):
        publishing.publish(anew, now=NOW)
        assert publishing.withdraw(PlanRun.get_by_id(anew.id), now=NOW) == 2
        assert {shift.state for shift in Shift.select()} == {"withdrawn"}

    def test_a_team_that_was_suspended_meanwhile_is_passed_over(self, scene, anew):
        Team.update(state="suspended").where(Team.id == scene.teams[1].id).execute()
        done = publishing.publish(anew, now=NOW)
        assert [team.id for team in done.passed_over] == [scene.teams[1].id]

    def test_what_another_plan_has_replaced_already_is_not_replaced_twice(self, scene, published, anew):
        other = a_finished_run(scene, near=published.id)
        publishing.publish(other, now=NOW)
        done = publishing.publish(PlanRun.get_by_id(anew.id), now=NOW)
        assert (done.shifts, done.kept) == ([], [])
        assert PlanRun.get_by_id(other.id).state == "published"


@sqlite_only
@pytest.mark.slow
def test_made_anew_when_one_team_drops_out_the_others_keep_what_they_have(scene):
    first = solved(scene)
    publishing.publish(first, now=NOW)
    gone, *others = sorted(scene.teams, key=lambda team: -len(blocks_of(first, team)))
    Team.update(state="suspended").where(Team.id == gone.id).execute()
    second = solved(scene, near=first.id, keep_weight=1000.0)
    assert not PlanRoute.select().where((PlanRoute.run == second) & (PlanRoute.team == gone)).exists()
    for team in others:
        assert set(blocks_of(first, team)) <= set(blocks_of(second, team))


@sqlite_only
@pytest.mark.slow
def test_made_anew_with_nothing_changed_who_gains_no_block_is_told_nothing(scene):
    first = solved(scene)
    publishing.publish(first, now=NOW)
    second = solved(scene, near=first.id, keep_weight=1000.0)
    done = publishing.publish(second, now=NOW)
    before, after = ({team.id: set(blocks_of(run, team)) for team in scene.teams} for run in (first, second))
    assert all(before[team] <= after[team] for team in before)
    assert {team.id for team in done.kept} == {team for team in before if before[team] == after[team]}
    assert done.passed_over == []


def test_a_run_without_a_result_cannot_be_stayed_near(scene):
    with pytest.raises(asking.NearAnother) as refused:
        near(scene, a_run(scene))
    assert refused.value.pointer == "/near"


def test_a_run_of_another_city_cannot_be_stayed_near(scene):
    with pytest.raises(asking.NearAnother):
        near(scene, a_finished_run(a_scene("Ulsan")))


def test_it_is_asked_for_over_http(database, scene, published):
    given = {"evening": EVENING.isoformat(), "near": str(published.id), "keep_weight": 4}
    answer = client_of(database).post("/api/v1/plan-runs", json=given, headers=bearer(scene.coordinator))
    assert answer.status_code == 202
    assert (answer.json["near"], answer.json["keep_weight"]) == (str(published.id), 4.0)
