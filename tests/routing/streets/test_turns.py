import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.travel import join_paths, path_through, walking_path
from routing.turns import turns
from tests.routing.streets.maps import lat, lon, networks, streets

# A main street to the east; at 100 m streets lead off to the north and the south, at 200 m slightly to the left.
TOWN = streets(
    [(0, 0), (100, 0), (200, 0), (300, 0), (100, 100), (100, -100), (300, 80)],
    [(0, 1), (1, 2), (2, 3), (1, 4), (1, 5), (2, 6)],
    names=["중앙대로", "중앙대로", "가야대로", "서면로", "전포로", ""],
)


def kinds(graph, nodes):
    return [(turn.kind, turn.name) for turn in turns(graph, path_through(graph, nodes))]


def test_going_straight_on_along_a_street_is_one_instruction():
    assert kinds(TOWN, [0, 1, 2]) == [("start", "중앙대로"), ("arrive", "중앙대로")]


def test_going_straight_on_into_a_street_of_another_name_is_told():
    assert kinds(TOWN, [1, 2, 3]) == [("start", "중앙대로"), ("straight", "가야대로"), ("arrive", "가야대로")]


def test_left_and_right_are_told_with_the_street_that_follows():
    assert kinds(TOWN, [0, 1, 4])[1] == ("left", "서면로")
    assert kinds(TOWN, [0, 1, 5])[1] == ("right", "전포로")
    assert kinds(TOWN, [4, 1, 0])[1] == ("right", "중앙대로")


def test_a_fork_is_a_slight_turn():
    assert kinds(TOWN, [1, 2, 6])[1] == ("slight_left", "")
    mirrored = streets([(0, 0), (100, 0), (200, 0), (200, -80)], [(0, 1), (1, 2), (1, 3)])
    assert kinds(mirrored, [0, 1, 3])[1][0] == "slight_right"


def test_turning_back_is_a_u_turn_even_at_a_dead_end():
    assert kinds(TOWN, [1, 4, 1]) == [("start", "서면로"), ("u_turn", "서면로"), ("arrive", "서면로")]
    assert kinds(TOWN, [0, 1, 0])[1] == ("u_turn", "중앙대로")


def test_following_a_bend_is_no_turn_where_no_street_leads_off():
    bend = streets([(0, 0), (100, 0), (100, 100)], [(0, 1), (1, 2)], names=["서면로", "서면로"])
    assert kinds(bend, [0, 1, 2]) == [("start", "서면로"), ("arrive", "서면로")]


def test_a_crossing_without_a_name_does_not_end_the_street_that_it_continues():
    row = [(x, 0) for x in (0, 100, 110, 200)]
    graph = streets(row, [(0, 1), (1, 2), (2, 3)], names=["서면로", "", "서면로"])
    assert kinds(graph, [0, 1, 2, 3]) == [("start", "서면로"), ("arrive", "서면로")]


def test_a_jog_of_a_few_metres_is_no_turn():
    nodes = [(0, 0), (100, 0), (100, 4), (200, 4), (100, -80), (100, 90)]
    graph = streets(nodes, [(0, 1), (1, 2), (2, 3), (1, 4), (2, 5)])
    assert [kind for kind, _ in kinds(graph, [0, 1, 2, 3])] == ["start", "arrive"]


def test_a_corner_drawn_in_two_steps_is_told_once():
    nodes = [(0, 0), (97, 0), (100, 3), (100, 100), (97, -80), (180, 3)]
    graph = streets(nodes, [(0, 1), (1, 2), (2, 3), (1, 4), (2, 5)])
    assert [kind for kind, _ in kinds(graph, [0, 1, 2, 3])] == ["start", "left", "arrive"]


def test_places_and_metres_of_turns_are_those_of_the_path():
    told = turns(TOWN, path_through(TOWN, [0, 1, 4]))
    assert [turn.at_m for turn in told] == pytest.approx([0, 100, 200], abs=0.1)
    assert [turn.length_m for turn in told] == pytest.approx([100, 100, 0], abs=0.1)
    assert (told[1].lon, told[1].lat) == pytest.approx((lon(100), lat(0)), abs=1e-7)


def test_a_path_of_one_place_starts_and_arrives():
    assert [turn.kind for turn in turns(TOWN, walking_path(TOWN, 2, 2))] == ["start", "arrive"]


@given(networks(), st.data())
def test_the_metres_between_turns_add_up_to_the_path(graph, data):
    node = data.draw(st.integers(0, graph.node_count - 1))
    paths = [walking_path(graph, node, node)]
    for _ in range(data.draw(st.integers(0, 6))):
        here = int(paths[-1].nodes[-1])
        if len(graph.neighbours(here)[0]):
            paths.append(path_through(graph, [here, int(data.draw(st.sampled_from(list(graph.neighbours(here)[0]))))]))
    path = join_paths(paths)
    told = turns(graph, path)
    assert sum(turn.length_m for turn in told) == pytest.approx(path.length_m, abs=1e-6)
    assert [turn.at_m for turn in told] == sorted(turn.at_m for turn in told)
    assert (told[0].kind, told[-1].kind) == ("start", "arrive")
