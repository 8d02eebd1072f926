"""Planning a city by command line, from its streets to routes in other programs."""

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from config.clock import utc_now
from config.policy import shipped
from patrol.places.models import Block
from patrol.planning.models import PlanRun
from patrol.planning.operations.pairing import pair
from patrol.shifts.models import Shift
from patrol.teams.models import Team
from tests.support.command_line import make_town, town_commands
from tests.support.evenings import faults_of
from tests.support.factories import Time

GPX = "{http://www.topografix.com/GPX/1/1}"


def planned(run, town, date, *more, **given):
    done = run("plan", "--city", town, "--date", date, "--seconds", 1, "--seed", 4, "--json", *more, **given)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_a_plan_is_printed_as_scripts_expect_it(run, town, tomorrow):
    plan = planned(run, town, tomorrow)
    assert (plan["city"], plan["date"]) == ("kivilä-töölö", tomorrow)
    assert plan["routes"]
    for route in plan["routes"]:
        assert {"team", "blocks", "distance_m", "duration_s", "weight", "geometry"} <= route.keys()
        assert route["geometry"]["type"] == "LineString"
        assert len(route["geometry"]["coordinates"]) >= 2
    walked = [block for route in plan["routes"] for block in route["blocks"]]
    left_out = [entry["block"] for entry in plan["unassigned"]]
    assert len(walked) == len(set(walked)) == plan["summary"]["blocks_covered"]
    assert sorted(walked + left_out) == [block.code for block in Block.select().order_by(Block.code)]
    assert all(entry["reason"] and entry["sentence"] for entry in plan["unassigned"])
    assert all(0 <= route["adds"] <= route["weight"] + 1e-6 for route in plan["routes"])
    assert plan["gap"] == pytest.approx(max(0.0, 1 - plan["summary"]["weight_covered"] / plan["bound"]))
    assert {block for remedy in plan["remedies"] for block in remedy["blocks"]} <= set(left_out)
    assert faults_of(PlanRun.get_by_id(plan["run"])) == []


def test_a_plan_is_a_table_for_people(run, town, tomorrow):
    done = run("plan", "--date", tomorrow, "--seconds", 1)
    assert done.exit_code == 0
    assert "weight covered of reachable" in done.stdout
    assert "free walking" in done.stdout
    assert "proven bound, gap" in done.stdout
    assert not Shift.select().exists()


@pytest.mark.parametrize(("date", "hours"), [("2027-03-27", 6), ("2026-10-24", 8), ("2026-11-06", 7)])
@pytest.mark.slow
def test_a_night_on_which_the_clocks_change_is_as_long_as_it_is(run, tmp_path, date, hours):
    policy = tmp_path / "night.toml"
    text = shipped("generic").read_text(encoding="utf-8")
    policy.write_text(text.replace('"19:00"', '"22:00"', 1).replace('"23:00"', '"05:00"', 1), encoding="utf-8")
    clock = Time(datetime.fromisoformat(f"{date}T12:00:00+00:00"))
    plan = planned(run, make_town(run, tmp_path, policy=policy, clock=clock), date, clock=clock)
    run_ = PlanRun.get_by_id(plan["run"])
    assert run_.ends_at - run_.begins_at == timedelta(hours=hours)
    assert plan["routes"]
    assert faults_of(run_) == []


def test_tonight_can_be_planned_while_it_is_under_way(run, tmp_path):
    clock = Time(datetime(2026, 11, 6, 19, 30, tzinfo=UTC))  # 21:30 in Helsinki
    town = make_town(run, tmp_path, clock=clock)
    plan = planned(run, town, "2026-11-06", clock=clock)
    assert plan["routes"]
    assert all(datetime.fromisoformat(route["starts_at"]) >= clock() for route in plan["routes"])


def test_published_routes_go_out_as_geojson_and_gpx(run, town, tomorrow):
    plan = planned(run, town, tomorrow, "--publish")
    assert [shift["team"] for shift in plan["shifts"]] == [route["team"] for route in plan["routes"]]
    for shift, route in zip(plan["shifts"], plan["routes"], strict=True):
        done = run("export-route", shift["shift"], "--format", "geojson")
        content = json.loads(done.stdout)
        assert content["type"] == "FeatureCollection"
        line, *blocks = content["features"]
        assert line["geometry"] == route["geometry"]
        assert [block["properties"]["code"] for block in blocks] == route["blocks"]
        gpx = ET.fromstring(run("export-route", shift["shift"], "--format", "gpx").stdout)  # noqa: S314 - ours
        points = [[float(point.get("lon")), float(point.get("lat"))] for point in gpx.iter(f"{GPX}trkpt")]
        assert points == route["geometry"]["coordinates"]


