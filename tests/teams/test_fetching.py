"""The worker asks a web address for the weather; whatever that does, no more comes of it than unknown weather."""

import contextlib
import gzip
import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import TABLE, load
from patrol.teams.models import WeatherFetch, WeatherReading
from patrol.teams.operations import fetching
from patrol.teams.operations.fetching import Unusable, fetch_weather, readings_in, values_at
from patrol.teams.operations.weather import weather_of
from patrol.teams.rules import Weather
from tests.support.databases import sqlite_only
from tests.support.factories import NOW, make_city
from tests.support.weather_server import says, weather_server

OURS = load({}).weather_fields
HOURLY = {"at": "hourly.time", "temperature_c": "hourly.temperature_2m", "wind_mps": "hourly.wind_speed_10m"}


def content(*rows):
    """Our documented shape; each row minutes from NOW, °C, and more."""
    return json.dumps(
        {
            "readings": [
                {"at": (NOW + timedelta(minutes=at)).isoformat(), "temperature_c": c, **more} for at, c, more in rows
            ]
        }
    ).encode()


GOOD = content((0, 26.5, {"wind_mps": 2.0, "sun": True}), (60, 25.0, {}))


@pytest.fixture
def server():
    with weather_server() as found:
        found.answer = says(GOOD)
        yield found


def fetch(server, *, now=NOW, fields=OURS):
    """How many cities answered, and what the log says."""
    with structlog.testing.capture_logs() as logged:
        count = fetch_weather(server.url, fields, now=now)
    return count, [line.get("problem", line["event"]) for line in logged]


def known(city, server, at=NOW, *, now=NOW):
    return weather_of(city, server.url, now=now)(at)


def due(city):
    return WeatherFetch.get(WeatherFetch.city == city).due_at


def test_what_it_says_is_kept_for_now_and_later(city, server):
    assert fetch(server) == (1, [])
    assert server.asked == ["/now?at=35.16,129.06&key=hunter2"]
    assert known(city, server) == Weather(temperature_c=26.5, wind_mps=2.0, sun=True)
    assert known(city, server, NOW + timedelta(hours=1)) == Weather(temperature_c=25.0)


def test_it_is_asked_every_ten_minutes_and_what_is_new_replaces_what_was_said(city, server):
    fetch(server)
    server.answer = says(content((60, 30.0, {})))
    assert fetch(server, now=NOW + timedelta(minutes=9)) == (0, [])
    later = NOW + timedelta(minutes=10)
    assert fetch(server, now=later) == (1, [])
    assert known(city, server, NOW + timedelta(hours=1), now=later) == Weather(temperature_c=30.0)
    assert known(city, server, later, now=later) == Weather(temperature_c=26.5, wind_mps=2.0, sun=True)
    assert len(server.asked) == 2


@sqlite_only
def test_each_city_is_asked_for_by_its_own_middle_and_one_without_streets_not_at_all(city, server):
    make_city("Ulsan", bbox=[129.2, 35.5, 129.4, 35.6])
    make_city("Nowhere", bbox=None)
    assert fetch(server)[0] == 2
    assert sorted(server.asked) == ["/now?at=35.16,129.06&key=hunter2", "/now?at=35.55,129.30&key=hunter2"]


@sqlite_only
@pytest.mark.parametrize("source", ["none", "fixed:20", "csv:/nowhere.csv"])
def test_other_sources_ask_nobody(city, source):
    assert fetch_weather(source, OURS, now=NOW) == 0
    assert not WeatherFetch.select().exists()


def hangs_up(request):
    request.connection.shutdown(socket.SHUT_RDWR)


def breaks_off(request):
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b'{"readings"')


def never_answers(request):
    request.connection.recv(1)  # until the client has had enough


def never_ends(request):
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b" " * 65_536)


def drips(request):
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b" ")


def elsewhere(request):
    request.send_response(302)
    request.send_header("Location", f"http://127.0.0.1:{request.server.server_address[1]}/elsewhere")
    request.send_header("Content-Length", "0")
    request.end_headers()


