"""What browsers are told: whatever the server answers, they run nothing of it that is not ours, and keep nothing."""

import re

import pytest

from patrol.http.access import matrix
from patrol.http.browsers import ALWAYS, HTTPS_ALONE
from tests.http.test_access import ask, short
from tests.support.factories import client_of, make_city, make_person, token_of
from tests.support.world import ROLES, make_world

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SAFE_URL = "https://patrol.example.org"
PAGES = ("/", "/sign-in", "/register", "/walk", "/nowhere", "/static/patrol.css", "/static/nowhere.js", "/api/docs")


@pytest.fixture
def answers(client):
    """What every endpoint answers somebody whom it lets in, and somebody whom it does not, by name."""
    world = make_world(client)
    endpoints = matrix(client.get("/api/openapi.json").json, roles=ROLES)
    return {
        f"{role}: {short(endpoint)}": ask(client, endpoint, world.near(role), world.headers[role])
        for endpoint in endpoints
        for role in {access: role for role, access in endpoint.access["own city"].items() if role in ROLES}.values()
    }


@pytest.mark.slow
def test_every_answer_of_the_api_is_kept_by_nobody_and_is_no_page(answers):
    for name, answer in answers.items():
        for header, value in ALWAYS.items():
            assert answer.headers[header] == value, name
        assert answer.headers["Cache-Control"] in ("no-store", "private, no-cache", "no-cache"), name
        assert "Access-Control-Allow-Origin" not in answer.headers, name


def test_every_answer_says_what_it_is_and_text_in_which_letters_and_leads_nowhere_else(answers):
    for name, answer in answers.items():
        kind = answer.headers.get("Content-Type", "")
        assert kind or answer.status_code in (204, 304), name
        assert re.match(r"(text/|.*\+?xml)", kind) is None or "charset=utf-8" in kind, f"{name}: {kind}"
        assert not kind.startswith("text/html") or answer.status_code == 204, name
        assert not 300 <= answer.status_code < 400 or answer.status_code == 304, name
        assert answer.headers.get("Location", "/api/v1/").startswith("/api/v1/"), name


@pytest.mark.parametrize("path", PAGES)
def test_every_page_and_file_has_the_headers_too(client, path):
    make_city()
    with client.get(path) as answer:
        for header in ALWAYS:
            assert header in answer.headers
        policy = answer.headers["Content-Security-Policy"]
        for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert directive in policy
        assert answer.headers["Content-Type"].startswith("application/") or "charset=utf-8" in answer.content_type


@pytest.mark.parametrize("path", ["/", "/api/v1/city", "/static/patrol.css", "/nowhere"])
def test_by_https_browsers_are_told_to_come_by_nothing_else(database, path):
    make_city()
    with client_of(database, public_url=SAFE_URL).get(path) as answer:
        assert answer.headers["Strict-Transport-Security"] == HTTPS_ALONE
    with client_of(database).get(path) as plain:
        assert "Strict-Transport-Security" not in plain.headers


class TestCookies:
    def test_by_https_each_is_the_hosts_alone_and_out_of_reach_of_scripts(self, database):
        client = client_of(database, public_url=SAFE_URL)
        person = make_person(make_city(), "walker")
        client.set_cookie("__Host-patrol_session", token_of(person), secure=True, domain="localhost")
        headers = {
            "X-CSRF-Token": client.get("/walk", base_url="https://localhost").text.split('csrf-token" content="')[1][
                :64
            ]
        }
        sessions = client.get("/api/v1/sessions", base_url="https://localhost").json["items"]
        gone = client.delete(f"/api/v1/sessions/{sessions[0]['id']}", headers=headers, base_url="https://localhost")
        spoken = client.get("/?language=en", base_url="https://localhost")
        for cookie in (gone.headers["Set-Cookie"], spoken.headers["Set-Cookie"]):
            assert cookie.startswith("__Host-")
            assert all(part in cookie for part in ("; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"))
            assert "Domain" not in cookie

    def test_by_https_one_without_the_prefix_signs_nobody_in(self, database):
        client = client_of(database, public_url=SAFE_URL)
        client.set_cookie("patrol_session", token_of(make_person(make_city(), "walker")))
        assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("path", ["/", "/api/v1/me", "/api/openapi.json"])
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK"])
def test_no_method_echoes_a_request(client, path, method):
    answer = client.open(path, method=method, headers={"X-Secret": "hunter2"})
    assert answer.status_code == 405
    assert "hunter2" not in f"{answer.headers}{answer.text}"


@pytest.mark.parametrize(
    "path", ["/static/", "/static/..%2f..%2fapp.py", "/static/../views.py", "/.git/config", "/static"]
)
def test_no_folder_and_no_other_file_is_served(client, path):
    assert client.get(path).status_code == 404


def test_the_choice_of_a_language_leads_to_no_other_site(client):
    for path in (
        "//evil.example/?language=en",
        "/%2f%2fevil.example/?language=en",
        "/sign-in?next=//evil.example&language=en",
    ):
        place = client.get(path, follow_redirects=False).headers.get("Location", "/")
        assert re.match(r"/(?![/\\])|http://localhost/", place), place
