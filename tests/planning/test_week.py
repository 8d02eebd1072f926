"""A week of patrols: from seven evenings of availability to shifts on their days."""

from collections import Counter, defaultdict
from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.models import Event
from patrol.places.models import Block
from patrol.planning.models import LeftOut, PlanRoute, PlanRun
from patrol.planning.operations import asking, pairing, publishing, solving
from patrol.planning.operations.weekly import snapshot_week
from patrol.planning.rules import visit_weights
from patrol.shifts.models import Shift
from patrol.teams.models import Team
from patrol.teams.operations.applying import put_availability
from patrol.teams.rules import Weather, window
from patrol.walks.models import Walk
from tests.support.factories import NOW, Time, bearer, client_of, make_shift
from tests.support.planning import EVENING, a_run, a_scene


@pytest.fixture
def scene(database):
    return a_scene(teams=3, blocks=12)


def a_week(scene, **more):
    return a_run(scene, kind="week", **more)


def seen(run, weather=None):
    return snapshot_week(run, weather=lambda _: weather, now=NOW).week


def solved_week(scene):
    mine = solving.claim("test", now=NOW, run=a_week(scene, seconds=3))
    solving.solve(mine, weather="none", clock=Time())
    return PlanRun.get_by_id(mine.id)


class TestSnapshot:
    def test_a_team_is_out_on_the_days_that_it_has_time(self, scene):
        team = scene.teams[1]
        put_availability(team, [window(day, "20:00", "22:00") for day in (0, 4)], now=NOW)  # Monday, Friday
        week = seen(a_week(scene))
        row = week.team_ids.index(str(team.id))
        assert (week.budget_s[row] > 0).nonzero()[0].tolist() == [0, 3]  # EVENING is a Friday
        assert week.earliest_s[row, 3] == 3600.0
        assert week.latest_s[row, 3] == 3 * 3600.0

    def test_a_shift_given_already_takes_its_evening_and_counts_as_a_walk(self, scene):
        make_shift(scene.teams[0], scene.blocks[:1], starts_at=NOW + timedelta(days=1))
        week = seen(a_week(scene))
        row = week.team_ids.index(str(scene.teams[0].id))
        assert week.budget_s[row, 1] == 0
        assert week.budget_s[row, 2] > 0
        assert week.walks_at_most[row] == 1

    def test_a_block_wants_the_visits_that_no_shift_gives_it_and_later_ones_are_worth_less(self, scene):
        Block.update(visits_per_week=3, weight=10.0).execute()
        make_shift(scene.teams[0], scene.blocks[:1], starts_at=NOW + timedelta(days=1))
        week = seen(a_week(scene))
        rows = dict(zip(week.block_ids, week.visit_weight.tolist(), strict=True))
        assert rows[str(scene.blocks[0].id)] == [6.0, 4.0, 0.0]
        assert rows[str(scene.blocks[1].id)] == [10.0, 6.0, 4.0]

    def test_minutes_of_the_three_weeks_before_count_for_fairness(self, scene):
        team = scene.teams[2]
        for days, minutes in ((2, 30), (20, 45), (22, 60)):
            began = NOW - timedelta(days=days)
            make_walk(team, began, minutes)
        week = seen(a_week(scene))
        walked = dict(zip(week.team_ids, week.walked_before_s.tolist(), strict=True))
        assert walked[str(team.id)] == 75 * 60
        assert walked[str(scene.teams[0].id)] == 0
        assert set(week.burden_at_most_s) == {360 * 60.0}

    def test_a_block_that_is_not_valid_all_week_is_left_to_its_evenings(self, scene):
        Block.update(valid_until=EVENING + timedelta(days=2)).where(Block.id == scene.blocks[0].id).execute()
        assert str(scene.blocks[0].id) not in seen(a_week(scene)).block_ids

    def test_heat_keeps_teams_in(self, scene):
        assert len(seen(a_week(scene), Weather(temperature_c=36.0)).team_ids) == 0

    def test_pins_and_bars_hold(self, scene):
        first, second = scene.teams[:2]
        for kind, team, block in (("pin", first, 0), ("bar", second, 1)):
            wanted = {"team": team.id, "block": scene.blocks[block].id}
            pairing.pair(scene.city.id, kind=kind, **wanted, note="", by=None, now=NOW)
        week = seen(a_week(scene))
        may = {
            block: {week.team_ids[team] for team in week.compatible[:, column].nonzero()[0]}
            for column, block in enumerate(week.block_ids)
        }
        everybody = {str(team.id) for team in scene.teams}
        assert may[str(scene.blocks[0].id)] == {str(first.id)}
        assert may[str(scene.blocks[1].id)] == everybody - {str(second.id)}
        assert may[str(scene.blocks[2].id)] == everybody


def make_walk(team, began, minutes):
    shift = make_shift(team, [], starts_at=began, state="walked")
    return Walk.create(
        id=uuid4(),
        city=team.city_id,
        team=team,
        shift=shift,
        state="ended",
        digest="",
        gate={},
        started_at=began,
        ended_at=began + timedelta(minutes=minutes),
        ended_by="walker",
        heard_at=began,
        created_at=began,
    )