def test_a_plan_made_anew_takes_the_published_ones_place_and_keeps_what_is_the_same(run, town, tomorrow):
    first = planned(run, town, tomorrow, "--publish")
    again = run("plan", "--date", tomorrow, "--seconds", 1, "--near", first["run"], "--publish", "--json")
    assert again.exit_code == 0, again.stderr
    second = json.loads(again.stdout)
    routes = {route["team"]: route["blocks"] for route in first["routes"]}
    shifts = {shift["team"]: shift["shift"] for shift in first["shifts"]}
    same = {route["team"] for route in second["routes"] if route["blocks"] == routes.get(route["team"])}
    assert {shift["team"] for shift in second["shifts"] if shift["shift"] == shifts.get(shift["team"])} == same
    assert PlanRun.get_by_id(first["run"]).state == "withdrawn"
    assert f"{len(same)} stay as they were" in again.stderr


def test_a_pin_that_could_not_be_kept_is_told_below_the_table(run, town, tomorrow):
    team, block = Team.select().first(), Block.select().first()
    pair(team.city_id, kind="pin", team=team.id, block=block.id, note="", by=None, now=utc_now())
    Block.update(active=False).where(Block.id == block.id).execute()
    done = run("plan", "--date", tomorrow, "--seconds", 1)
    assert f"{team.code} – {block.code}: the block is switched off or not valid then" in done.stdout


def test_a_week_is_planned_and_published_on_its_days(run, town, tomorrow):
    plan = planned(run, town, tomorrow, "--week", "--seconds", 3, "--publish")
    assert plan["kind"] == "week"
    days = {route["date"] for route in plan["routes"]}
    first = datetime.fromisoformat(tomorrow).date()
    assert days <= {(first + timedelta(days=number)).isoformat() for number in range(7)}
    assert len(days) > 1
    assert [(shift["team"], shift["date"]) for shift in plan["shifts"]] == [
        (route["team"], route["date"]) for route in plan["routes"]
    ]
    assert plan["summary"]["visits"] == sum(len(route["blocks"]) for route in plan["routes"])
    assert plan["summary"]["visits"] > len({block for route in plan["routes"] for block in route["blocks"]})


@pytest.mark.slow
def test_a_week_is_a_table_for_people(run, town, tomorrow):
    done = run("plan", "--week", "--date", tomorrow, "--seconds", 2)
    assert done.exit_code == 0, done.stderr
    assert "visits planned" in done.stdout
    assert "minutes a team in four weeks" in done.stdout
    assert "who comes when" in done.stdout


def test_nothing_that_is_printed_tells_where_a_team_lives(run, town, tomorrow):
    for number, team in enumerate(Team.select(), start=1):  # in the middle of a street, where nothing else is
        Team.update(door_lon=team.door_lon + 0.0003 + number / 1e6).where(Team.id == team.id).execute()
    done = run("plan", "--date", tomorrow, "--seconds", 1, "--publish", "--json")
    shifts = json.loads(done.stdout)["shifts"]
    assert shifts
    printed = done.stdout + "".join(run("export-route", one["shift"], "--format", "gpx").stdout for one in shifts)
    assert not [team.code for team in Team.select() if f"{team.door_lon:.6f}".rstrip("0") in printed]


def test_an_evening_that_is_over_is_refused(run, town):
    refused = run("plan", "--city", town, "--date", "2020-01-01")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "evening: That evening is over." in refused.stderr


@pytest.mark.parametrize("date", ["tomorrow", "2026-02-30", "01.12.2026"])
def test_a_date_that_is_none_is_wrong_usage(run, town, date):
    refused = run("plan", "--date", date)
    assert refused.exit_code == 2
    assert "--date" in refused.stderr


def test_a_plan_with_no_team_available_says_when_and_how_many_there_are(run, tmp_path, tomorrow):
    town = make_town(run, tmp_path)
    Team.update(state="paused").execute()
    refused = run("plan", "--city", town, "--date", tomorrow)
    assert refused.exit_code == 1
    assert "No team is available" in refused.stderr
    assert "19:00 to 23:00; active teams: 0" in refused.stderr
    assert not PlanRun.select().exists()


@pytest.mark.parametrize(("ready", "advice"), [(1, "import-streets"), (2, "build-blocks"), (3, "No team is available")])
def test_a_city_that_is_not_ready_is_told_what_comes_next(run, tmp_path, tomorrow, ready, advice):
    for command in town_commands(tmp_path)[:ready]:
        run(*command)
    refused = run("plan", "--date", tomorrow)
    assert refused.exit_code == 1
    assert advice in refused.stderr


def test_a_shift_that_is_not_there_is_refused_and_one_that_is_no_id_is_wrong_usage(run, town):
    missing = "00000000-0000-4000-8000-000000000000"
    assert run("export-route", missing, "--format", "gpx").exit_code == 1
    assert missing in run("export-route", missing, "--format", "gpx").stderr
    assert run("export-route", "tonight", "--format", "gpx").exit_code == 2
    assert run("export-route", missing, "--format", "kml").exit_code == 2
