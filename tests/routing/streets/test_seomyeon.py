"""The real streets around Seomyeon station, Busan."""

import numpy as np
import pytest

from routing.osm import read_streets
from routing.snap import attach
from routing.streets import HIGHWAY_CLASSES
from routing.stretches import stretches
from routing.travel import join_paths, path_along, walking_metres, walking_path
from routing.turns import turns
from tests.routing.streets.maps import SEOMYEON, same

HEADER_BOX = (129.0481152, 35.1487253, 129.0700904, 35.1666915)


@pytest.fixture(scope="module")
def seomyeon():
    return read_streets(SEOMYEON)


def test_the_shipped_streets_are_the_ones_we_know(seomyeon):
    assert (seomyeon.node_count, seomyeon.edge_count) == (1680, 2227)
    assert seomyeon.length_m.sum() == pytest.approx(114_436, abs=1)
    assert seomyeon.length_m[seomyeon.main[seomyeon.tail]].sum() == pytest.approx(107_097, abs=1)
    assert seomyeon.bbox == HEADER_BOX
    assert "서면로" in seomyeon.names


def test_no_street_leaves_the_box(seomyeon):
    west, south, east, north = HEADER_BOX
    assert west <= seomyeon.shape_lon.min() <= seomyeon.shape_lon.max() <= east
    assert south <= seomyeon.shape_lat.min() <= seomyeon.shape_lat.max() <= north


def test_nobody_is_sent_onto_the_elevated_road_or_into_the_road_tunnel(seomyeon):
    assert "동서고가로" not in seomyeon.names
    assert HIGHWAY_CLASSES.index("trunk") not in seomyeon.highway
    assert HIGHWAY_CLASSES.index("steps") in seomyeon.highway


def test_reading_it_again_gives_the_same_arrays(seomyeon):
    assert same(read_streets(SEOMYEON), seomyeon)


def test_from_every_junction_of_the_largest_component_every_other_can_be_reached(seomyeon):
    main = np.flatnonzero(seomyeon.main)
    assert np.isfinite(walking_metres(seomyeon, main[:1], main)).all()
    assert np.isinf(walking_metres(seomyeon, main[:1], np.flatnonzero(~seomyeon.main))).all()


def test_each_stretch_is_walked_along_its_own_line_and_no_metre_is_in_two(seomyeon):
    made = stretches(seomyeon)
    count = len(made)
    ends = np.concatenate((made.line_start[:-1], made.line_start[1:] - 1))
    attached = attach(seomyeon, made.line_lon[ends], made.line_lat[ends], within_m=1)
    walked = []
    for s in range(count):
        x, y = made.line(s)
        path = path_along(attached.graph, int(attached.node[s]), int(attached.node[count + s]), lon=x, lat=y)
        assert path.length_m == pytest.approx(made.length_m[s], abs=1.0)
        walked += path.edges.tolist()
    assert len(walked) == len(set(walked))


def test_stretches_cover_nearly_all_streets_that_are_patrolled(seomyeon):
    made = stretches(seomyeon)
    assert len(made) == 1407
    assert made.length_m.sum() / seomyeon.length_m[seomyeon.main[seomyeon.tail]].sum() > 0.9
    assert np.mean(made.length_m >= 40) > 0.85


def test_a_loop_from_a_door_and_back_has_turns_from_start_to_arrival(seomyeon):
    attached = attach(seomyeon, [129.0592, 129.0570], [35.1577, 35.1602], within_m=100)
    door, place = attached.node.tolist()
    loop = join_paths([walking_path(attached.graph, door, place), walking_path(attached.graph, place, door)])
    told = turns(attached.graph, loop)
    assert (told[0].kind, told[-1].kind) == ("start", "arrive")
    assert "u_turn" in {turn.kind for turn in told}
    assert sum(turn.length_m for turn in told) == pytest.approx(loop.length_m)
