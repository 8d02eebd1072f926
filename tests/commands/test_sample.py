"""The sample squad: plainly a sample, near the blocks, the same again for the same seed."""

import json
from datetime import date
from itertools import pairwise
from statistics import mean, stdev

import pytest

from commands.sample import squad
from config.policy import read_policy, shipped
from patrol.people.models import Person
from patrol.places.models import Block
from patrol.places.operations.cities import city_named
from patrol.places.operations.streets import load_graph
from patrol.teams.models import Availability, Dog, Team
from routing.travel import metres_to_nearest
from tests.support.command_line import make_town, town_commands


def enrol(run, town, *, teams, seed=5):
    done = run("enroll-sample", "--city", town, "--teams", teams, "--seed", seed, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)["teams"]


def test_teams_are_active_and_plainly_marked(run, town):
    for team in Team.select():
        assert team.state == "active"
        assert team.name.startswith("견본")
        assert team.handler.sample
        assert team.handler.name.endswith("(sample)")
        assert team.handler.password_hash is None


def test_walks_last_28_minutes_give_or_take_16(run, town, tmp_path):
    city, policy = city_named(town), read_policy(shipped("generic"))
    given = {"cache": tmp_path, "today": date(2026, 11, 6), "around_the_clock": False}
    minutes = [sample.team["walk_min"] for sample in squad(city, policy, teams=500, seed=9, **given)]
    assert 27 < mean(minutes) < 31
    assert 12 < stdev(minutes) < 17
    assert (min(minutes), max(minutes)) == (10, 60)


def test_the_same_seed_again_adds_only_what_is_missing(run, town):
    three = enrol(run, town, teams=3)
    assert enrol(run, town, teams=3) == three
    assert enrol(run, town, teams=5)[:3] == three
    assert Team.select().count() == Person.select().count() == 5


def test_an_enrolment_that_was_cut_off_is_made_whole(run, town):
    last = Team.select().order_by(Team.code.desc()).get()
    for part in (Dog, Availability):
        part.delete().where(part.team == last).execute()
    last.delete_instance(recursive=True)
    assert len(enrol(run, town, teams=3)) == 3
    assert Team.select().count() == Person.select().count() == 3


def test_another_seed_is_another_squad(run, town):
    first = {(team.door_lon, team.door_lat, team.walk_min) for team in Team.select()}
    enrol(run, town, teams=3, seed=6)
    assert Team.select().count() == 6
    assert len({(team.door_lon, team.door_lat, team.walk_min) for team in Team.select()} - first) == 3


def test_doors_lie_within_a_short_walk_of_a_block(run, town):
    blocks = list(Block.select().where(Block.active).order_by(Block.code))
    Block.update(active=False).where(Block.id.not_in([blocks[0].id])).execute()
    enrol(run, town, teams=40, seed=7)
    graph = load_graph(city_named(town))
    ends = blocks[0].geometry["coordinates"]
    walk = metres_to_nearest(graph, *zip(ends[0], ends[-1], strict=True), within_m=30.0, limit_m=250.0)
    near = {(round(float(graph.lon[node]), 6), round(float(graph.lat[node]), 6)) for node in (walk < 251).nonzero()[0]}
    assert {(team.door_lon, team.door_lat) for team in Team.select().offset(3).order_by(Team.code)} <= near


def test_before_there_are_blocks_the_squad_is_told_what_would_be_better(run, tmp_path):
    for command in town_commands(tmp_path)[:2]:
        run(*command)
    done = run("enroll-sample", "--teams", 2)
    assert done.exit_code == 0
    assert "build-blocks" in done.stderr
    assert Team.select().count() == 2


def test_a_city_without_streets_says_how_to_get_some(run):
    run("city", "add", "Empty", "--timezone", "UTC")
    refused = run("enroll-sample", "--teams", 2)
    assert refused.exit_code == 1
    assert "import-streets" in refused.stderr
    assert not Person.select().exists()


@pytest.mark.parametrize("policy", ["busan", "generic"])
def test_the_squad_fits_each_policy_that_ships(run, tmp_path, policy):
    make_town(run, tmp_path, policy=policy)
    hours = {(window.begins_min, window.ends_min) for window in Availability.select()}
    evening = read_policy(shipped(policy)).evening
    assert all(begins >= 60 * int(evening.begins[:2]) for begins, _ in hours)


@pytest.mark.parametrize("teams", ["0", "-1", "many"])
def test_a_number_of_teams_that_is_none_is_wrong_usage(run, town, teams):
    assert run("enroll-sample", "--teams", teams).exit_code == 2


def test_codes_are_given_in_order(run, town):
    assert all(one < other for one, other in pairwise(enrol(run, town, teams=6)))