def test_what_a_visit_is_worth_falls_as_the_policy_says():
    assert visit_weights(10.0, 4, (1.0, 0.5)) == [10.0, 5.0, 5.0, 5.0]
    assert visit_weights(10.0, 1, (1.0, 0.5)) == [10.0]


class TestAsking:
    def test_a_week_runs_from_its_first_evening_to_its_seventh(self, scene):
        run = a_week(scene)
        assert (run.kind, run.evening) == ("week", EVENING)
        assert run.ends_at - run.begins_at == timedelta(days=6, hours=4)

    def test_a_week_has_a_solving_time_of_its_own(self, scene):
        assert asking.ask(scene.city, kind="week", evening=EVENING, seed=1, by=None, now=NOW).seconds == 60.0

    @pytest.mark.parametrize("given", [{"begins_at": NOW}, {"ends_at": NOW}])
    def test_a_week_has_the_policys_hours(self, scene, given):
        with pytest.raises(asking.WeekAsPolicySays) as refused:
            a_week(scene, **given)
        assert refused.value.pointer == f"/{next(iter(given))}"

    def test_a_week_stays_near_no_other_plan(self, scene):
        with pytest.raises(asking.WeekAsPolicySays) as refused:
            a_week(scene, near=a_run(scene).id)
        assert refused.value.pointer == "/near"

    def test_a_week_in_which_nobody_is_out_is_refused(self, scene):
        for team in scene.teams:
            put_availability(team, [window(0, "09:00", "11:00")], now=NOW)
        with pytest.raises(asking.NoTeamAvailable, match=r"from 11-06 19:00 to 11-12 23:00; active teams: 3\b"):
            a_week(scene)

    def test_a_week_is_asked_for_over_http(self, database, scene):
        given = {"kind": "week", "evening": EVENING.isoformat(), "seconds": 5}
        answer = client_of(database).post("/api/v1/plan-runs", json=given, headers=bearer(scene.coordinator))
        assert (answer.status_code, answer.json["kind"]) == (202, "week")


def test_a_week_is_planned_in_another_process_within_every_limit(database):
    scene = a_scene(teams=3, blocks=12)
    run = solved_week(scene)
    assert (run.state, run.problem) == ("done", "")
    routes = list(PlanRoute.select().where(PlanRoute.run == run))
    assert routes
    days, visits = defaultdict(list), Counter()
    for route in routes:
        assert EVENING <= route.evening <= EVENING + timedelta(days=6)
        assert route.duration_s <= 20 * 60 + 1
        assert route.starts_at.astimezone(NOW.tzinfo) >= NOW
        days[route.team_id].append(route.evening)
        visits.update(stop["block"] for stop in route.route["stops"])
    for walked in days.values():
        assert len(walked) <= 2
        assert all(abs((one - other).days) > 1 for one in walked for other in walked if one != other)
    assert run.weight == pytest.approx(sum(route.weight for route in routes))
    assert run.weight <= run.bound + 1e-6
    fairness, surprise = run.summary["fairness"], run.summary["surprise"]
    assert fairness["least_min"] <= fairness["mean_min"] <= fairness["most_min"] <= 40.1
    assert surprise["plans"] >= 1
    assert 0 <= surprise["price"] <= 0.02 * run.bound + 1e-6
    short = {str(entry.block_id): entry.visits for entry in LeftOut.select().where(LeftOut.run == run)}
    for block in scene.blocks:
        assert visits[str(block.id)] + short.get(str(block.id), 0) == block.visits_per_week
    told = [event.content for event in Event.select().where(Event.person == scene.coordinator.id)]
    assert (told[-1]["id"], told[-1]["state"]) == (str(run.id), "done")


@pytest.mark.slow
def test_a_weeks_routes_become_shifts_on_their_days(database):
    scene = a_scene(teams=3, blocks=12)
    run = solved_week(scene)
    Team.update(state="suspended").where(Team.id == scene.teams[0].id).execute()
    done = publishing.publish(run, now=NOW)
    routes = list(PlanRoute.select().where(PlanRoute.run == run))
    expected = sorted((route.evening, route.team_id) for route in routes if route.team_id != scene.teams[0].id)
    assert sorted((shift.evening, shift.team_id) for shift in Shift.select()) == expected
    assert {team.id for team in done.passed_over} <= {scene.teams[0].id}
    assert publishing.withdraw(PlanRun.get_by_id(run.id), now=NOW) == len(expected)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.slow
def test_a_week_that_is_cancelled_keeps_the_best_so_far(database):
    scene = a_scene(teams=8, blocks=120)  # more than can be planned, and proven, before the first news
    mine = solving.claim("test", now=NOW, run=a_week(scene, seconds=600))

    def cancel(_news):
        if not PlanRun.get_by_id(mine.id).cancel_asked:
            asking.cancel(mine, now=NOW)

    solving.solve(mine, weather="none", clock=Time(), on_progress=cancel)
    found = PlanRun.get_by_id(mine.id)
    assert (found.state, found.problem) == ("cancelled", "")
    assert found.summary["solve_s"] < found.seconds
    assert PlanRoute.select().where(PlanRoute.run == mine).exists()
