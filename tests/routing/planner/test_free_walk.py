"""Walking as one pleases, on streets small enough to know what must happen."""

import numpy as np
import pytest

from routing.free_walk import FreeWalk, free_walk
from routing.streets import walk_graph

ONE_MPS = 1.0


def street(metres):
    """Nodes in a row, 0 - 1 - 2 - …, with these metres between them."""
    nodes = len(metres) + 1
    return walk_graph(
        lon=np.arange(nodes) * 0.001, lat=np.zeros(nodes), tail=range(nodes - 1), head=range(1, nodes), length_m=metres
    )


def ring(metres):
    nodes = len(metres)
    angle = 2 * np.pi * np.arange(nodes) / nodes
    return walk_graph(
        lon=np.cos(angle) * 0.001,
        lat=np.sin(angle) * 0.001,
        tail=range(nodes),
        head=[*range(1, nodes), 0],
        length_m=metres,
    )


def walk(graph, *, metres, block_of, block_m, doors=(0,), weight=None, walks=5, seed=1):
    return free_walk(
        graph,
        np.array(doors),
        np.full(len(doors), metres / 60.0),
        ONE_MPS,
        edge_block=np.array(block_of),
        block_m=np.array(block_m, dtype=float),
        block_weight=np.ones(len(block_m)) if weight is None else np.array(weight, dtype=float),
        walks_per_team=walks,
        seed=seed,
    )


def test_a_dead_end_is_walked_out_and_back():
    found = walk(street([100.0]), metres=200, block_of=[0], block_m=[100.0], weight=[7.0])
    assert found == FreeWalk(weight=7.0, blocks=1.0, share_on_blocks=1.0, minutes=pytest.approx(200 / 60))


def test_a_walker_is_home_in_time():
    found = walk(street([100.0, 100.0]), metres=399, block_of=[0, 1], block_m=[100.0, 100.0])
    assert found.blocks == 1.0
    assert found.minutes == pytest.approx(200 / 60)


def test_a_street_too_long_to_come_back_from_keeps_a_walker_at_home():
    found = walk(street([100.0]), metres=199, block_of=[0], block_m=[100.0])
    assert found == FreeWalk(weight=0.0, blocks=0.0, share_on_blocks=0.0, minutes=0.0)


def test_nobody_turns_back_before_a_dead_end():
    found = walk(ring([100.0] * 4), metres=400, block_of=[0, 1, 2, 3], block_m=[100.0] * 4)
    assert found == FreeWalk(weight=4.0, blocks=4.0, share_on_blocks=1.0, minutes=pytest.approx(400 / 60))


def test_each_street_at_a_corner_is_as_likely():
    found = walk(ring([100.0] * 4), metres=200, block_of=[0, -1, -1, -1], block_m=[100.0], walks=4000)
    assert found.weight == pytest.approx(0.5, abs=0.03)
    assert found.share_on_blocks == pytest.approx(0.5, abs=0.03)


def test_a_block_counts_once_an_evening_however_many_walk_it():
    found = walk(street([100.0]), metres=400, block_of=[0], block_m=[100.0], doors=[0, 0, 1])
    assert found.weight == 1.0
    assert found.minutes == pytest.approx(3 * 400 / 60)


@pytest.mark.parametrize(("whole", "covered"), [(142.0, 1.0), (143.5, 0.0)])
def test_a_block_is_covered_from_seven_tenths_of_its_metres(whole, covered):
    assert walk(street([100.0]), metres=200, block_of=[0], block_m=[whole]).blocks == covered


def test_a_team_without_a_door_on_the_streets_stays_at_home():
    assert walk(street([100.0]), metres=200, block_of=[0], block_m=[100.0], doors=[-1]).minutes == 0.0


def test_nobody_walking_covers_nothing():
    assert walk(street([100.0]), metres=200, block_of=[-1], block_m=[], doors=[]).minutes == 0.0


def test_the_same_seed_walks_the_same():
    graph = ring([50.0, 60.0, 70.0, 80.0, 90.0])
    one, other = (walk(graph, metres=300, block_of=[0, 1, -1, 2, -1], block_m=[50.0, 60.0, 80.0]) for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    "wrong", [{"walks": 0}, {"block_of": [0, 0]}, {"weight": [1.0, 2.0]}], ids=["no walks", "edges", "weights"]
)
def test_what_does_not_fit_together_is_refused(wrong):
    with pytest.raises(ValueError, match=r"walks_per_team|edge_block|block_m"):
        walk(street([100.0]), **{"metres": 200, "block_of": [0], "block_m": [100.0], **wrong})
