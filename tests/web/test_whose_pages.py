"""Every address outside the API is open to all on purpose, or sends whoever is not signed in to sign in."""

import pytest

from patrol.http.api import BASE, COOKIE
from patrol.people.rules import ROLES
from tests.support.factories import token_of
from tests.support.world import make_world

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

OPEN = {
    "/",
    "/api/docs",
    "/api/openapi.json",
    "/enter",
    "/forgot",
    "/join",
    "/register",
    "/sign-in",
    "/static/<path:filename>",
    "/sw.js",
}
OPEN311 = "/open311/"
"""Open to all as its standard has it; tests/bridges/test_open311.py says what it tells."""


@pytest.fixture
def guarded(client):
    """Every other address."""
    found = {rule.rule for rule in client.application.url_map.iter_rules() if not rule.rule.startswith((BASE, OPEN311))}
    assert found >= OPEN
    return sorted(found - OPEN)


def test_every_other_page_sends_strangers_to_sign_in(client, guarded):
    make_world(client)
    assert len(guarded) > 5
    for path in guarded:
        answer = client.get(path)
        assert (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) == (302, "/sign-in"), path


def test_no_page_tells_anything_of_another_city(client, guarded):
    ours, theirs = make_world(client), make_world(client, "Ulsan")
    secrets = {text for text in ours.texts() - theirs.texts() if len(text) > 8}
    for role in ROLES:
        client.set_cookie(COOKIE, token_of(theirs.people[role]))
        for path in [*guarded, "/"]:
            answer = client.get(path)
            assert answer.status_code in (200, 302, 403), path
            assert [text for text in secrets if text in answer.text] == [], f"{role}: {path}"
