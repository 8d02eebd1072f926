"""What the server says of a page before any script runs."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from patrol.http.api import COOKIE, csrf_token
from patrol.people.models import Person
from patrol.sightings.models import Sighting
from tests.support.factories import NOW, client_of, consent_to, make_city, make_person, token_of
from tests.web.evening import report

OPEN = ("/", "/sign-in", "/enter", "/join", "/register")
OWN = {"/map": "coordinator", "/alerts": "officer", "/walk": "walker", "/team": "walker"}


@pytest.fixture
def client(database: str) -> FlaskClient:
    return client_of(database)


def sign_in(client: FlaskClient, person: Person) -> str:
    token = token_of(person)
    client.set_cookie(COOKIE, token)
    return token


@pytest.mark.parametrize("path", [*OPEN, "/static/patrol.css", "/static/alerts.js"])
def test_whatever_is_served_may_load_only_what_is_ours_and_be_framed_by_nobody(client: FlaskClient, path: str):
    make_city()
    with client.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert answer.status_code == 200
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("path", "role"), OWN.items())
def test_a_page_that_holds_a_csrf_token_is_never_kept(client: FlaskClient, path: str, role: str):
    token = sign_in(client, make_person(make_city(), role))
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'<meta name="csrf-token" content="{csrf_token(token)}">' in answer.text
    assert token not in answer.text


@pytest.mark.parametrize("path", OWN)
def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(client: FlaskClient, path: str):
    make_city()
    assert client.get(path).headers["Location"] == f"/sign-in?next={path}"


@pytest.mark.parametrize(("path", "role"), OWN.items())
def test_another_roles_page_says_so_and_leads_to_ones_own(client: FlaskClient, path: str, role: str):
    other = "officer" if role != "officer" else "walker"
    sign_in(client, make_person(make_city(), other))
    answer = client.get(path)
    assert answer.status_code == 403
    assert "이 화면은 다른 역할의 것입니다" in answer.text
    assert f'href="{"/alerts" if other == "officer" else "/walk"}"' in answer.text


@pytest.mark.parametrize(
    ("role", "path"), [("admin", "/map"), ("coordinator", "/map"), ("officer", "/alerts"), ("walker", "/walk")]
)
def test_each_role_starts_on_its_own_page(client: FlaskClient, role: str, path: str):
    sign_in(client, make_person(make_city(), role))
    assert client.get("/start").headers["Location"] == path


def test_pages_are_korean_until_somebody_asks_for_english_and_stay_so(client: FlaskClient):
    assert '<html lang="ko"' in client.get("/").text
    chosen = client.get("/sign-in?language=en&next=/map")
    assert chosen.headers["Location"] == "/sign-in?next=%2Fmap"
    assert '<html lang="en"' in client.get("/").text


def test_the_other_language_is_that_of_the_same_page(client: FlaskClient):
    make_city()
    assert 'href="?next=%2Fmap&amp;language=en"' in client.get("/sign-in?next=/map").text
    assert 'href="?language=en"' in client.get("/sign-in").text


def test_an_account_in_english_reads_english(client: FlaskClient):
    sign_in(client, make_person(make_city(), "officer", language="en"))
    assert '<html lang="en"' in client.get("/alerts").text


def test_a_change_without_the_pages_csrf_token_is_refused_and_changes_nothing(client: FlaskClient):
    city = make_city()
    walker, coordinator = make_person(city), make_person(city, "coordinator")
    consent_to(walker)
    report(walker, "C1", now=NOW - timedelta(minutes=1))
    sighting = Sighting.get()
    token = sign_in(client, coordinator)
    path = f"/api/v1/sightings/{sighting.id}/acknowledge"
    for headers in ({}, {"X-CSRF-Token": "0" * 64}):
        assert client.post(path, headers=headers).status_code == 403
        assert Sighting.get().state == "alerted"
    assert client.post(path, headers={"X-CSRF-Token": csrf_token(token)}).status_code == 200
    assert Sighting.get().state == "acknowledged"
