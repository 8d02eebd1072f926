"""`access-matrix` prints who reaches what, from the application that is served."""

import json

import pytest

from app import create_app
from patrol.http.access import operations

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_it_has_a_cell_for_every_endpoint_role_and_tenant(run, settings):
    done = run("access-matrix", "--json")
    assert done.exit_code == 0, done.stderr
    content = json.loads(done.stdout)
    document = create_app(settings).extensions["openapi"]()
    listed = [(each["method"].lower(), each["path"]) for each in content["endpoints"]]
    assert listed == [(method, path) for method, path, _ in operations(document)]
    for endpoint in content["endpoints"]:
        assert list(endpoint["access"]) == content["tenants"] == ["own city", "another city"]
        for access in endpoint["access"].values():
            assert list(access) == content["roles"] == ["walker", "coordinator", "officer", "admin", "anonymous"]
            assert set(access.values()) <= set(content["legend"])


def test_the_table_is_for_people(run):
    lines = run("access-matrix").stdout.splitlines()
    assert lines[0].split() == ["walker", "coordinator", "officer", "admin", "anonymous", "of", "another", "city"]
    cells = {" ".join(line.split()[:2]): line.split("  ") for line in lines if " /api/" in line}
    said = {name: [cell.strip() for cell in found if cell.strip()][1:] for name, found in cells.items()}
    assert said["GET /api/v1/shifts"] == ["own only", "within", "denied", "allowed", "not signed in", "denied"]
    assert said["GET /api/v1/sightings"] == ["own only", "within", "within", "within", "not signed in", "denied"]
    assert said["POST /api/v1/sessions"] == ["allowed"] * 6


def test_its_words_are_explained_below_it(run):
    below = run("access-matrix").stdout.split("\n\n")[-1]
    assert "within" in below
    assert "what is theirs" in below
