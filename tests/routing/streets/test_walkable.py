import pytest

from routing.streets import HIGHWAY_CLASSES
from routing.walkable import street_name, walking_class

OPEN_TO_ALL = """footway path pedestrian steps living_street residential unclassified service track road
tertiary tertiary_link secondary secondary_link primary primary_link"""


@pytest.mark.parametrize("highway", OPEN_TO_ALL.split())
def test_a_street_open_to_all_is_walked_and_keeps_its_class(highway):
    assert HIGHWAY_CLASSES[walking_class({"highway": highway})] == highway


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "footway", "footway": "sidewalk"}, "sidewalk"),
        ({"highway": "footway", "footway": "crossing"}, "crossing"),
        ({"highway": "service", "service": "parking_aisle"}, "parking_aisle"),
        ({"highway": "service", "service": "driveway"}, "driveway"),
        ({"highway": "service", "service": "alley"}, "service"),
    ],
)
def test_pavements_crossings_car_parks_and_drives_have_classes_of_their_own(tags, expected):
    assert HIGHWAY_CLASSES[walking_class(tags)] == expected


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"building": "yes"},
        {"highway": "motorway"},
        {"highway": "motorway_link", "foot": "yes"},
        {"highway": "construction"},
        {"highway": "corridor"},
        {"highway": "sidewalk"},  # ours, not OpenStreetMap's
        {"highway": "footway", "indoor": "yes"},
        {"highway": "footway", "dog": "no"},
        {"highway": "footway", "foot": "private"},
        {"highway": "residential", "foot": "no"},
        {"highway": "tertiary", "foot": "use_sidepath"},
        {"highway": "service", "access": "private"},
        {"highway": "service", "access": "no"},
        {"highway": "service", "service": "drive-through"},
        {"highway": "primary", "motorroad": "yes"},
        {"highway": "trunk"},
        {"highway": "trunk", "sidewalk": "no"},
        {"highway": "secondary", "tunnel": "yes"},
        {"highway": "cycleway"},
        {"highway": "bridleway"},
        {"highway": "secondary", "sidewalk": "separate"},
        {"highway": "primary", "sidewalk:both": "separate"},
        {"highway": "tertiary", "sidewalk:left": "separate", "sidewalk:right": "no"},
    ],
)
def test_what_is_closed_to_walkers_or_to_dogs_is_left_out(tags):
    assert walking_class(tags) is None


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "cycleway", "foot": "designated"},
        {"highway": "service", "access": "private", "foot": "permissive"},
        {"highway": "trunk", "foot": "yes"},
        {"highway": "trunk", "sidewalk": "both"},
        {"highway": "secondary", "tunnel": "yes", "sidewalk:left": "yes"},
        {"highway": "secondary", "sidewalk": "separate", "foot": "yes"},
        {"highway": "residential", "sidewalk": "separate"},
        {"highway": "tertiary", "sidewalk:left": "separate", "sidewalk:right": "yes"},
        {"highway": "residential", "oneway": "yes"},
        {"highway": "residential", "tunnel": "yes"},
        {"highway": "footway", "tunnel": "building_passage", "indoor": "no"},
        {"highway": "path", "dog": "leashed"},
    ],
)
def test_what_a_sign_or_a_pavement_allows_is_walked(tags):
    assert walking_class(tags) is not None


def test_a_street_is_called_by_the_name_on_its_sign():
    assert street_name({"name": "중앙대로", "name:en": "Jungang-daero"}) == "중앙대로"


def test_a_pavement_without_a_name_takes_its_streets():
    assert street_name({"highway": "footway", "is_sidepath:of:name": "Mannerheimintie"}) == "Mannerheimintie"


def test_a_street_without_a_name_has_an_empty_one():
    assert street_name({"highway": "path"}) == ""
