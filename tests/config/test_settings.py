import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import HIDDEN, PROJECT, TABLE, SettingsError, load

DOCUMENTED = PROJECT / "docs" / "settings.md"
SECRET = "postgresql://patrol:hunter2@db.example.org:99999/patrol"


def refused(environment, **given_):
    with pytest.raises(SettingsError) as error:
        load(environment, **given_)
    return error.value


def test_the_documented_table_is_the_table():
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]
        for line in DOCUMENTED.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `PATROL_")
    ]
    known = [
        [f"PATROL_{name.upper()}", row.default or "empty", row.allowed, row.purpose] for name, row in TABLE.items()
    ]
    assert rows == known


def test_without_any_setting_it_serves_on_this_machine_alone():
    settings = load({"PATH": "/bin", "patrol_port": "ignored"})
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert settings.database_url == f"sqlite:///{PROJECT}/var/patrol.db"
    assert settings.var == PROJECT / "var"
    assert settings.smtp_url == ""


@pytest.mark.parametrize("name", [f"PATROL_{name.upper()}" for name in TABLE])
@pytest.mark.parametrize("suffix", ["", "_FILE"])
def test_a_name_that_is_set_to_nothing_counts_as_not_set(name, suffix):
    assert load({name + suffix: ""}) == load({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "8000.0"),
        ("PORT", "8_000"),
        ("PORT", "٨٠٠٠"),
        ("PORT", " 8000"),
        ("HOST", "two words"),
        ("HOST", "http://example.org"),
        ("PUBLIC_URL", "patrol.example.org"),
        ("PUBLIC_URL", "ftp://patrol.example.org"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://patrol.example.org:port"),
        ("PUBLIC_URL", "https://[::1"),
        ("THREADS", "3"),
        ("STREAMS", "31"),
        ("SESSION_DAYS", "0"),
        ("SESSION_DAYS", "366"),
        ("SESSION_MOST_DAYS", "0"),
        ("STAFF_IDLE_HOURS", "0"),
        ("SMS", "nowhere"),
        ("SMS", "files:"),
        ("SMS", f"files:{DOCUMENTED}"),
        ("SMS", "http://gateway.example.org/send"),
        ("SMS", "https://user:word@gateway.example.org/send"),
        ("PASSWORD_COST", "2/19456"),
        ("PASSWORD_COST", "2/19456/1/1"),
        ("PASSWORD_COST", "0/19456/1"),
        ("PASSWORD_COST", "2/8/2"),
        ("PASSWORD_COST", "2/much/1"),
        ("WEATHER_FIELDS", "at=time"),
        ("WEATHER_FIELDS", "at=time temperature_c=t snow_mm=s"),
        ("WEATHER_FIELDS", "at temperature_c"),
        ("WEATHER_FIELDS", "at=time temperature_c=t..c"),
        ("WEATHER_FIELDS", "at=time temperature_c="),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("VAR", str(DOCUMENTED)),
        ("VAR", "~nobody-of-that-name/var"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_the_value_and_what_is_allowed(name, value):
    error = refused({f"PATROL_{name}": value})
    assert (error.name, error.value, error.allowed) == (f"PATROL_{name}", value, TABLE[name.lower()].allowed)
    assert str(error) == f"PATROL_{name}={value!r}: must be {TABLE[name.lower()].allowed}"


@pytest.mark.parametrize(
    "value",
    [
        SECRET,
        "mysql://patrol:hunter2@db.example.org/patrol",
        "hunter2",
        "sqlite:///",
        "sqlite:////",
        "sqlite://hunter2.db",
        "sqlite:hunter2.db",
        "sqlite:///:memory:",
        "sqlite:///hunter2/",
        f"sqlite:///{PROJECT}",
        "postgresql://",
    ],
)
def test_what_may_hold_a_password_is_refused_without_being_shown(value):
    error = refused({"PATROL_DATABASE_URL": value})
    assert error.name == "PATROL_DATABASE_URL"
    assert TABLE["database_url"].allowed in str(error)
    assert "hunter2" not in f"{error} {error!r} {error.value}"
    assert error.__cause__ is None
    assert error.__suppress_context__


@pytest.mark.parametrize(
    "value",
    [
        "sunny",
        "fixed:",
        "fixed:warm",
        "fixed:nan",
        "csv:",
        "https://",
        "https://weather.example.org/{place}?key=hunter2",
        "http://weather.example.org/now?key=hunter2",
        "ftp://weather.example.org/{lat}/{lon}?key=hunter2",
    ],
)
def test_weather_that_comes_from_nowhere_is_refused_without_being_shown_as_it_may_hold_a_key(value):
    error = refused({"PATROL_WEATHER": value})
    assert (error.name, error.value, error.allowed) == ("PATROL_WEATHER", HIDDEN, TABLE["weather"].allowed)


def test_weather_may_come_from_a_web_address_with_the_citys_place_in_it():
    address = "https://weather.example.org/now?at={lat},{lon}&key=hunter2"
    settings = load({"PATROL_WEATHER": address, "PATROL_WEATHER_FIELDS": "at=hourly.time  temperature_c=hourly.t"})
    assert settings.weather == address
    assert settings.weather_fields == {"at": "hourly.time", "temperature_c": "hourly.t"}


def test_settings_in_a_log_show_no_secret():
    settings = load(
        {
            "PATROL_DATABASE_URL": "postgresql://patrol:hunter2@db.example.org/patrol",
            "PATROL_SMTP_URL": "smtps://patrol:hunter2@mail.example.org",
            "PATROL_SMS_SECRET": "hunter2",
            "PATROL_SECRET_KEY": "hunter2" * 5,
        }
    )
    assert "hunter2" not in f"{settings} {settings!r}"
    assert {name for name, row in TABLE.items() if row.secret} == {
        "database_url",
        "smtp_url",
        "sms_secret",
        "secret_key",
        "weather",
    }


@pytest.mark.parametrize("key", ["short", "x" * 31, "x" * 40 + " y", "키" * 40])
def test_a_key_that_could_be_guessed_is_refused_without_being_shown(key):
    error = refused({"PATROL_SECRET_KEY": key})
    assert error.name == "PATROL_SECRET_KEY"
    assert key not in str(error)


@pytest.mark.parametrize("sms", ["https://gateway.example.org/send", "http://127.0.0.1:9/send", "http://[::1]:9/send"])
def test_text_messages_go_to_files_unless_a_gateway_is_named(sms):
    assert load({"PATROL_VAR": "/srv/patrol"}).sms == "files:/srv/patrol/codes"
    assert load({"PATROL_SMS": sms}).sms == sms


def test_an_unknown_name_is_refused_with_the_one_that_may_be_meant():
    error = refused({"PATROL_DATABSE_URL": "postgresql://patrol:hunter2@db/patrol"})
    assert str(error) == "PATROL_DATABSE_URL=(not shown): must be absent; is PATROL_DATABASE_URL meant?"
    assert "PATROL_PORT, " in str(refused({"PATROL_ZZZ": "1"}))
    assert refused({"PATROL_ZZZ_FILE": "x"}).name == "PATROL_ZZZ_FILE"


def test_a_value_may_stand_in_a_file(tmp_path):
    path = tmp_path / "url"
    path.write_text("postgresql://patrol:hunter2@db.example.org/patrol\n", encoding="utf-8")
    settings = load({"PATROL_DATABASE_URL_FILE": str(path)})
    assert settings.database_url == "postgresql://patrol:hunter2@db.example.org/patrol"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "url"
    if content:
        path.write_bytes(content)
    error = refused({"PATROL_SMTP_URL_FILE": str(path)})
    assert (error.name, error.value) == ("PATROL_SMTP_URL_FILE", str(path))
    assert "readable text file" in error.allowed


def test_a_wrong_value_in_a_file_is_named_and_a_secret_one_not_shown(tmp_path):
    path = tmp_path / "value"
    path.write_text(SECRET, encoding="utf-8")
    assert "hunter2" not in str(refused({"PATROL_DATABASE_URL_FILE": str(path)}))
    assert refused({"PATROL_PORT_FILE": str(path)}).name == "PATROL_PORT"


def test_a_value_and_a_file_for_it_at_once_are_refused(tmp_path):
    path = tmp_path / "port"
    path.write_text("8001", encoding="utf-8")
    error = refused({"PATROL_PORT": "8002", "PATROL_PORT_FILE": str(path)})
    assert (error.name, error.allowed) == ("PATROL_PORT_FILE", "absent when PATROL_PORT is given")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("sqlite:///other.db", f"sqlite:///{PROJECT}/other.db"),
        ("sqlite:///var/other.db", f"sqlite:///{PROJECT}/var/other.db"),
        ("sqlite:////srv/patrol.db", "sqlite:////srv/patrol.db"),
        ("sqlite:///~/patrol.db", f"sqlite:///{Path.home()}/patrol.db"),
        ("sqlite:///a b?c.db", f"sqlite:///{PROJECT}/a b?c.db"),
        ("postgresql://db.example.org/patrol", "postgresql://db.example.org/patrol"),
    ],
)
def test_a_relative_path_starts_at_the_projects_folder_wherever_the_command_does(url, kept, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load({"PATROL_DATABASE_URL": url}).database_url == kept


def test_the_database_and_the_caches_move_with_var(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    moved = load({"PATROL_VAR": str(tmp_path)})
    assert (moved.var, moved.database_url) == (tmp_path, f"sqlite:///{tmp_path}/patrol.db")
    assert load({"PATROL_VAR": "elsewhere"}).var == PROJECT / "elsewhere"
    assert load({"PATROL_WEATHER": "csv:var/weather.csv"}).weather == f"csv:{PROJECT}/var/weather.csv"


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - nothing is bound here
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("patrol.local", "patrol.local"),
    ],
)
def test_links_lead_to_where_the_server_is_reached(host, reached):
    settings = load({"PATROL_HOST": host, "PATROL_PORT": "9000"})
    assert settings.public_url == f"http://{reached}:9000"
    assert load({"PATROL_PUBLIC_URL": "https://patrol.example.org/"}).public_url == "https://patrol.example.org"


def test_streams_leave_threads_for_requests():
    assert load({"PATROL_THREADS": "8"}).streams == 4
    assert load({"PATROL_THREADS": "8", "PATROL_STREAMS": "6"}).streams == 6
    assert refused({"PATROL_THREADS": "8", "PATROL_STREAMS": "7"}).name == "PATROL_STREAMS"


def test_what_a_command_gives_wins_over_the_environment():
    assert load({"PATROL_PORT": "8001"}, port="8002").port == 8002
    assert refused({}, port="x").name == "PATROL_PORT"


@given(st.sampled_from(sorted(TABLE)), st.text(max_size=40))
def test_whatever_is_written_is_used_or_refused_by_name(name, value):
    named = re.compile(rf"PATROL_({name.upper()}|STREAMS)=")  # too few threads show in the streams
    try:
        load({f"PATROL_{name.upper()}": value})
        refusal = None
    except SettingsError as error:
        refusal = str(error)
    assert refusal is None or named.match(refusal)
