import json
import re

import marshmallow as ma
import peewee
import pytest
from playhouse.pool import MaxConnectionsExceeded

from patrol.http.problems import TITLES
from patrol.http.words import BY_STATUS, KOREAN, in_korean
from tests.support.probe import RAISED, probe_client

THINGS = "/api/v1/things"
STATUSES = {
    "not-found": 404,
    "conflict": 409,
    "forbidden": 403,
    "stale": 412,
    "gone": 410,
    "too-many": 429,
    "invalid": 422,
    "invalid-rows": 422,
    "unexpected": 500,
}
HANGUL = re.compile("[가-힣]")


@pytest.fixture(autouse=True)
def _connected(database):
    """Every request opens a connection."""


pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def pointers(answer):
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json["errors"]]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", list(RAISED))
def test_every_error_is_a_problem_document_in_the_callers_language(name, language):
    answer = probe_client(language=language).get(f"/api/v1/raise/{name}")
    assert answer.status_code == STATUSES[name]
    assert answer.content_type == "application/problem+json"
    found = answer.json
    assert found["status"] == STATUSES[name]
    assert found["type"] == f"/problems/{name}"
    assert found["instance"] == f"urn:uuid:{answer.headers['X-Request-Id']}"
    for text in (found["title"], found["detail"]):
        assert bool(HANGUL.search(text)) == (language == "ko")
    assert answer.headers["Content-Language"] == language
    assert answer.vary.to_header() == "Accept-Language"


def test_who_states_no_language_reads_korean():
    assert HANGUL.search(probe_client(language="").get("/api/v1/raise/stale").json["title"])


def test_who_is_signed_in_and_states_no_language_reads_that_of_the_account():
    answer = probe_client(role="walker", language="").get("/api/v1/raise/stale")
    assert answer.json["title"] == TITLES[412][1]


def test_an_unexpected_error_shows_nothing_of_itself(caplog):
    answer = probe_client().get("/api/v1/raise/unexpected")
    assert set(answer.json) == {"type", "title", "status", "detail", "instance"}
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text


@pytest.mark.parametrize(
    "error", [peewee.OperationalError("database is locked"), MaxConnectionsExceeded("too many connections")]
)
def test_a_database_that_is_busy_asks_to_come_again(error, monkeypatch):
    monkeypatch.setitem(RAISED, "unexpected", lambda: error)
    answer = probe_client().get("/api/v1/raise/unexpected")
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert str(error) not in answer.text


def test_too_many_says_when_to_come_again():
    assert probe_client().get("/api/v1/raise/too-many").headers["Retry-After"] == "7"


