"""The register of facilities: whose is what a walk finds broken."""

import pytest

from patrol.errors import InvalidRows, Stale
from patrol.places.models import Facility
from patrol.places.operations.facilities import UnknownDuty, edit_facility, import_facilities, nearest_facility
from tests.support.databases import sqlite_only
from tests.support.factories import LAT, LON, NOW, client_of, make_city, make_facility, make_person
from tests.support.patrols import ask

HEAD = "name,kind,lon,lat,duty,email"


def imported(city, *rows):
    return import_facilities(city, "\n".join([HEAD, *rows]).encode(), now=NOW)


def test_a_file_brings_facilities_in_and_once_more_updates_them(database):
    city = make_city()
    rows = [f"Mirror 1,mirror,{LON},{LAT},traffic_authority,", f"Bell 1,bell,{LON},{LAT},,owner@example.org"]
    first, again = imported(city, *rows), imported(city, rows[0], rows[1].replace("owner", "office"))
    assert (first.added, again.updated, again.unchanged) == (2, 1, 1)
    assert {each.email for each in Facility.select()} == {"", "office@example.org"}


@sqlite_only
@pytest.mark.parametrize(
    ("row", "field"),
    [
        (f",mirror,{LON},{LAT},,", "name"),
        (f"Mirror,,{LON},{LAT},,", "kind"),
        (f"Mirror,mirror,{LON},91,,", "lat"),
        (f"Mirror,mirror,{LON},{LAT},nonsense,", "duty"),
        (f"Mirror,mirror,{LON},{LAT},,nobody", "email"),
        (f"Bell 1,bell,{LON},{LAT},,", "name"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_nothing_comes_in(database, row, field):
    with pytest.raises(InvalidRows) as refused:
        imported(make_city(), f"Bell 1,bell,{LON},{LAT},,", row)
    ((number, problem),) = refused.value.rows
    assert (number, problem.partition(":")[0]) == (3, field)
    assert Facility.select().count() == 0


@sqlite_only
def test_geojson_points_come_in_too(database):
    city = make_city()
    content = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Bell", "kind": "bell"},'
        f' "geometry": {{"type": "Point", "coordinates": [{LON}, {LAT}]}}}}]}}'
    )
    assert import_facilities(city, content.encode(), now=NOW).added == 1


@sqlite_only
def test_the_nearest_within_reach_is_found_and_none_beyond(database):
    city = make_city()
    near = make_facility(city, lat=LAT + 0.0002)
    make_facility(city, "Mirror 2", lat=LAT + 0.0004)
    make_facility(make_city("Ulsan"), "Mirror 3")
    found, away_m = nearest_facility(city, LON, LAT, within_m=60)
    assert (found.id, away_m) == (near.id, 22)
    assert nearest_facility(city, LON, LAT, within_m=20) == (None, None)


@sqlite_only
def test_of_two_who_edit_one_the_second_is_told(database):
    city = make_city()
    facility = make_facility(city)
    assert edit_facility(city.id, facility.id, {"email": "a@example.org"}, expected=1, now=NOW).version == 2
    with pytest.raises(Stale):
        edit_facility(city.id, facility.id, {"email": "b@example.org"}, expected=1, now=NOW)
    with pytest.raises(UnknownDuty):
        edit_facility(city.id, facility.id, {"duty": "nonsense"}, expected=None, now=NOW)


@sqlite_only
def test_staff_list_their_citys_and_nobody_elses(database):
    city = make_city()
    facility = make_facility(city)
    make_facility(make_city("Ulsan"))
    shown = ask(client_of(database), make_person(city, "coordinator"), "/facilities").json["items"]
    assert [item["id"] for item in shown] == [str(facility.id)]
