"""Bringing a city in by command line: exit codes scripts can rely on, messages a person can act on."""

import json
import unicodedata
from pathlib import Path

import pytest

from patrol.places.models import Block, City, PoliceBox
from patrol.places.operations.cities import city_named
from patrol.places.operations.streets import load_graph
from tests.support.places import BOXES, LAYERS, PBF, SEGMENTS, a_bare_city, a_footway_town


def test_the_sample_comes_in_by_five_kinds_of_command(run):
    assert run("city", "add", "Busan", "--timezone", "Asia/Seoul", "--policy", "busan").exit_code == 0
    assert run("import-streets", PBF).exit_code == 0
    assert run("import-boxes", BOXES).exit_code == 0
    for layer, path in LAYERS.items():
        assert run("import-safety", path, "--layer", layer).exit_code == 0
    built = run("build-blocks", "--json")
    assert json.loads(built.stdout)["blocks"] == Block.select().count() == 264
    assert "scoring" in built.stderr
    assert PoliceBox.select().count() == 94


def test_streets_of_a_missing_city_make_it_with_a_stated_policy_and_zone(run, tmp_path):
    done = run("import-streets", a_footway_town(tmp_path), "--city", "Puistola", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["city"] == "puistola"
    assert "generic policy and the time zone UTC" in done.stderr
    assert run("build-blocks", "--city", "Puistola").exit_code == 0
    assert run("city", "timezone", "Puistola", "Europe/Helsinki").exit_code == 0
    assert city_named("puistola").timezone == "Europe/Helsinki"


def test_a_table_of_street_segments_comes_in_like_any_street_file(run):
    done = run("import-streets", SEGMENTS, "--city", "Gangseo", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["length_m"] == pytest.approx(3712.6)
    assert run("build-blocks", "--city", "Gangseo").exit_code == 0


def test_a_bad_street_file_makes_no_city(run, tmp_path):
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(PBF.read_bytes()[:50_000])
    for path in (broken, tmp_path / "missing.osm", BOXES):
        refused = run("import-streets", path, "--city", "New")
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert Path(path).name in refused.stderr
    assert City.select().count() == 0


def test_a_box_given_as_w_s_e_n_cuts_the_streets(run):
    run("import-streets", PBF, "--city", "Busan", "--bbox", "129.055,35.153,129.065,35.160")
    assert load_graph(city_named("Busan")).bbox == (129.055, 35.153, 129.065, 35.160)
    assert run("import-streets", PBF, "--city", "Busan", "--bbox", "129,35").exit_code == 2


def test_a_zone_for_a_city_that_has_one_is_wrong_usage(run):
    a_bare_city()
    refused = run("import-streets", PBF, "--city", "Busan", "--timezone", "UTC")
    assert refused.exit_code == 2
    assert "city timezone Busan UTC" in refused.stderr


def test_refused_rows_are_listed_on_stderr_and_nothing_is_imported(run, tmp_path):
    run("import-streets", PBF, "--city", "Busan")
    blocks = tmp_path / "blocks.csv"
    blocks.write_text("code,weight,lon,lat\nA,5,129.0595,35.1578\nB,50,129.0595,35.1578\nC,5,0,0\n", encoding="utf-8")
    refused = run("import-blocks", blocks)
    assert refused.exit_code == 1
    assert "row 3: weight" in refused.stderr
    assert "row 4: lon" in refused.stderr
    assert Block.select().count() == 0


def test_a_city_that_is_not_there_and_a_name_left_out_where_there_are_two_say_which_there_are(run):
    a_bare_city("One")
    a_bare_city("Two")
    for arguments in (("build-blocks", "--city", "Three"), ("build-blocks",)):
        refused = run(*arguments)
        assert refused.exit_code == 1
        assert "one, two" in refused.stderr


def test_a_policy_that_is_wrong_names_the_setting(run, tmp_path):
    policy = tmp_path / "mine.toml"
    policy.write_text('name = "Mine"\n', encoding="utf-8")
    refused = run("city", "add", "Mine", "--timezone", "UTC", "--policy", policy)
    assert refused.exit_code == 1
    assert "mine.toml" in refused.stderr
    assert City.select().count() == 0


def test_cities_are_listed(run):
    assert "no city yet" in run("city", "list").stdout
    a_bare_city()
    assert json.loads(run("city", "list", "--json").stdout) == [
        {"city": "busan", "name": "Busan", "timezone": "Asia/Seoul", "bbox": None}
    ]


@pytest.mark.parametrize("name", ["São Paulo", "부산 서면", "Kivilä Töölö", "Île-de-France"])
def test_a_city_is_found_by_its_name_however_its_letters_are_put_together(run, name):
    assert run("city", "add", unicodedata.normalize("NFD", name), "--timezone", "UTC").exit_code == 0
    for typed in (name, name.upper(), unicodedata.normalize("NFD", name)):
        assert city_named(typed).name == name
    refused = run("city", "add", name, "--timezone", "UTC")
    assert refused.exit_code == 1
    assert name in refused.stderr


def test_a_zone_that_is_none_and_a_name_without_letters_are_refused(run):
    for words, says in (
        (("Mars", "--timezone", "Mars/Olympus"), "Mars/Olympus"),
        (("!!", "--timezone", "UTC"), "name"),
    ):
        refused = run("city", "add", *words)
        assert refused.exit_code == 1
        assert says in refused.stderr
    assert City.select().count() == 0