def test_who_is_not_signed_in_is_told_how():
    answer = probe_client().patch("/api/v1/versions")
    assert (answer.status_code, answer.json["type"]) == (401, "/problems/not-signed-in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_rule_names_the_field_it_is_about():
    assert pointers(probe_client().get("/api/v1/raise/invalid")) == ["/dogs/0/registration_no"]


def test_a_file_names_its_rows():
    answer = probe_client().get("/api/v1/raise/invalid-rows")
    assert answer.json["errors"] == [
        {"pointer": "/rows/3", "detail": "no name"},
        {"pointer": "/rows/9", "detail": "no place"},
    ]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/api/v1/nowhere", {}, 404),
        ("get", "/api/v1/raise/%00", {}, 404),
        ("delete", THINGS, {}, 405),
        ("post", THINGS, {"data": b"{", "content_type": "application/json"}, 400),
        ("post", THINGS, {"data": b"\xff", "content_type": "application/json"}, 400),
        ("post", THINGS, {"data": b'{"number": NaN}', "content_type": "application/json"}, 400),
        ("post", THINGS, {"data": b"[" * 100_000, "content_type": "application/json"}, 400),
        ("post", THINGS, {"data": b"9" * 5_000, "content_type": "application/json"}, 400),
        ("post", THINGS, {"data": b"x" * 1_048_577, "content_type": "application/json"}, 413),
        ("post", THINGS, {"data": b"name=x", "content_type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_errors_of_http_itself_are_problem_documents_too(method, path, body, status, language):
    answer = getattr(probe_client(language=language), method)(path, **body)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert bool(HANGUL.search(answer.json["title"])) == (language == "ko")
    assert status == 415 or bool(HANGUL.search(answer.json["detail"])) == (language == "ko")


def test_a_refused_method_says_which_are_allowed():
    assert set(probe_client().delete(THINGS).headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_every_title_and_status_has_both_languages():
    for ko, en in (*TITLES.values(), *BY_STATUS.values()):
        assert HANGUL.search(ko)
        assert not HANGUL.search(en)


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": "   "}, "/name"),
        ({"name": "x" * 11}, "/name"),
        ({"name": 7}, "/name"),
        ({"name": None}, "/name"),
        ({"name": "a\x00b"}, "/name"),
        ({"name": "\ud800"}, "/name"),
        ({"name": "x", "nmae": "y"}, "/nmae"),
        ({"name": "x", "a/b~c": 1}, "/a~1b~0c"),
        ({"name": "x", "number": 4.5}, "/number"),
        ({"name": "x", "number": "4"}, "/number"),
        ({"name": "x", "number": True}, "/number"),
        ({"name": "x", "number": 100}, "/number"),
        ({"name": "x", "number": 10**30}, "/number"),
        ({"name": "x", "lon": 181}, "/lon"),
        ({"name": "x", "lon": True}, "/lon"),
        ({"name": "x", "lat": "north"}, "/lat"),
        ({"name": "x", "at": "2026-11-06T10:30:00"}, "/at"),
        ({"name": "x", "at": "0001-01-01T00:00:00+14:00"}, "/at"),
        ({"name": "x", "at": "9999-12-31T23:59:59-14:00"}, "/at"),
        ({"name": "x", "parts": [{"name": "a"}, {"name": ""}]}, "/parts/1/name"),
        ({"name": "x", "parts": [{"name": "a", "other": 1}]}, "/parts/0/other"),
        ({"name": "x", "parts": ["a"]}, "/parts/0"),
        ({"name": "x", "parts": {}}, "/parts"),
        ({"name": "x", "scores": {"heel": 1.5}}, "/scores/heel"),
        ({"name": "x", "free": {"deep": [{"text": "a\x00"}]}}, "/free/deep/0/text"),
        ([], "/"),
        ("text", "/"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_by_its_place(content, pointer):
    for language in ("ko", "en"):
        body = json.dumps(content)  # in ASCII: half a surrogate pair can be written no other way
        answer = probe_client(language=language).post(THINGS, data=body, content_type="application/json")
        assert pointers(answer) == [pointer]
        assert bool(HANGUL.search(answer.json["errors"][0]["detail"])) == (language == "ko")


def test_a_number_too_large_to_be_finite_is_refused_wherever_it_stands():
    for text in ('{"name": "x", "lon": 1e999}', '{"name": "x", "free": {"a": 1e999}}'):
        answer = probe_client().post(THINGS, data=text, content_type="application/json")
        assert len(pointers(answer)) == 1


def test_every_wrong_value_is_named_at_once():
    wrong = {"number": 4.5, "lat": 91, "parts": [{}]}
    assert sorted(pointers(probe_client().post(THINGS, json=wrong))) == ["/lat", "/name", "/number", "/parts/0/name"]


def test_an_unknown_parameter_is_refused_as_it_would_be_lost_silently():
    assert pointers(probe_client().get("/api/v1/points?limt=3")) == ["/query/limt"]


def test_a_parameter_given_twice_is_refused_as_nobody_can_say_which_counts():
    answer = probe_client(role="walker").get("/api/v1/points?limit=1&limit=200")
    assert (answer.status_code, answer.json["errors"]) == (
        422,
        [{"pointer": "/query/limit", "detail": "Given more than once."}],
    )


def test_a_name_given_twice_in_one_object_is_refused():
    content = '{"name": "one", "name": "two"}'
    answer = probe_client(role="walker").post("/api/v1/things", data=content, content_type="application/json")
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/unreadable-body")


def test_what_can_be_read_is_read():
    given = {"name": "  서면 ", "number": 4.0, "at": "2026-11-06T19:30:00+09:00", "lon": 129, "lat": -35.5}
    found = probe_client().post(THINGS, json=given).json
    assert (found["name"], found["number"], found["lon"], found["lat"]) == ("서면", 4, 129.0, -35.5)
    assert found["at"] == "2026-11-06T10:30:00+00:00"


def test_a_caller_who_is_signed_in_may_send_a_file_larger_than_any_json():
    data = b"x" * 1_048_577
    assert probe_client(role="walker").post(THINGS, data=data, content_type="text/csv").status_code == 415
    assert probe_client().post(THINGS, data=data, content_type="text/csv").status_code == 413


def test_each_request_has_an_id_and_is_kept_in_no_cache():
    first, second = (probe_client().get("/api/v1/points") for _ in range(2))
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("header", "status"),
    [(None, 200), ('"3"', 200), ('W/"3"', 200), ("*", 200), ('"2"', 412), ("3", 412), ('"1", "2"', 412), ("", 412)],
)
def test_a_change_based_on_an_older_version_is_refused(header, status):
    headers = {} if header is None else {"If-Match": header}
    answer = probe_client(role="walker").patch("/api/v1/versions", headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("ETag") == ('"4"' if status == 200 else None)


class Everything(ma.Schema):
    """Each kind of field and validator that schemas of ours use."""

    text = ma.fields.String(required=True, validate=[ma.validate.Length(2), ma.validate.OneOf(["a", "b"])])
    uuid = ma.fields.UUID()
    whole = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 5))
    exclusive = ma.fields.Integer(validate=ma.validate.Range(1, 5, min_inclusive=False, max_inclusive=False))
    number = ma.fields.Float(validate=ma.validate.Range(min=0))
    at = ma.fields.AwareDateTime()
    on = ma.fields.Date()
    hour = ma.fields.Time()
    yes = ma.fields.Boolean()
    rows = ma.fields.List(ma.fields.Integer(), validate=ma.validate.Length(max=1))
    pair = ma.fields.List(ma.fields.Integer(), validate=ma.validate.Length(equal=2))
    table = ma.fields.Dict()
    kind = ma.fields.String(validate=ma.validate.Equal("line"))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        dict.fromkeys(Everything().fields),
        {name: object() for name in Everything().fields},
        {"text": "c", "whole": 9, "exclusive": 5, "number": -1, "rows": [1, 2], "pair": [1], "kind": "point", "z": 1},
        {"text": "a", "number": float("nan"), "at": "2026-11-06T19:30:00"},
    ],
)
def test_what_marshmallow_says_is_said_in_korean(wrong):
    with pytest.raises(ma.ValidationError) as refused:
        Everything().load(wrong)
    said = re.findall(r'"([^"\[\]{}:]+\.)"', json.dumps(refused.value.messages))
    assert said
    assert [text for text in said if not HANGUL.search(in_korean(text))] == []


def test_a_sentence_without_korean_is_passed_on():
    assert in_korean("Something new.") == "Something new."
    assert all(HANGUL.search(korean) for korean in KOREAN.values())
