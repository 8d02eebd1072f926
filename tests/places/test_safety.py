"""Safety data: a layer is replaced as a whole; published files have odd rows, which are named and left out."""

import json

import pytest

from patrol.places.models import SafetyPoint
from patrol.places.operations.files import FileRefused
from patrol.places.operations.safety import LayerRefused, import_safety, points_of
from tests.support.places import POI, a_bare_city, seomyeon, with_safety_data


def test_the_sample_brings_every_layer_that_the_policy_names(database):
    city = with_safety_data(seomyeon())
    assert {layer: len(lon) for layer, (lon, _) in points_of(city).items()} == {
        "accident": 215,
        "cctv": 960,
        "child_zone": 32,
        "bar": 22,
        "motel": 36,
        "metro_exit": 40,
    }


def test_an_import_replaces_its_layer_and_no_other(database):
    city = with_safety_data(seomyeon())
    report = import_safety(city, "cctv", b"lon,lat\n129.06,35.157\n")
    assert (report.layers, len(points_of(city)["cctv"][0]), len(points_of(city)["accident"][0])) == (
        {"cctv": 1},
        1,
        215,
    )


def test_rows_outside_the_city_are_counted_and_those_just_beyond_its_border_kept(database):
    rows = "x,y\n129.06,35.157\n129.0701,35.1755\n129.2,35.157\n127.0,37.5\n"
    report = import_safety(seomyeon(), "cctv", rows.encode())
    assert (report.added, report.left_out) == (2, 2)
    assert any("outside the city: 2" in warning for warning in report.warnings)


def test_unreadable_coordinates_are_named_by_row_and_the_rest_is_used(database):
    rows = '연번,위도,경도\n1,35.157,129.06\n2,"35.33593,",129.16\n3,,\n4,129.06,35.157\n5,35.158,129.061\n'
    report = import_safety(seomyeon(), "cctv", rows.encode("cp949"))
    assert (report.added, report.left_out) == (2, 3)
    assert [warning.partition("행")[0] for warning in report.warnings] == ["3", "4", "5"]


def test_a_file_of_which_no_row_can_be_used_leaves_the_layer_as_it_was(database):
    city = with_safety_data(seomyeon())
    for content in (b"lon,lat\n0,0\n,\n", b"lon,lat\n2.35,48.85\n"):
        with pytest.raises(FileRefused, match="no row can be used"):
            import_safety(city, "cctv", content)
    assert len(points_of(city)["cctv"][0]) == 960


def test_places_of_interest_are_sorted_into_layers_and_hotels_are_no_motels(database):
    city = a_bare_city()
    report = import_safety(city, "poi", POI)
    assert report.layers == {"bar": 22, "metro_exit": 40, "motel": 36}
    assert SafetyPoint.select().where(SafetyPoint.label == "").count() < 98


@pytest.mark.parametrize("kind", [["amenity=bar"], {"amenity": "bar"}, None])
def test_a_place_of_interest_whose_kind_is_no_word_counts_in_no_layer(database, kind):
    features = [
        {"type": "Feature", "properties": {"kind": one}, "geometry": {"type": "Point", "coordinates": [129.06, 35.157]}}
        for one in (kind, "amenity=bar")
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    assert import_safety(a_bare_city(), "poi", content).layers["bar"] == 1


def test_a_city_may_have_layers_of_its_own_name(database):
    city = a_bare_city()
    import_safety(city, "street_light", b"lon,lat\n1,2\n")
    assert "street_light" in points_of(city)
    with pytest.raises(LayerRefused):
        import_safety(city, "Street light!", b"lon,lat\n1,2\n")


def test_a_file_without_coordinates_says_which_columns_it_wants(database):
    with pytest.raises(FileRefused, match=r"경도 / lon.*there are: name"):
        import_safety(a_bare_city(), "cctv", b"name,where\na,b\n")
