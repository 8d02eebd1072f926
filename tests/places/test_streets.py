"""A city's streets: read whole or not at all, kept with the city, the same in every process."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from patrol.places.models import City, StreetNetwork
from patrol.places.operations import streets
from patrol.places.operations.cities import city_of
from patrol.places.operations.streets import (
    NoStreets,
    StreetFileRefused,
    import_streets,
    load_graph,
    street_map,
)
from tests.support.places import NOW, PBF, a_bare_city, a_footway_town, seomyeon

ROOT = Path(__file__).parents[2]


def test_the_sample_streets_become_the_citys_network_and_box(database):
    city = a_bare_city()
    network = import_streets(city, PBF, now=NOW)
    assert network.source == "seomyeon_station_1km.osm.pbf"
    assert 105_000 < network.length_m < 120_000
    assert city_of(city.id).bbox == [129.0481152, 35.1487253, 129.0700904, 35.1666915]
    assert load_graph(city_of(city.id)).edge_count == network.edges


def test_importing_again_replaces_the_streets(database, tmp_path):
    city = seomyeon()
    import_streets(city, a_footway_town(tmp_path), now=NOW)
    assert StreetNetwork.select().count() == 1
    assert load_graph(city).bbox[0] == pytest.approx(24.94)


def test_an_upload_is_told_by_its_content_not_its_name(database, tmp_path):
    content = a_footway_town(tmp_path).read_bytes()
    for upload in (content, gzip.compress(content), PBF.read_bytes()):
        assert import_streets(a_bare_city(f"City {len(upload)}"), upload, now=NOW).nodes > 0


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"name,lon\nx,1\n", "OpenStreetMap"), (PBF.read_bytes()[:100_000], "whole")],
)
def test_an_unusable_street_file_is_refused_and_the_city_keeps_what_it_had(database, content, says):
    city = seomyeon()
    before = load_graph(city)
    with pytest.raises(StreetFileRefused, match=says) as refused:
        import_streets(city, content, name="streets.osm.pbf", now=NOW)
    assert str(refused.value).startswith("streets.osm.pbf:")
    assert load_graph(city) is before


def test_a_box_that_excludes_everything_is_refused(database):
    with pytest.raises(StreetFileRefused):
        import_streets(a_bare_city(), PBF, bbox=(0.0, 0.0, 1.0, 1.0), now=NOW)


def test_a_city_without_streets_names_the_command_that_brings_them(database):
    with pytest.raises(NoStreets, match=r"import-streets FILE --city busan"):
        load_graph(a_bare_city())


def test_the_graph_is_read_once_a_process_and_a_damaged_copy_on_disk_is_replaced(database, tmp_path):
    city = a_bare_city()
    network = import_streets(city, a_footway_town(tmp_path, size=7), now=NOW)
    copy = tmp_path / f"city-{network.sha256}.streets"
    copy.write_bytes(b"damaged")
    streets._graphs.clear()
    first = load_graph(city, tmp_path)
    assert copy.read_bytes() == bytes(StreetNetwork.get().content)
    assert load_graph(city, tmp_path) is first


def test_the_map_holds_every_street_once_by_class(database):
    city = seomyeon()
    drawn = street_map(city)
    lines = sum(len(feature["geometry"]["coordinates"]) for feature in drawn["features"])
    assert lines == load_graph(city).edge_count
    assert len({feature["properties"]["class"] for feature in drawn["features"]}) == len(drawn["features"])


def test_a_worker_that_answers_from_tables_never_loads_scipy():
    check = "import patrol.places.views, sys; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


def test_removing_a_city_removes_its_streets(database):
    seomyeon()
    City.delete().execute()
    assert StreetNetwork.select().count() == 0
