"""The access matrix is what happens: every endpoint × role × tenant, asked of the real application.

A stated role is let in and reaches what the statement says, near and far; any other is turned away; what is another
city's is not there, and nothing of it shows in any answer. Each request is taken back, so that none needs another.
"""

import io
import itertools
import json
import zipfile

import pytest

from patrol.http.access import ANONYMOUS, matrix, operations
from patrol.http.api import BASE
from tests.support.examples import filled, request_for
from tests.support.patrols import texts_in
from tests.support.world import ROLES, make_world, undone

LET_IN = {200, 201, 202, 204, 304, 409, 410, 412}
"""The endpoint did it, or looked at the thing and found that its state forbids it."""
ENDLESS = f"{BASE}/stream"
PERSONAL = ("message_id", "session_id")
ANYBODYS = ("team_id", "shift_id", "walk_id", "sighting_id", *PERSONAL)
"""What of the things far from a role it must not even meet by id: where it reaches all, where it does not."""
NO_MORE = ("id-taken", "wrong-code")
"""Problems that say no more than that: a phone's own id is in use, a code does not fit."""
OWN, OTHER = "own city", "another city"


@pytest.fixture
def document(client):
    return client.get("/api/openapi.json").json


@pytest.fixture
def endpoints(document):
    return matrix(document, roles=ROLES)


def short(endpoint):
    """METHOD /path below /api/v1."""
    return f"{endpoint.method.upper()} {endpoint.path.removeprefix(BASE)}"


def wanted(endpoint, ids):
    """All that a request for the endpoint says about these things: path and content."""
    return filled(endpoint.path, ids), request_for(short(endpoint), ids)


def ask(client, endpoint, ids, headers, *, keeps=None):
    """The answer to the endpoint's example about these things. Nothing of it lasts; a change to `keeps` fails."""
    path, carried = wanted(endpoint, ids)
    keeps = None if endpoint.method == "get" else keeps
    whole = keeps and keeps.whole
    with undone() as written:
        answer = client.open(path, method=endpoint.method.upper(), headers=headers, buffered=path != ENDLESS, **carried)
        if path == ENDLESS:
            answer.close()
        assert keeps is None or not written() or keeps.kept() == whole, short(endpoint)
    return answer


def kind_of(answer):
    """The problem's type, or nothing."""
    return answer.json["type"].removeprefix("/problems/") if "problem" in answer.content_type else ""


def let_in(answer):
    return answer.status_code in LET_IN


def turned_away(answer):
    return (answer.status_code, kind_of(answer)) == (403, "forbidden")


def not_signed_in(answer):
    return (answer.status_code, kind_of(answer)) == (401, "not-signed-in")


def not_there(answer):
    """As if it were not. Of several, none is there."""
    several = answer.json.get("results", []) if answer.status_code == 200 and answer.is_json else []
    if several:
        return all(each["problem"] and each["problem"]["status"] == 404 for each in several)
    return answer.status_code == 404 or kind_of(answer).startswith("no-such-") or kind_of(answer) in NO_MORE


def heard(answer):
    """Whoever asks needs no sign-in; what they sent may still be wrong."""
    return not not_signed_in(answer)


class Findings(list):
    """Where answers are not as stated; all are told at once."""

    def expect(self, answer, right, who, endpoint):
        if not right(answer):
            self.append(f"{who}: {short(endpoint)}: {right.__name__}? {answer.status_code} {answer.text[:300]}")

    def none(self):
        assert not self, "\n".join(self)


@pytest.fixture
def findings():
    return Findings()


class TestMatrix:
    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_it_has_every_endpoint_with_every_role_and_tenant(self, document, endpoints):
        assert len(endpoints) == len(list(operations(document))) > 50
        for endpoint in endpoints:
            assert set(endpoint.access) == {OWN, OTHER}, endpoint.name
            for access in endpoint.access.values():
                assert list(access) == [*ROLES, ANONYMOUS], endpoint.name

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_only_what_needs_no_sign_in_is_open_to_another_city(self, endpoints):
        for endpoint in endpoints:
            for role in ROLES:
                expected = "allowed" if endpoint.access[OWN][ANONYMOUS] == "allowed" else "denied"
                assert endpoint.access[OTHER][role] == expected, endpoint.name


