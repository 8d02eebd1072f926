import gzip

import pytest

from routing.osm import read_streets
from routing.streets import StreetsError
from tests.routing.streets.maps import RESIDENTIAL, SEOMYEON, box, osm_file


def refusal(path, **given):
    with pytest.raises(StreetsError) as caught:
        read_streets(path, **given)
    assert caught.value.path == str(path)
    assert str(path) in str(caught.value)
    return caught.value.reason


def written(path, content):
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("share", [0.0001, 0.3, 0.6, 0.9999])
def test_a_truncated_pbf_is_refused(tmp_path, share):
    content = SEOMYEON.read_bytes()
    path = written(tmp_path / "cut.osm.pbf", content[: int(len(content) * share)])
    assert "is it whole" in refusal(path)


def test_a_text_file_called_pbf_is_refused(tmp_path):
    assert "OpenStreetMap" in refusal(written(tmp_path / "notes.osm.pbf", b"streets of Busan\n" * 50))


def test_a_web_page_called_osm_is_refused(tmp_path):
    assert "html" in refusal(written(tmp_path / "page.osm", b"<html><body>404</body></html>"))


@pytest.mark.parametrize("entity", ['SYSTEM "file:///etc/hostname"', '"lolololol"'])
def test_xml_that_would_have_something_put_into_it_is_refused(tmp_path, entity):
    whole = osm_file(tmp_path / "whole.osm", {1: (0, 0), 2: (90, 0)}, [([1, 2], RESIDENTIAL)]).read_bytes()
    head, mark, rest = whole.partition(b"<osm")
    trap = head + b"<!DOCTYPE osm [<!ENTITY a " + entity.encode() + b">]>" + mark + rest
    assert "entities" in refusal(written(tmp_path / "trap.osm", trap))


def test_truncated_xml_is_refused(tmp_path):
    whole = osm_file(tmp_path / "whole.osm", {1: (0, 0), 2: (90, 0)}, [([1, 2], RESIDENTIAL)]).read_bytes()
    assert "is it whole" in refusal(written(tmp_path / "cut.osm", whole[:-20]))


@pytest.mark.parametrize("missing", [3, 40, 120])
def test_a_gz_that_is_cut_is_refused(tmp_path, missing):
    whole = osm_file(tmp_path / "whole.osm", {1: (0, 0), 2: (90, 0)}, [([1, 2], RESIDENTIAL)]).read_bytes()
    assert "is it whole" in refusal(written(tmp_path / "cut.osm.gz", gzip.compress(whole)[:-missing]))


def test_a_node_number_that_is_none_is_refused(tmp_path):
    content = b'<osm version="0.6"><way id="1"><nd ref="x"/><tag k="highway" v="path"/></way></osm>'
    assert "illegal id" in refusal(written(tmp_path / "x.osm", content))


def test_an_empty_file_is_refused(tmp_path):
    assert "empty" in refusal(written(tmp_path / "empty.osm.pbf", b""))


def test_a_missing_file_is_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "nowhere.osm.pbf")


def test_a_folder_is_refused(tmp_path):
    assert "no such file" in refusal(tmp_path)


def test_a_name_that_tells_no_kind_is_refused(tmp_path):
    assert ".osm.gz" in refusal(written(tmp_path / "streets.zip", b"PK"))


def test_a_file_without_walkable_streets_is_refused(tmp_path):
    path = osm_file(tmp_path / "motorway.osm", {1: (0, 0), 2: (90, 0)}, [([1, 2], {"highway": "motorway"})])
    assert "no street that may be walked" in refusal(path)


def test_a_file_whose_streets_lack_all_their_nodes_is_refused(tmp_path):
    assert "complete ways" in refusal(osm_file(tmp_path / "hollow.osm", {}, [([1, 2], RESIDENTIAL)]))


def test_a_file_whose_streets_lack_every_other_node_is_refused(tmp_path):
    path = osm_file(tmp_path / "sparse.osm", {1: (0, 0), 3: (90, 0)}, [([1, 2, 3], RESIDENTIAL)])
    assert "complete ways" in refusal(path)


def test_a_box_away_from_all_streets_is_refused_and_says_where_they_are():
    reason = refusal(SEOMYEON, bbox=(24.9, 60.1, 25.0, 60.2))
    assert "24.9,60.1,25,60.2" in reason
    assert "129.0" in reason


@pytest.mark.parametrize("bbox", [(129.1, 35.1, 129.0, 35.2), (0, 1, 1, 1), (0, 0, 200, 1), (0, float("nan"), 1, 1)])
def test_a_box_that_is_none_is_refused(bbox):
    assert "west,south,east,north" in refusal(SEOMYEON, bbox=bbox)


def test_a_street_that_only_touches_the_box_is_outside(tmp_path):
    path = osm_file(tmp_path / "touch.osm", {1: (-50, 0), 2: (-10, 0)}, [([1, 2], RESIDENTIAL)])
    assert "no walkable street lies in the box" in refusal(path, bbox=box(-10.0, -20, 50, 20)[:4])
