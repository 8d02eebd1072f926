"""A page's session: a cookie that scripts cannot read, and a token against requests that other sites send."""

import pytest

from patrol.http.api import COOKIE, csrf_token
from tests.support.probe import probe_client

VERSIONS = "/api/v1/versions"

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def page_of(token):
    client = probe_client()
    client.set_cookie(COOKIE, token)
    return client


def test_a_page_changes_something_only_with_its_token(database):
    client = page_of("walker")
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "walker"}, {"X-CSRF-Token": csrf_token("coordinator")}):
        answer = client.patch(VERSIONS, headers=headers)
        assert (answer.status_code, answer.json["type"]) == (403, "/problems/missing-csrf-token")
    assert client.patch(VERSIONS, headers={"X-CSRF-Token": csrf_token("walker")}).status_code == 200


def test_a_page_reads_without_the_token(database):
    assert page_of("walker").get("/api/v1/points").status_code == 200


def test_a_device_needs_no_such_token(database):
    assert probe_client(role="walker").patch(VERSIONS).status_code == 200


def test_a_device_that_also_holds_a_cookie_is_who_its_header_says(database):
    client = page_of("coordinator")
    assert client.patch(VERSIONS, headers={"Authorization": "Bearer walker"}).status_code == 200
    assert client.patch(VERSIONS, headers={"Authorization": "Bearer nobody"}).status_code == 401


def test_a_cookie_that_no_longer_stands_signs_nobody_in(database):
    assert page_of("nobody").patch(VERSIONS).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic walker", "walker", "Token walker"])
def test_a_header_that_is_no_bearer_token_signs_nobody_in(database, header):
    assert probe_client().patch(VERSIONS, headers={"Authorization": header}).status_code == 401


def test_the_token_tells_nothing_of_the_session(database):
    assert csrf_token("walker") != csrf_token("walkes")
    assert "walker" not in csrf_token("walker")