def test_each_role_reaches_in_its_city_what_the_matrix_says_and_no_more(client, endpoints, findings):
    world = make_world(client)
    for endpoint, role in itertools.product(endpoints, ROLES):
        near, far, headers = world.near(role), world.far(role), world.headers[role]
        access = endpoint.access[OWN][role]
        if endpoint.access[OWN][ANONYMOUS] == "allowed":
            findings.expect(ask(client, endpoint, near, headers), heard, role, endpoint)
        elif access == "denied":
            findings.expect(ask(client, endpoint, near, headers), turned_away, role, endpoint)
        else:
            findings.expect(ask(client, endpoint, near, headers), let_in, role, endpoint)
        if access == "denied" or endpoint.access[OWN][ANONYMOUS] == "allowed":
            continue
        differs = wanted(endpoint, near) != wanted(endpoint, far)
        if access == "allowed" and differs:
            findings.expect(ask(client, endpoint, far, headers), let_in, f"{role}, far", endpoint)
        elif access != "allowed" and differs:
            findings.expect(ask(client, endpoint, far, headers, keeps=world), not_there, f"{role}, far", endpoint)
        elif access != "allowed" and "{" in endpoint.path and "/me/" not in endpoint.path:
            findings.append(f"{role}: {short(endpoint)}: put somebody else's into `farther` of tests/support/world.py")
    findings.none()


def test_nobody_gets_in_without_sign_in_where_the_matrix_says_so(client, endpoints, findings):
    world = make_world(client)
    for endpoint in endpoints:
        right = heard if endpoint.access[OWN][ANONYMOUS] == "allowed" else not_signed_in
        findings.expect(ask(client, endpoint, world.ids, {}), right, ANONYMOUS, endpoint)
    findings.none()


@pytest.mark.slow
def test_no_answer_names_what_is_far_from_who_asks(client, endpoints, findings):
    world = make_world(client)
    for endpoint, role in itertools.product(endpoints, ROLES):
        if endpoint.method == "get" and endpoint.access[OWN][role] != "denied":
            answer = ask(client, endpoint, world.near(role), world.headers[role])
            names = PERSONAL if endpoint.access[OWN][role] == "allowed" else ANYBODYS
            hidden = {world.far(role)[name] for name in names} - set(world.near(role).values())
            told = [text for text in hidden if text in said(answer)]
            findings += [f"{role}: {short(endpoint)} names {text}" for text in told]
    findings.none()


def test_a_restricted_sighting_is_there_for_the_duty_and_its_reporter_alone(client, endpoints, findings):
    world = make_world(client)
    restricted = world.near("duty") | {"walk_id": "none"}
    for endpoint in endpoints:
        if "{sighting_id}" not in endpoint.path or endpoint.method == "put":
            continue
        for role, headers in world.headers.items():
            access = endpoint.access[OWN][role if role in ROLES else "officer"]
            answer = ask(client, endpoint, restricted, headers)
            if role == "duty" and access != "denied":
                findings.expect(answer, let_in, role, endpoint)
            elif role not in ("duty", "walker") and answer.status_code != 403:
                findings.expect(answer, not_there, role, endpoint)
    findings.none()


def test_what_is_another_citys_is_not_there_whoever_asks(client, endpoints, findings):
    ours, theirs = make_world(client), make_world(client, "Ulsan")
    secrets = ours.texts() - theirs.texts()
    for endpoint, role in itertools.product(endpoints, ROLES):
        if endpoint.access[OTHER][role] == "allowed":
            continue
        denied = endpoint.access[OWN][role] == "denied"
        answer = ask(client, endpoint, ours.near(role), theirs.headers[role], keeps=None if denied else ours)
        if denied:
            findings.expect(answer, turned_away, f"{role} of Ulsan", endpoint)
        elif wanted(endpoint, ours.near(role)) != wanted(endpoint, theirs.near(role)):
            findings.expect(answer, not_there, f"{role} of Ulsan", endpoint)
        else:
            findings.expect(answer, let_in, f"{role} of Ulsan", endpoint)
        asked = json.dumps(wanted(endpoint, ours.near(role)), default=str)
        findings += [
            f"{role}: {short(endpoint)} tells {text!r}" for text in leaked(answer, secrets) if text not in asked
        ]
    findings.none()


def leaked(answer, secrets):
    """Which of `secrets` an answer holds: as a value, or within a sentence or a file."""
    whole = said(answer)
    values = set(texts_in(answer.json)) if answer.is_json and answer.data else set()
    return (secrets & values) | {text for text in secrets if len(text) > 8 and text in whole}


def said(answer):
    """All that an answer says, headers too."""
    if answer.content_type.startswith("text/event-stream"):
        return ""
    if answer.content_type == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
            return "".join(bundle.read(name).decode(errors="replace") for name in bundle.namelist())
    return f"{answer.headers}{answer.get_data().decode(errors='replace')}"