@sqlite_only
@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (says(b"", status=500), "answered with status 500"),
        (says(GOOD, status=203), "answered with status 203"),
        (says(b"", status=401), "answered with status 401"),
        (elsewhere, "answered with status 302"),
        (says(b"<html>busy</html>"), "the answer is not JSON"),
        (says(b""), "the answer is not JSON"),
        (says(b"\xff\xfe\x00"), "the answer is not JSON"),
        (says(b"[" * 200_000), "the answer is not JSON"),
        (says(b'{"readings": [{"at": "2026-11-06T10:30:00Z", "temperature_c": NaN}]}'), "the answer is not JSON"),
        (says(b"not gzip", Content_Encoding="gzip"), "cannot be reached (DecodeError)"),
        (says(gzip.compress(b" " * 20_000_000), Content_Encoding="gzip"), "the answer is longer than 1000000 bytes"),
        (never_ends, "the answer is longer than 1000000 bytes"),
        (breaks_off, "cannot be reached (ProtocolError)"),
        (hangs_up, "cannot be reached (ConnectionError)"),
        (says(b"{}"), "no reading of these days in the answer"),
        (says(b"[]"), "no reading of these days in the answer"),
        (says(b"7"), "no reading of these days in the answer"),
        (says(b'{"readings": [{"at": "2026-11-06T10:30:00"}]}'), "no reading of these days in the answer"),
        (
            says(b'{"readings": [{"at": "2026-11-06T10:30:00", "temperature_c": 1}]}'),
            "reading 1: at: no offset from UTC",
        ),
        (says(b'{"readings": [{"at": true, "temperature_c": 1}]}'), "reading 1: at: no instant"),
        (says(b'{"readings": [{"at": 1e300, "temperature_c": 1}]}'), "reading 1: "),
        (says(content((0, "warm", {}))), "reading 1: temperature_c: no number"),
        (says(content((0, 299.0, {}))), "reading 1: temperature_c: 299.0 is not between -80 and 60"),
        (says(content((0, 20.0, {"sun": "often"}))), "reading 1: sun: neither true nor false"),
        (says(content((0, 20.0, {"wind_mps": -1}))), "reading 1: wind_mps: -1.0 is not between 0 and 120"),
        (says(content((-3000, 20.0, {}))), "no reading of these days in the answer"),
        (says(content(*[(0, 20.0, {})] * 2001)), "more than 2000 readings"),
    ],
)
def test_whatever_it_does_the_weather_is_unknown_and_the_log_says_so_once(city, server, answer, problem):
    is_unknown_and_said_once(city, server, answer, problem)


@sqlite_only
@pytest.mark.parametrize("answer", [never_answers, drips])
def test_nor_is_an_answer_waited_for_that_does_not_come(city, server, monkeypatch, answer):
    monkeypatch.setattr(fetching, "SILENT_S", 0.2)
    monkeypatch.setattr(fetching, "WHOLE_S", 0.2)
    is_unknown_and_said_once(city, server, answer, "no answer in time")


def is_unknown_and_said_once(city, server, answer, problem):
    server.answer = answer
    count, logged = fetch(server)
    assert count == 0
    assert len(logged) == 1
    assert logged[0].startswith(problem)
    assert "hunter2" not in logged[0]
    assert known(city, server) is None
    assert due(city) == NOW + timedelta(minutes=10)
    assert fetch(server, now=NOW + timedelta(minutes=10)) == (0, [])
    assert not any("elsewhere" in path for path in server.asked)


