import pytest

from notifications.models import Message
from patrol.planning.models import LeftOut, PlanRoute, PlanRun
from patrol.planning.operations import asking, publishing
from patrol.shifts.models import Shift
from patrol.teams.models import Team
from patrol.teams.operations.applying import put_availability
from patrol.teams.rules import window
from tests.support.factories import NOW, Time, bearer, client_of, make_shift, make_team
from tests.support.planning import a_finished_run, a_run, a_scene, solved


@pytest.fixture
def scene(database):
    return a_scene()


@pytest.fixture
def run(scene):
    return a_finished_run(scene)


def test_every_route_is_offered_to_its_team(scene, run):
    done = publishing.publish(run, now=NOW)
    assert len(done.shifts) == PlanRoute.select().where(PlanRoute.run == run).count()
    assert done.passed_over == []
    for shift in Shift.select():
        assert shift.state == "offered"
        assert Message.select().where(Message.person == shift.team.handler_id).count() == 1


def test_a_plan_is_published_once(run):
    publishing.publish(run, now=NOW)
    with pytest.raises(asking.RunState, match="published"):
        publishing.publish(run, now=NOW)
    assert Shift.select().count() == PlanRoute.select().where(PlanRoute.run == run).count()


def test_a_run_cancelled_before_it_had_a_plan_takes_nobodys_place(scene, run):
    publishing.publish(run, now=NOW)
    empty = a_run(scene, near=run.id)
    asking.cancel(empty, now=NOW)
    with pytest.raises(asking.RunState, match="cancelled"):
        publishing.publish(PlanRun.get_by_id(empty.id), now=NOW)
    assert {shift.state for shift in Shift.select()} == {"offered"}
    assert PlanRun.get_by_id(run.id).state == "published"


def test_a_team_that_was_suspended_since_is_passed_over(scene, run):
    gone = scene.teams[0]
    Team.update(state="suspended").where(Team.id == gone.id).execute()
    done = publishing.publish(run, now=NOW)
    assert [team.id for team in done.passed_over] == [gone.id]
    assert gone.id not in {shift.team_id for shift in done.shifts}


def test_a_team_that_got_another_shift_since_is_passed_over(scene, run):
    busy = scene.teams[0]
    make_shift(busy, starts_at=NOW)
    done = publishing.publish(run, now=NOW)
    assert [team.id for team in done.passed_over] == [busy.id]


def test_an_evening_that_is_over_is_not_published(run):
    with pytest.raises(asking.EveningOver):
        publishing.publish(run, now=run.ends_at)
    assert PlanRun.get_by_id(run.id).state == "done"


def test_withdrawing_takes_back_what_nobody_has_begun(run):
    publishing.publish(run, now=NOW)
    begun = Shift.select().first()
    Shift.update(state="walking").where(Shift.id == begun.id).execute()
    taken = publishing.withdraw(run, now=NOW)
    assert taken == Shift.select().count() - 1
    assert {shift.state for shift in Shift.select()} <= {"withdrawn", "walking"}
    with pytest.raises(asking.RunState):
        publishing.withdraw(run, now=NOW)


def test_blocks_given_out_for_tonight_are_not_planned_again(scene, run):
    publishing.publish(run, now=NOW)
    late = a_second_team(scene)
    again = solved(scene)
    given = {stop["block"] for shift in Shift.select() for stop in shift.route["stops"]}
    for route in PlanRoute.select().where(PlanRoute.run == again):
        assert route.team_id == late.id
        assert not given & {stop["block"] for stop in route.route["stops"]}


def a_second_team(scene):
    first = scene.teams[0]
    team = make_team(scene.city, door_lon=first.door_lon, door_lat=first.door_lat)
    return put_availability(team, [window(day, "19:00", "23:00") for day in range(7)], now=NOW)


class TestOverHttp:
    def test_routes_are_shown_from_their_first_block_to_their_last(self, database, scene, run):
        client, headers = client_of(database, clock=Time()), bearer(scene.coordinator)
        routes = client.get(f"/api/v1/plan-runs/{run.id}/routes", headers=headers)
        assert len(routes.json) == PlanRoute.select().count()
        for route in routes.json:
            whole = PlanRoute.get((PlanRoute.run == run) & (PlanRoute.team == route["team"]["id"])).route["line"]
            assert route["line"]["coordinates"][0] != whole[0]
            assert len(route["line"]["coordinates"]) < len(whole)

    def test_blocks_left_out_come_heaviest_first_with_their_reason_in_words(self, database, scene, run):
        client, headers = client_of(database), bearer(scene.coordinator)
        found, cursor = [], None
        while True:
            query = {"limit": 4} | ({"cursor": cursor} if cursor else {})
            answer = client.get(f"/api/v1/plan-runs/{run.id}/left-out", query_string=query, headers=headers).json
            found += answer["items"]
            cursor = answer["next"]
            if cursor is None:
                break
        assert len(found) == LeftOut.select().where(LeftOut.run == run).count() > 4
        assert [entry["weight"] for entry in found] == sorted((entry["weight"] for entry in found), reverse=True)
        assert all(entry["words"]["ko"] and entry["words"]["en"] for entry in found)

    def test_publishing_names_the_shifts(self, database, scene, run):
        client, headers = client_of(database), bearer(scene.coordinator)
        answer = client.post(f"/api/v1/plan-runs/{run.id}/publish", headers=headers)
        assert answer.status_code == 200
        assert sorted(answer.json["shifts"]) == sorted(str(shift.id) for shift in Shift.select())
        again = client.post(f"/api/v1/plan-runs/{run.id}/publish", headers=headers)
        assert again.status_code == 409
