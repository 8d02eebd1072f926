"""A packed upload that has no end is refused before it fills anything."""

import bz2
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.places.models import StreetNetwork
from patrol.places.operations import streets
from patrol.places.operations.packed import unpacks_beyond
from tests.support.places import NOW, a_bare_city

PACKERS = [gzip.compress, bz2.compress]


@pytest.mark.parametrize("pack", PACKERS)
@given(size=st.integers(0, 5000), most=st.integers(0, 5000))
def test_what_unpacks_to_more_is_known_whatever_its_size(pack, size, most):
    assert unpacks_beyond(pack(b"x" * size), most) == (size > most)


@given(st.binary(max_size=200))
def test_what_is_not_packed_or_damaged_is_left_to_whoever_reads_it(content):
    assert not unpacks_beyond(content, 10**9)
    assert not unpacks_beyond(b"\x1f\x8b" + content, 10**9)


@pytest.mark.parametrize("pack", PACKERS)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_bomb_is_refused_and_leaves_the_city_as_it_was(database, monkeypatch, pack):
    monkeypatch.setattr(streets, "MOST_UNPACKED", 1 << 22)
    bomb = pack(b"<osm>" + b" " * (1 << 23))
    assert len(bomb) < 1 << 14
    with pytest.raises(streets.StreetFileRefused, match="unpacks to more than 4 MiB"):
        streets.import_streets(a_bare_city(), bomb, now=NOW)
    assert not StreetNetwork.select().exists()