@sqlite_only
def test_one_that_is_not_there_or_has_no_trusted_certificate_is_said_so(city, server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with structlog.testing.capture_logs() as logged:
            assert fetch_weather(nobody, OURS, now=NOW) == 0
            assert fetch_weather(server.url.replace("http:", "https:"), OURS, now=NOW + timedelta(minutes=10)) == 0
    assert [line["problem"] for line in logged] == [
        "cannot be reached (ConnectionError)",
        "its certificate is not trusted",
    ]


def test_what_was_known_before_a_failure_stands_as_long_as_it_is_trusted(city, server):
    fetch(server)
    server.answer = says(b"", status=500)
    later = NOW + timedelta(minutes=10)
    assert fetch(server, now=later) == (0, ["answered with status 500"])
    assert known(city, server, later, now=later) == Weather(temperature_c=26.5, wind_mps=2.0, sun=True)
    assert known(city, server, NOW + timedelta(hours=3), now=NOW + timedelta(hours=3)) is None


@sqlite_only
def test_the_log_says_when_it_is_back(city, server):
    server.answer = says(b"", status=500)
    fetch(server)
    server.answer = says(GOOD)
    assert fetch(server, now=NOW + timedelta(minutes=10)) == (1, ["weather is fetched again"])
    assert fetch(server, now=NOW + timedelta(minutes=20)) == (1, [])


@sqlite_only
@pytest.mark.parametrize(
    ("retry_after", "wait_min"),
    [
        ("1800", 30),
        ("5", 10),
        ("999999", 360),
        ("9" * 400, 10),
        ("soon", 10),
        ("", 10),
        (format_datetime(NOW + timedelta(minutes=45), usegmt=True), 45),
        (format_datetime(NOW - timedelta(minutes=45), usegmt=True), 10),
    ],
)
def test_it_is_left_alone_as_long_as_it_asks_within_reason(city, server, retry_after, wait_min):
    server.answer = says(b"", status=429, Retry_After=retry_after)
    fetch(server)
    assert due(city) == NOW + timedelta(minutes=wait_min)


@sqlite_only
def test_old_readings_are_forgotten(city, server):
    fetch(server)
    later = NOW + timedelta(days=2)
    server.answer = says(content((2 * 1440, 20.0, {})))
    fetch(server, now=later)
    assert [row.at for row in WeatherReading.select()] == [later]


@pytest.mark.parametrize(
    ("found", "fields"),
    [
        (
            {
                "hourly": {
                    "time": ["2026-11-06T10:00Z", "2026-11-06T11:00Z"],
                    "temperature_2m": [21.5, 20],
                    "wind_speed_10m": [3, None],
                }
            },
            HOURLY,
        ),
        (
            {
                "list": [
                    {"dt": 1793959200, "main": {"temp": 21.5}, "wind": {"speed": 3}},
                    {"dt": 1793962800, "main": {"temp": 20}},
                ]
            },
            {"at": "list.dt", "temperature_c": "list.main.temp", "wind_mps": "list.wind.speed"},
        ),
        (
            {
                "readings": [
                    {"at": "2026-11-06T19:00:00+09:00", "temperature_c": 21.5, "wind_mps": 3},
                    {"at": "2026-11-06T20:00:00+09:00", "temperature_c": 20},
                    {"at": None, "temperature_c": 3},
                ]
            },
            OURS,
        ),
    ],
    ids=["columns", "rows within rows", "ours"],
)
def test_other_shapes_are_read_by_their_paths(found, fields):
    ten = datetime(2026, 11, 6, 10, tzinfo=UTC)
    assert [(one["at"], one["temperature_c"], one["wind_mps"]) for one in readings_in(found, fields, now=NOW)] == [
        (ten, 21.5, 3.0),
        (ten + timedelta(hours=1), 20.0, None),
    ]


def test_columns_of_different_lengths_are_refused():
    short = {"hourly": {"time": ["2026-11-06T10:00Z", "2026-11-06T11:00Z"], "temperature_2m": [21.5]}}
    with pytest.raises(Unusable, match=r"temperature_c: 1 values at hourly.temperature_2m, but 2 instants"):
        readings_in(short, HOURLY, now=NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["readings", "at", "temperature_c", "sun"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=40)
@given(found=JSON)
def test_any_json_gives_readings_or_a_reason(found):
    with contextlib.suppress(Unusable):
        assert all(-80 <= reading["temperature_c"] <= 60 for reading in readings_in(found, OURS, now=NOW))


def test_a_path_goes_through_every_list_on_its_way():
    nested = {"days": [{"hours": [{"c": 1}, {"c": 2}]}, {"hours": [{"c": 3}]}, {}]}
    assert values_at(nested, "days.hours.c") == [1, 2, 3, None]


def test_the_documented_shape_is_what_the_setting_says_by_default():
    assert TABLE["weather_fields"].default.split()[0] == "at=readings.at"
    assert set(OURS) == {"at", "temperature_c", "wind_mps", "sun"}
