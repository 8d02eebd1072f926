import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import saved
from routing.saved import cached_streets, from_bytes, to_bytes
from routing.streets import StreetsError
from tests.routing.streets.maps import RESIDENTIAL, box, networks, osm_file, same, streets

NODES = {1: (0, 0), 2: (100, 0), 3: (200, 0)}


@pytest.fixture
def street_file(tmp_path):
    return osm_file(tmp_path / "town.osm", NODES, [([1, 2], RESIDENTIAL), ([2, 3], {"highway": "path"})])


def shelf(folder):
    return sorted(folder.iterdir())


@given(networks())
def test_a_network_survives_being_saved_to_the_last_bit(graph):
    assert same(from_bytes(to_bytes(graph)), graph)


@given(networks())
def test_the_same_network_gives_the_same_bytes(graph):
    assert to_bytes(graph) == to_bytes(from_bytes(to_bytes(graph)))


@given(st.data())
def test_damaged_bytes_are_refused(data):
    blob = bytearray(to_bytes(streets([(0, 0), (100, 0)], [(0, 1)])))
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(StreetsError, match="saved streets"):
        from_bytes(bytes(blob))


@pytest.mark.parametrize("size", [0, 5, 20, 100])
def test_bytes_that_end_early_are_refused(size):
    with pytest.raises(StreetsError, match="read the street file again"):
        from_bytes(to_bytes(streets([(0, 0), (100, 0)], [(0, 1)]))[:size])


def test_bytes_of_another_format_are_refused():
    blob = to_bytes(streets([(0, 0), (100, 0)], [(0, 1)]))
    with pytest.raises(StreetsError, match="not of format 1"):
        from_bytes(blob.replace(b"walk graph 1", b"walk graph 0"))


def test_a_city_is_read_once_and_then_taken_from_the_shelf(street_file, tmp_path):
    told = []
    first = cached_streets(street_file, cache_dir=tmp_path / "shelf", on_progress=lambda *what: told.append(what))
    reading = len(told)
    again = cached_streets(street_file, cache_dir=tmp_path / "shelf", on_progress=lambda *what: told.append(what))
    assert same(first, again)
    assert reading > 0
    assert len(told) == reading


def test_a_file_of_the_same_content_elsewhere_is_known(street_file, tmp_path):
    cached_streets(street_file, cache_dir=tmp_path / "shelf")
    copy = tmp_path / "copy.osm"
    copy.write_bytes(street_file.read_bytes())
    cached_streets(copy, cache_dir=tmp_path / "shelf")
    assert len(shelf(tmp_path / "shelf")) == 1


def test_another_box_or_another_content_is_read_anew(street_file, tmp_path):
    whole = cached_streets(street_file, cache_dir=tmp_path / "shelf")
    part = cached_streets(street_file, bbox=box(-10, -10, 50, 10), cache_dir=tmp_path / "shelf")
    osm_file(street_file, NODES, [([1, 3], RESIDENTIAL)])
    changed = cached_streets(street_file, cache_dir=tmp_path / "shelf")
    assert part.length_m.sum() < whole.length_m.sum()
    assert (whole.edge_count, changed.edge_count) == (2, 1)
    assert len(shelf(tmp_path / "shelf")) == 3


@pytest.mark.parametrize("damage", [lambda _: b"", lambda blob: blob[:-7], lambda blob: b"x" * len(blob)])
def test_a_damaged_cache_file_is_rebuilt(street_file, tmp_path, damage):
    graph = cached_streets(street_file, cache_dir=tmp_path / "shelf")
    (kept,) = shelf(tmp_path / "shelf")
    good = kept.read_bytes()
    kept.write_bytes(damage(good))
    assert same(cached_streets(street_file, cache_dir=tmp_path / "shelf"), graph)
    assert kept.read_bytes() == good
    assert shelf(tmp_path / "shelf") == [kept]


def test_streets_saved_in_an_older_format_are_read_anew(street_file, tmp_path, monkeypatch):
    with monkeypatch.context() as older:
        older.setattr(saved, "FORMAT", 0)
        cached_streets(street_file, cache_dir=tmp_path / "shelf")
    cached_streets(street_file, cache_dir=tmp_path / "shelf")
    assert len(shelf(tmp_path / "shelf")) == 2


def test_a_writer_that_dies_leaves_no_half_written_network(street_file, tmp_path, monkeypatch):
    def die(_number):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(KeyboardInterrupt):
        cached_streets(street_file, cache_dir=tmp_path / "shelf")
    assert shelf(tmp_path / "shelf") == []


def test_a_cache_folder_that_is_a_file_is_refused_by_name(street_file, tmp_path):
    (tmp_path / "shelf").write_text("in the way")
    with pytest.raises(StreetsError, match="cache cannot be written"):
        cached_streets(street_file, cache_dir=tmp_path / "shelf")


def test_a_street_file_that_cannot_be_read_is_not_cached(tmp_path):
    (tmp_path / "bad.osm").write_text("no streets")
    with pytest.raises(StreetsError):
        cached_streets(tmp_path / "bad.osm", cache_dir=tmp_path / "shelf")
    assert not (tmp_path / "shelf").exists()
