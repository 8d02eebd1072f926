"""Dogs' welfare in plans: who stays at home, who is out when, and what was seen of it."""

from datetime import date, timedelta

import pytest

from patrol.places.operations.cities import policy_of
from patrol.planning.models import PlanGate, PlanRoute
from patrol.planning.operations import publishing, solving, storing
from patrol.planning.operations.personal import exported, forget_team
from patrol.planning.operations.snapshot import snapshot
from patrol.planning.operations.weekly import snapshot_week
from patrol.teams.models import Dog
from patrol.teams.operations.welfare import unknown
from patrol.teams.rules import Weather
from tests.support.factories import NOW, Time, bearer, client_of, make_shift
from tests.support.planning import EVENING, a_finished_run, a_run, a_scene

COOLS = NOW + timedelta(hours=1)
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def scene(database):
    return a_scene(teams=2, blocks=6, walk_min=30)


def warm(at):
    """33 °C until 20:30, then 27."""
    return Weather(temperature_c=33.0 if at < COOLS else 27.0)


def hot(_at):
    return Weather(temperature_c=30.0)


def limit(team, **given):
    Dog.update(**given).where(Dog.team == team).execute()


def seen(run, weather=unknown):
    return snapshot(run, weather=weather, now=NOW)


class TestAnEvening:
    def test_each_hour_has_its_gate(self, scene):
        found = seen(a_run(scene), warm)
        wait_s = (COOLS - a_run(scene).begins_at).total_seconds()
        assert found.evening.earliest_s.tolist() == [wait_s] * 2
        assert found.evening.budget_s.tolist() == [1800.0] * 2

    def test_a_walk_is_shortened_and_a_delicate_dog_stays_in(self, scene):
        limit(scene.teams[0], brachycephalic=True)
        found = seen(a_run(scene), hot)
        assert found.evening.team_ids == (str(scene.teams[1].id),)
        assert found.evening.budget_s.tolist() == [900.0]
        assert [(gated.planable.team.id, gated.planable.walk_min) for gated in found.gated] == [
            (scene.teams[1].id, 15),
            (scene.teams[0].id, 0),
        ]

    def test_a_dog_that_rests_is_not_planned_beside_another_evenings_shift(self, scene):
        tired, fit = scene.teams
        for team in scene.teams:
            make_shift(team, starts_at=NOW + timedelta(days=1))
        limit(tired, rest_days=1)
        assert seen(a_run(scene)).evening.team_ids == (str(fit.id),)

    def test_minutes_of_the_day_that_other_shifts_take_are_not_planned_again(self, scene):
        team = scene.teams[0]
        make_shift(team, starts_at=NOW - timedelta(hours=9), closes_at=NOW - timedelta(hours=8), state="walked")
        limit(team, minutes_a_day=50)
        assert seen(a_run(scene)).evening.budget_s.tolist() == [1200.0, 1800.0]

    def test_everybody_kept_in_is_an_empty_plan_that_says_why(self, scene):
        claimed = solving.claim("test", now=NOW, run=a_run(scene))
        storing.note(claimed, seen(claimed, lambda _at: Weather(temperature_c=36.0)))
        assert [(gate.most_min, gate.reasons) for gate in PlanGate.select()] == [(0, ["too_hot"])] * 2

    def test_weather_that_is_merely_unknown_is_not_noted_of_every_team(self, scene):
        assert seen(a_run(scene)).gated == []


class TestAWeek:
    def test_each_evening_has_its_weather_and_each_dog_its_rest(self, scene):
        limit(scene.teams[0], rest_days=3)
        hot_day = EVENING + timedelta(days=2)

        def weather(at):
            return Weather(temperature_c=36.0 if (at + timedelta(hours=9)).date() == hot_day else 20.0)

        found = snapshot_week(a_run(scene, kind="week"), weather=weather, now=NOW)
        policy = policy_of(scene.city)
        assert found.week.rest_days.tolist() == [3, policy.week.rest_days]
        assert [(gated.evening, gated.planable.walk_min) for gated in found.gated] == [(hot_day, 0)] * 2
        assert (found.week.budget_s[:, 2] == 0).all()
        assert (found.week.budget_s[:, [0, 1, 3, 4, 5, 6]] == 1800).all()

    def test_evenings_beside_a_shift_given_are_rest(self, scene):
        team = scene.teams[0]
        limit(team, rest_days=1)
        make_shift(team, starts_at=NOW + timedelta(days=3))
        found = snapshot_week(a_run(scene, kind="week"), weather=unknown, now=NOW)
        assert (found.week.budget_s[0] > 0).tolist() == [True, True, False, False, False, True, True]


class TestPublishing:
    def test_a_team_whose_dogs_may_no_longer_walk_so_long_is_passed_over(self, scene):
        limit(scene.teams[0], minutes_a_day=29)
        done = publishing.publish(a_finished_run(scene), now=NOW)
        assert [team.id for team in done.passed_over] == [scene.teams[0].id]

    def test_a_team_that_the_forecast_keeps_in_is_passed_over(self, scene):
        limit(scene.teams[0], overweight=True)
        done = publishing.publish(a_finished_run(scene), weather=lambda _at: Weather(temperature_c=27.0), now=NOW)
        assert [team.id for team in done.passed_over] == [scene.teams[0].id]

    def test_a_walk_within_what_its_dogs_may_is_offered(self, scene):
        limit(scene.teams[0], minutes_a_day=30)
        run = a_finished_run(scene)
        assert len(publishing.publish(run, now=NOW).shifts) == PlanRoute.select().where(PlanRoute.run == run).count()


class TestOverHttp:
    def test_the_plans_answer_says_which_teams_were_kept_in_or_cut_short_and_why(self, database, scene):
        limit(scene.teams[1], brachycephalic=True)
        run = a_finished_run(scene)
        storing.note(run, seen(run, hot))
        client = client_of(database, clock=Time())
        first, second = client.get(f"/api/v1/plan-runs/{run.id}/welfare", headers=bearer(scene.coordinator)).json
        assert (first["team"]["id"], first["verdict"], first["most_min"]) == (str(scene.teams[1].id), "stop", 0)
        assert (first["dogs"], first["reasons"]) == (["Bori"], ["too_hot", "sensitive_dog"])
        assert first["words"]["ko"] == "Bori: 너무 덥습니다, 더위에 약한 반려견입니다"
        assert (second["verdict"], second["most_min"], second["evening"]) == ("short", 15, EVENING.isoformat())
        assert date.fromisoformat(second["evening"]) == run.evening

    def test_a_person_gets_what_plans_saw_of_their_dogs_and_it_goes_with_the_team(self, scene):
        team, other = scene.teams
        run = a_finished_run(scene)
        storing.note(run, seen(run, hot))
        kept = next(part for part in exported(team.handler_id) if part.table == "plan_gate")
        assert [row["most_min"] for row in kept.rows] == [15]
        forget_team(team, other, NOW)
        assert [gate.team_id for gate in PlanGate.select()] == [other.id]

    def test_a_run_that_is_tried_again_keeps_only_what_it_saw_last(self, scene):
        run = a_finished_run(scene)
        for celsius in (36.0, 36.0, 20.0):
            storing.note(run, seen(run, lambda _at, celsius=celsius: Weather(temperature_c=celsius)))
        assert not PlanGate.select().exists()
