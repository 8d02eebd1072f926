"""Bad input at the command line: a message that names what is wrong, exit code 1, and nothing changed."""

import gzip
import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from config.database import database as db
from config.database import disconnect
from patrol.places.models import Block, City
from tests.support.command_line import environment, invoke, run_app
from tests.support.places import BOXES, PBF, a_footway_town


def truncated(folder, name):
    whole = PBF.read_bytes() if name.endswith(".pbf") else gzip.compress(a_footway_town(folder).read_bytes())
    path = folder / name
    path.write_bytes(whole[: len(whole) // 2])
    return path


@pytest.mark.parametrize("name", ["half.osm.pbf", "half.osm.gz"])
def test_a_truncated_street_file_changes_nothing(run, tmp_path, name):
    refused = run("import-streets", truncated(tmp_path, name), "--city", "New")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert name in refused.stderr.splitlines()[-1]
    assert not City.select().exists()


def test_a_file_that_is_not_openstreetmap_is_named(run):
    refused = run("import-streets", BOXES, "--city", "New")
    assert refused.exit_code == 1
    assert BOXES.name in refused.stderr
    assert not City.select().exists()


def test_a_file_that_is_not_there_is_named(run, town, tmp_path):
    for command in ("import-streets", "import-blocks", "import-boxes"):
        refused = run(command, tmp_path / "missing.geojson", "--city", town)
        assert refused.exit_code == 1
        assert "missing.geojson" in refused.stderr


def test_blocks_outside_the_city_are_named_by_row_and_none_is_taken(run, town, tmp_path):
    before = Block.select().count()
    blocks = tmp_path / "blocks.csv"
    blocks.write_text("code,weight,lon,lat\nIN,5,24.9416,60.1708\nOUT,5,129.0595,35.1578\n", encoding="utf-8")
    refused = run("import-blocks", blocks, "--city", town)
    assert refused.exit_code == 1
    assert "row 3: geometry" in refused.stderr
    assert "outside the city" in refused.stderr
    assert "row 2" not in refused.stderr
    assert Block.select().count() == before


def test_a_citys_own_blocks_and_boxes_come_in_as_csv_and_geojson(run, town, tmp_path):
    blocks = tmp_path / "blocks.csv"
    blocks.write_text("code,weight,lon,lat\nOWN-1,5,24.9416,60.1708\n", encoding="utf-8")
    features = tmp_path / "blocks.geojson"
    line = {"type": "LineString", "coordinates": [[24.94, 60.17], [24.94162, 60.17]]}
    feature = {"type": "Feature", "geometry": line, "properties": {"code": "OWN-2", "weight": 7}}
    features.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    boxes = tmp_path / "boxes.csv"
    boxes.write_text("name,station,lon,lat\nKeskusta,Helsinki,24.9416,60.1708\n", encoding="utf-8")
    for command, path, what in (
        ("import-blocks", blocks, 1),
        ("import-blocks", features, 1),
        ("import-boxes", boxes, 1),
    ):
        done = run(command, path, "--city", town, "--json")
        assert json.loads(done.stdout)["added"] == what, done.stderr
    assert {"OWN-1", "OWN-2"} <= {block.code for block in Block.select()}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.slow
def test_a_database_that_is_locked_says_so_and_what_to_do(run, database):
    disconnect()
    other = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        refused = run("city", "add", "New", "--timezone", "UTC")
    finally:
        other.close()
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "locked by another process" in refused.stderr
    assert not City.select().exists()


def test_a_database_that_is_newer_than_the_code_is_left_alone(run):
    db.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2027-01-01')")
    refused = run("city", "list")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "newer than this code (it has 9999_later)" in refused.stderr


@contextmanager
def without_the_right_to_write(*paths):
    """As somebody who may read these and not write to them; the superuser may always, so it is put by."""
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    superuser = os.geteuid() == 0
    try:
        if superuser:
            os.seteuid(65_534)
        yield
    finally:
        if superuser:
            os.seteuid(0)
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_database_that_is_read_only_says_so_and_what_to_do(settings, database):
    disconnect()
    with tempfile.TemporaryDirectory() as made:  # pytest's own folders are closed to others
        folder = Path(made)
        path = Path(shutil.copy(database.removeprefix("sqlite:///"), folder / "patrol.db"))
        elsewhere = replace(settings, database_url=f"sqlite:///{path}")
        with without_the_right_to_write(path, folder):
            refused = invoke(elsewhere, "city", "add", "New", "--timezone", "UTC")
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "read-only" in refused.stderr
        assert json.loads(invoke(elsewhere, "city", "list", "--json").stdout) == []


def test_a_server_that_is_not_there_is_no_traceback(tmp_path):
    url = "postgresql://nobody:x@127.0.0.1:1/none"
    refused = run_app("city", "list", env=environment(database_url=url, var=tmp_path))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Error: ")
    assert "Traceback" not in refused.stderr
    assert "nobody:x" not in refused.stderr
