"""Two who make the same place at the same moment: one is done, the other is told, and nothing breaks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from config.database import connection
from patrol.places.models import Block, City, StreetNetwork
from patrol.places.operations.blocks import edit_block
from patrol.places.operations.building import build_blocks
from patrol.places.operations.cities import CityExists
from patrol.places.operations.streets import put_streets
from tests.support.places import NOW, a_bare_city, seomyeon, seomyeon_streets


def at_once(*works):
    begin = Barrier(len(works))

    def run(work):
        with connection():
            begin.wait()
            return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_of_two_who_add_a_city_at_once_one_is_told_that_it_is_there(database):
    def add():
        try:
            return a_bare_city("Ulsan").slug
        except CityExists:
            return "there already"

    for _ in range(3):
        assert sorted(at_once(add, add)) == ["there already", "ulsan"]
        City.delete().execute()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite lets one write after the other
def test_what_is_edited_while_blocks_are_built_stays_as_it_was_edited(database):
    city = seomyeon()
    build_blocks(city, now=NOW)
    Block.update(weight=5.5).execute()
    edited = [block.id for block in Block.select().order_by(Block.code.desc()).limit(20)]

    def edit():
        for block in edited:
            edit_block(city.id, block, {"weight": 9.5}, expected=None, now=NOW)

    at_once(edit, lambda: build_blocks(city, now=NOW))
    found = Block.select().where(Block.id.in_(edited))
    assert {(block.weight, block.source) for block in found} == {(9.5, "drawn")}


def test_streets_that_are_put_twice_at_once_are_there_once(database):
    city, read = a_bare_city(), seomyeon_streets()
    for _ in range(3):
        networks = at_once(*[lambda: put_streets(city, read, now=NOW)] * 2)
        assert len({network.sha256 for network in networks}) == 1
        assert StreetNetwork.select().count() == 1
        StreetNetwork.delete().execute()
