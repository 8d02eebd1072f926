import multiprocessing
import os
import signal
import sys
import threading
from datetime import timedelta

import psutil
import pytest

from config.database import connection
from notifications.models import Event
from patrol.places.models import StreetNetwork
from patrol.planning.models import LeftOut, PlanRoute, PlanRun
from patrol.planning.operations import asking, solving
from tests.support.factories import NOW, Time
from tests.support.planning import a_run, a_scene, solved


@pytest.fixture
def claimed(database):
    scene = a_scene()
    mine = solving.claim("first", now=NOW, run=a_run(scene, seconds=20))
    assert mine is not None
    return mine


def test_a_run_goes_from_streets_to_routes_reasons_and_figures_in_another_process(database):
    scene = a_scene()
    before = "ortools" in sys.modules  # a planner's test may have run in this process
    run = solved(scene)
    assert (run.state, run.problem, run.progress) == ("done", "", 1)
    assert ("ortools" in sys.modules) == before
    routes = list(PlanRoute.select().where(PlanRoute.run == run))
    walked = [stop["block"] for route in routes for stop in route.route["stops"]]
    left_out = [str(entry.block_id) for entry in LeftOut.select().where(LeftOut.run == run)]
    assert walked
    assert sorted(walked + left_out) == sorted(str(block.id) for block in scene.blocks)
    assert run.weight == pytest.approx(sum(route.weight for route in routes))
    doors = {team.id: team for team in scene.teams}
    for route in routes:
        assert_times_hold(run, route, doors[route.team_id])
        assert_drawn_from_door_to_door(route.route, doors[route.team_id])
    assert_beside_free_walking(run.summary)
    told = [event.content for event in Event.select().where(Event.person == scene.coordinator.id)]
    assert (told[-1]["id"], told[-1]["state"]) == (str(run.id), "done")


def assert_times_hold(run, route, team):
    assert route.duration_s <= team.walk_min * 60 + 1
    assert route.starts_at >= run.begins_at
    assert (route.ends_at - route.starts_at).total_seconds() == pytest.approx(route.duration_s)
    assert route.starts_at <= route.latest_start_at <= run.ends_at


def assert_drawn_from_door_to_door(route, team):
    door = pytest.approx([team.door_lon, team.door_lat], abs=1e-5)
    assert route["line"][0] == door
    assert route["line"][-1] == door
    first, last = (route["line"][point] for point in route["shown"])
    for shown, stop in ((first, route["stops"][0]), (last, route["stops"][-1])):
        ends = stop["geometry"]["coordinates"]
        assert any(shown == pytest.approx(end, abs=1e-5) for end in (ends[0], ends[-1]))
    assert route["turns"][0]["kind"] == "start"


def assert_beside_free_walking(summary):
    assert 0 < summary["weight_covered"] <= summary["weight_reachable"] <= summary["weight_total"]
    assert summary["free"]["minutes"] <= summary["minutes_walked"] + 0.1
    assert 0 < summary["share_on_blocks"] <= 1


@pytest.mark.both_fast
def test_two_workers_share_out_two_runs(database):
    scene = a_scene(blocks=1)
    runs = {a_run(scene).id, a_run(scene).id}
    found = []

    def work(holder):
        with connection():
            mine = solving.claim(holder, now=NOW)
            found.append(mine.id if mine else None)

    workers = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(filter(None, found)) == sorted(runs)
    assert found.count(None) == 2


def test_the_run_of_a_worker_that_died_is_solved_by_the_next(database):
    a_run(a_scene(blocks=1))
    first = solving.claim("first", now=NOW)
    assert solving.claim("second", now=NOW + timedelta(seconds=5)) is None
    second = solving.claim("second", now=NOW + solving.CLAIM + timedelta(seconds=1))
    assert first is not None
    assert second is not None
    assert (second.id, second.claimed_by, second.attempts) == (first.id, "second", 2)


def test_a_worker_that_leaves_lets_the_next_one_go_on_at_once(database):
    a_run(a_scene(blocks=1))
    solving.claim("first", now=NOW)
    solving.let_go("first", now=NOW + timedelta(seconds=1))
    second = solving.claim("second", now=NOW + timedelta(seconds=2))
    assert second is not None
    assert second.attempts == 1


def test_a_run_that_kills_its_worker_three_times_is_given_up(database):
    run = a_run(a_scene(blocks=1))
    now = NOW
    for attempt in range(3):
        assert solving.claim(f"worker {attempt}", now=now) is not None
        now += solving.CLAIM + timedelta(seconds=1)
    assert solving.claim("worker 4", now=now) is None
    found = PlanRun.get_by_id(run.id)
    assert found.state == "failed"
    assert "three times" in found.problem


def test_what_a_worker_brings_too_late_is_dropped(claimed):
    PlanRun.update(claimed_by="second").execute()
    claimed.seconds = 1.0
    solving.solve(claimed, weather="none", clock=Time())
    assert PlanRoute.select().count() == 0
    assert PlanRun.get_by_id(claimed.id).state == "running"


def test_a_cancelled_run_keeps_the_best_plan_so_far(database):
    scene = a_scene(teams=8, blocks=80)  # more than can be planned, and proven, before the first news
    mine = solving.claim("first", now=NOW, run=a_run(scene, seconds=600))

    def cancel(_news):
        if not PlanRun.get_by_id(mine.id).cancel_asked:
            asking.cancel(mine, now=NOW)

    solving.solve(mine, weather="none", clock=Time(), on_progress=cancel)
    found = PlanRun.get_by_id(mine.id)
    assert (found.state, found.problem) == ("cancelled", "")
    assert found.summary["solve_s"] < found.seconds
    assert PlanRoute.select().where(PlanRoute.run == mine).exists()


def test_news_that_come_soon_after_others_are_told_too(claimed):
    here, there = multiprocessing.Pipe()
    heard = []

    def answer(news):
        heard.append(news["weight"])
        there.send({"result": {}} if len(heard) == 2 else {"weight": 2.0})

    there.send({"weight": 1.0})
    solving._watch(claimed, None, here, clock=Time(), on_progress=answer)
    assert heard == [1.0, 2.0]


def test_a_planner_that_is_killed_is_said_to_be(claimed):
    def kill(_news):
        for child in psutil.Process().children():
            if "spawn_main" in " ".join(child.cmdline()):
                os.kill(child.pid, signal.SIGKILL)

    solving.solve(claimed, weather="none", clock=Time(), on_progress=kill)
    found = PlanRun.get_by_id(claimed.id)
    assert found.state == "failed"
    assert "ended with code -9" in found.problem


def test_streets_that_are_damaged_fail_the_run_and_say_so(claimed):
    StreetNetwork.update(content=b"nothing of use").execute()
    solving.solve(claimed, weather="none", clock=Time())
    found = PlanRun.get_by_id(claimed.id)
    assert found.state == "failed"
    assert "saved streets" in found.problem


def test_heat_keeps_every_team_in(claimed):
    solving.solve(claimed, weather="fixed:36", clock=Time())
    found = PlanRun.get_by_id(claimed.id)
    assert found.summary["routes"] == 0
