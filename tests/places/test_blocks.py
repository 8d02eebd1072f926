"""Blocks one by one: drawn, edited, switched off; nobody's edit is lost."""

import pytest

from patrol.errors import Stale
from patrol.places.models import Block
from patrol.places.operations.blocks import BlockUnfit, CodeTaken, NoSuchBlock, block_of, draw_block, edit_block
from tests.support.places import NOW, ON_A_STREET, a_bare_city, seomyeon

LINE = {"type": "LineString", "coordinates": [[129.0593, 35.1578], [129.0593, 35.1588]]}
POINT = {"type": "Point", "coordinates": list(ON_A_STREET)}


def test_a_drawn_line_gets_the_next_code_and_its_length(database):
    city = seomyeon()
    first, second = (draw_block(city, geometry=shape, weight=5, now=NOW) for shape in (LINE, POINT))
    assert (first.code, first.kind, first.source, first.dwell_s) == ("B-0001", "line", "drawn", 0)
    assert first.length_m == pytest.approx(111.2, abs=0.5)
    assert (second.code, second.kind, second.length_m, second.dwell_s) == ("B-0002", "point", 0, 720)


def test_a_code_that_is_taken_is_refused(database):
    city = seomyeon()
    draw_block(city, geometry=LINE, weight=5, code="school", now=NOW)
    with pytest.raises(CodeTaken, match="school"):
        draw_block(city, geometry=POINT, weight=5, code="school", now=NOW)


def test_a_block_off_the_streets_or_of_no_use_as_one_is_refused_by_field(database):
    city = seomyeon()
    for shape in (
        {"type": "Point", "coordinates": [2.35, 48.86]},
        {"type": "Polygon", "coordinates": [[[129, 35], [129.1, 35], [129.1, 35.1], [129, 35]]]},
        {"type": "Point", "coordinates": "here"},
        {"type": "Point", "coordinates": [float("nan"), 35.0]},
        {},
    ):
        with pytest.raises(BlockUnfit) as refused:
            draw_block(city, geometry=shape, weight=5, now=NOW)
        assert refused.value.pointer == "/geometry"
    assert Block.select().count() == 0


def test_an_edit_counts_the_version_up_and_a_stale_one_is_refused(database):
    city = seomyeon()
    block = draw_block(city, geometry=LINE, weight=5, now=NOW)
    edited = edit_block(city, block.id, {"weight": 7.0, "active": False}, expected=1, now=NOW)
    assert (edited.weight, edited.active, edited.version) == (7, False, 2)
    with pytest.raises(Stale):
        edit_block(city, block.id, {"weight": 1.0}, expected=1, now=NOW)
    assert Block.get().weight == 7


def test_an_edit_may_not_end_a_block_before_it_begins(database):
    city = seomyeon()
    block = draw_block(city, geometry=LINE, weight=5, valid_from=NOW.date(), now=NOW)
    with pytest.raises(BlockUnfit) as refused:
        edit_block(city, block.id, {"valid_until": NOW.date().replace(year=2020)}, expected=None, now=NOW)
    assert refused.value.pointer == "/valid_until"


def test_a_block_of_another_city_is_none(database):
    block = draw_block(seomyeon(), geometry=LINE, weight=5, now=NOW)
    other = a_bare_city("Other")
    with pytest.raises(NoSuchBlock):
        block_of(other, block.id)
    with pytest.raises(NoSuchBlock):
        edit_block(other, block.id, {"weight": 1.0}, expected=None, now=NOW)
