"""A team belongs to the district of its door; where no outline says, to the one that its handler states."""

import itertools
import json
from datetime import date

import pytest

from notifications.models import Message
from patrol.places.models import District
from patrol.places.operations.districts import NoSuchDistrict, import_districts
from patrol.teams.models import Team
from patrol.teams.operations.applying import NewDog, apply, edit
from patrol.teams.operations.placing import place_teams
from tests.support.factories import (
    LAT,
    LON,
    NOW,
    bearer,
    client_of,
    consent_to,
    make_city,
    make_district,
    make_person,
    make_team,
)

WEST = LON - 0.01
NUMBERS = map(str, itertools.count(410_000_000_100_000))


def applied(city, *, stated=None, lon=LON):
    walker = make_person(city)
    consent_to(walker)
    return apply(
        walker,
        name="Sample",
        motive="",
        lon=lon,
        lat=LAT,
        walk_min=None,
        dogs=[
            NewDog(name="Bori", registration_no=next(NUMBERS), breed="Jindo", born_on=date(2022, 5, 1), weight_kg=18)
        ],
        availability=[],
        district=stated,
        now=NOW,
    )


def code_of(team):
    found = Team.get_by_id(team.id).district
    return found and found.code


def test_the_door_decides_whatever_is_stated(database):
    city = make_city()
    make_district(city, "1", "Here")
    make_district(city, "2", "Stated", half=0)
    assert code_of(applied(city, stated="2")) == "1"


def test_where_no_outline_says_what_is_stated_counts(database):
    city = make_city()
    make_district(city, "2", "Stated", half=0)
    assert code_of(applied(city, stated="2")) == "2"
    assert code_of(applied(city)) is None


def test_an_unknown_district_is_refused_and_the_known_ones_are_named(database):
    city = make_city()
    make_district(city, "2", "Stated")
    make_district(make_city("Ulsan"), "3", "Elsewhere")
    with pytest.raises(NoSuchDistrict, match="there are: 2 Stated") as refused:
        applied(city, stated="3")
    assert refused.value.pointer == "/district"
    assert Team.select().count() == 0


def test_who_moves_house_moves_district(database):
    city = make_city()
    make_district(city, "1", "East", lon=LON, half=0.004)
    make_district(city, "2", "West", lon=WEST, half=0.004)
    team = applied(city)
    edit(team, {"door_lon": WEST, "door_lat": LAT}, expected=None, now=NOW)
    assert code_of(team) == "2"


def test_a_handler_may_state_another_district_and_leaving_it_out_changes_nothing(database):
    city = make_city()
    for code in ("1", "2"):
        make_district(city, code, f"District {code}", half=0)
    team = applied(city, stated="1")
    edit(team, {"name": "Other name"}, expected=None, now=NOW)
    assert code_of(team) == "1"
    edit(Team.get_by_id(team.id), {"district": "2"}, expected=None, now=NOW)
    assert code_of(team) == "2"
    edit(Team.get_by_id(team.id), {"door_lon": WEST, "door_lat": LAT}, expected=None, now=NOW)
    assert code_of(team) == "2"


def test_when_districts_change_teams_move_with_them_and_what_was_stated_stays_elsewhere(database):
    city = make_city()
    stated = make_district(city, "9", "Stated", half=0)
    inside, outside = make_team(city), make_team(city, district=stated, door_lon=LON + 1)
    make_district(city, "1", "Here")
    drawn = District.get(District.code == "1").outline
    District.delete().where(District.code == "1").execute()
    feature = {"type": "Feature", "properties": {"code": "1", "name": "Here"}, "geometry": drawn}
    import_districts(city, _file([feature]), effects=(place_teams,), now=NOW)
    assert (code_of(inside), code_of(outside)) == ("1", "9")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_over_http_a_team_says_its_district(database):
    city = make_city()
    district = make_district(city)
    team = make_team(city, district=district)
    found = (
        client_of(database)
        .get(f"/api/v1/teams/{team.id}?purpose=roster", headers=bearer(make_person(city, "admin")))
        .json
    )
    assert found["district"] == str(district.id)


def test_of_an_application_those_are_told_who_look_after_the_district(database):
    city = make_city()
    here, there = make_district(city, "1", "Here"), make_district(city, "2", "East", lon=LON + 0.1)
    theirs, others = make_person(city, "coordinator", district=here), make_person(city, "coordinator", district=there)
    whole, admin = make_person(city, "coordinator"), make_person(city, "admin")
    applied(city)
    assert told() == {theirs.id, whole.id}
    assert not {others.id, admin.id} & told()


def test_where_nobody_looks_after_the_district_the_admins_are_told(database):
    city = make_city()
    there = make_district(city, "2", "East", lon=LON + 0.1)
    make_person(city, "coordinator", district=there)
    admin = make_person(city, "admin")
    applied(city)
    assert told() == {admin.id}


def told():
    return {message.person for message in Message.select().where(Message.kind == "team_applied")}


def _file(features):
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()
