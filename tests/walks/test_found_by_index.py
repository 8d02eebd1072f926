"""Walks and evenings add up over the years: what is looked for again and again is found without reading them all."""

import pytest

from patrol.walks.operations import due, welfare
from patrol.walks.operations.outings import outings, outings_of
from tests.support.databases import sqlite_only
from tests.support.factories import NOW, make_city, make_team
from tests.support.queries import Queries, assert_by_index, plan_of


@pytest.fixture
def team(database):
    return make_team(make_city())


@sqlite_only
def test_walks_under_way_are_found_by_their_state(team):
    with Queries() as queries:
        due.end_silent(NOW)
        welfare.look_after_dogs(lambda _city: pytest.fail("nobody is out"), NOW)
    assert len(queries.asked) == 2
    assert_by_index(queries.asked)


@sqlite_only
def test_a_citys_shifts_are_found_by_their_evening_and_a_teams_by_the_team(team):
    with Queries() as queries:
        outings(team.city_id, NOW.date())
        outings_of(team, NOW.date())
    steps = [" ".join(plan_of(*asked)) for asked in queries.asked if 'FROM "shift"' in asked[0]]
    assert ["(city_id=? AND evening>? AND evening<?)" in steps[0], "(team_id=?" in steps[1]] == [True, True]
