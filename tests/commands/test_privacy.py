"""Retention, export and erasure by command line."""

import json
import stat
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest

from config.database import connect
from config.policy import shipped
from patrol.people.models import AccessEntry, Person, RetentionReceipt, Throttle
from patrol.people.operations.throttle import throttle
from tests.support.command_line import invoke
from tests.support.factories import NOW, Time, make_city, make_person, make_team, settings_of
from tests.support.patrols import inbox

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def run(database):
    def run(*arguments):
        done = invoke(settings_of(database), *arguments, clock=Time())
        connect(database)
        return done

    return run


def test_a_dry_run_prints_what_would_go_and_the_run_what_went(run):
    throttle("key", most=5, every=timedelta(minutes=1), now=NOW - timedelta(days=3))
    dry = run("retention", "--dry-run")
    assert (dry.exit_code, dry.stdout) == (
        0,
        "installation: 1 throttle_windows from before 2026-11-04T10:00+00:00 would be removed\n",
    )
    assert (Throttle.select().count(), RetentionReceipt.select().count()) == (1, 0)
    done = run("retention", "--json")
    assert json.loads(done.stdout) == [
        {"city": None, "kind": "throttle_windows", "before": "2026-11-04T10:00+00:00", "count": 1}
    ]
    assert (Throttle.select().count(), RetentionReceipt.select().count()) == (0, 1)
    assert run("retention").stdout == "Nothing is kept longer than it may be.\n"


@pytest.mark.parametrize("stood_there", [False, True])
def test_a_person_is_exported_to_a_file_of_the_owners_alone_and_sees_that_in_the_log(run, tmp_path, stood_there):
    team = make_team(make_city())
    out = tmp_path / "person.zip"
    if stood_there:
        out.touch(mode=0o644)
    done = run("export-person", team.handler_id, "--out", out)
    assert done.exit_code == 0, done.stderr
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with zipfile.ZipFile(out) as bundle:
        assert json.loads(bundle.read("data.json"))["tables"]["person"][0]["name"] == team.handler.name
    entry = AccessEntry.get()
    assert (entry.subject, entry.what, entry.reader_role) == (team.handler_id, "export", "operator")


def test_a_person_is_erased_and_again_there_is_nobody(run):
    team = make_team(make_city())
    assert run("erase-person", team.handler_id).exit_code == 1  # not confirmed
    assert Person.get_or_none(Person.id == team.handler_id) is not None
    done = run("erase-person", team.handler_id, "--yes")
    assert (done.exit_code, done.stdout) == (0, f"Erased {team.handler_id}.\n")
    assert Person.get_or_none(Person.id == team.handler_id) is None
    again = run("erase-person", team.handler_id, "--yes")
    assert (again.exit_code, again.stdout) == (0, f"There is nobody with the id {team.handler_id}.\n")


def test_the_last_admin_is_not_erased(run):
    admin = make_person(make_city(), "admin")
    done = run("erase-person", admin.id, "--yes")
    assert (done.exit_code, "last admin" in done.stderr) == (1, True)
    assert AccessEntry.select().count() == 0


def test_nobody_is_exported(run, tmp_path):
    make_city()
    done = run("export-person", uuid4(), "--out", tmp_path / "x.zip")
    assert (done.exit_code, (tmp_path / "x.zip").exists()) == (1, False)
    assert run("export-person", "somebody", "--out", tmp_path / "x.zip").exit_code == 2


def test_a_policy_with_a_new_version_of_a_consent_asks_for_it_again(run, tmp_path):
    team = make_team(make_city())
    text = shipped("busan").read_text(encoding="utf-8")
    changed = tmp_path / "next.toml"
    changed.write_text(
        text.replace('kind = "location"\nversion = 1', 'kind = "location"\nversion = 2'), encoding="utf-8"
    )
    done = run("city", "policy", "Busan", changed)
    assert (done.exit_code, "1 messages ask for them again" in done.stderr) == (0, True)
    assert [message.kind for message in inbox(team.handler)] == ["consent_renewal"]
    again = run("city", "policy", "Busan", changed)
    assert (again.exit_code, "ask for them" in again.stderr) == (0, False)
    assert len(inbox(team.handler)) == 1
