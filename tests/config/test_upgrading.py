"""A database that an old version filled is brought forward with all that is in it, also when that breaks off midway."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from playhouse.migrations import Runner

from config.database import database as db
from config.database import is_sqlite
from config.migrating import SCRIPTS, migrate, pending
from patrol import jobs, retention
from patrol.people.models import Person
from tests.support import old_city
from tests.support.databases import slowly_on_postgresql
from tests.support.factories import Time, bearer, client_of
from tests.support.migrations import emptied, migration
from tests.support.old_city import EMAIL, PASSWORD, PHONE, THEN, TOKEN, id_of

SINCE = [path.stem for path in sorted(SCRIPTS.glob("[0-9]*.py")) if path.stem > old_city.VERSION]
SOON = THEN + timedelta(minutes=10)
SESSIONS, SIGHTINGS = "/api/v1/sessions", "/api/v1/sightings"
BREAKS_OFF = "0020_photos_and_facilities"
DIES = """

import os
_whole = up


def up(migrator, db):
    _whole(migrator, db)
    os._exit(9)
"""


@pytest.fixture
def old(database, tmp_path):
    """The URL of a database of the old version with a city in it, connected."""
    url = emptied(database, tmp_path)
    Runner(db.obj, directory=str(SCRIPTS)).up(old_city.VERSION)
    old_city.settle()
    return url


@pytest.fixture
def scripts(tmp_path):
    """A copy of the scripts, to add to."""
    return Path(shutil.copytree(SCRIPTS, tmp_path / "scripts"))


def test_every_row_of_an_old_version_survives_with_all_that_it_held(old):
    before = old_city.tables()
    assert [name for name, rows in before.items() if not rows] == []
    assert migrate() == SINCE
    assert old_city.changed(before) == {}
    assert old_city.broken_keys() == []


def test_an_upgrade_that_dies_midway_is_taken_up_again_and_nothing_is_lost(old, scripts):
    before = old_city.tables()
    with (scripts / f"{BREAKS_OFF}.py").open("a", encoding="utf-8") as script:
        script.write(DIES)
    with migration(old, scripts) as process:
        process.communicate(timeout=120)
    assert process.returncode == 9
    left = SINCE if is_sqlite() else SINCE[SINCE.index(BREAKS_OFF) :]
    assert pending() == left
    assert old_city.changed(before) == {}
    assert migrate() == left
    assert migrate() == []
    assert old_city.changed(before) == {}
    assert old_city.broken_keys() == []


@slowly_on_postgresql
def test_people_of_an_old_version_find_what_was_theirs_and_the_house_goes_on_with_it(old):
    migrate()
    client = client_of(old, clock=Time(SOON))
    kept = client.get("/api/v1/me", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (kept.status_code, kept.json["name"]) == (200, "Sample walker")
    walker = client.post(SESSIONS, json={"name": PHONE, "password": PASSWORD})
    assert (walker.status_code, walker.json["needs"]) == (201, None)
    mine = client.get(SIGHTINGS, headers={"Authorization": f"Bearer {walker.json['token']}"}).json["items"]
    assert [one["id"] for one in mine] == [str(id_of("sighting"))]
    officer = client.post(SESSIONS, json={"name": EMAIL, "password": PASSWORD})
    assert (officer.status_code, officer.json["needs"]) == (201, "enrolment")
    with_app = bearer(Person.get_by_id(id_of("officer")), now=THEN)
    read = client.get(f"{SIGHTINGS}/{id_of('sighting')}", headers=with_app)
    assert (read.status_code, read.json["text"]) == (200, "Somebody looks into cars")
    answer = client.post(
        f"{SIGHTINGS}/{id_of('sighting')}/acknowledge", json={}, headers=with_app | {"If-Match": read.headers["ETag"]}
    )
    assert (answer.status_code, answer.json["state"]) == (200, "acknowledged")
    for job in (jobs.escalate, jobs.look_after_shifts, jobs.look_after_sightings, jobs.look_after_teams, retention.run):
        job(SOON)
