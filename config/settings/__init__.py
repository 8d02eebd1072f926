"""Settings of one process, read once from the environment.

`TABLE` is the whole list; docs/settings.md shows the same table (a test compares them). A name may carry the suffix
`_FILE`: its value is then read from that file, as secrets are handed over by most platforms. A name that is set to
nothing counts as not set. Relative paths start at the project's folder, wherever a command is started.
"""

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "PATROL_"
HIDDEN = "(not shown)"
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names by which a machine reaches itself: what stays on it needs no TLS."""


class SettingsError(Exception):
    """A setting cannot be used. `name`, `value` and `allowed` say which, what it was and what would do.

    Where the value may be a secret, `value` is HIDDEN.
    """

    def __init__(self, name: str, value: str, allowed: str) -> None:
        """Shown as `PATROL_PORT='abc': must be …`."""
        self.name, self.value, self.allowed = name, value, allowed
        shown = value if value == HIDDEN else repr(value)
        super().__init__(f"{name}={shown}: must be {allowed}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every field is one row of `TABLE`."""

    database_url: str = field(repr=False)
    var: Path
    host: str
    port: int
    public_url: str
    proxies: int
    threads: int
    streams: int
    session_days: int
    session_most_days: int
    staff_idle_hours: int
    password_cost: tuple[int, int, int]
    secret_key: str = field(repr=False)
    weather: str = field(repr=False)
    weather_fields: dict[str, str]
    smtp_url: str = field(repr=False)
    fcm_credentials: Path | None
    vapid_key: Path
    push_hosts: tuple[str, ...]
    webhook_hosts: tuple[str, ...]
    sms: str
    sms_secret: str = field(repr=False)
    log_level: str
    log_format: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: how a value is read, what it is when absent, what is allowed and what it is for."""

    default: str
    allowed: str
    purpose: str
    read: Callable[[str], Any]
    secret: bool = False


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(text)
    return int(text)


def _within(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = _whole(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return read


def _path(text: str) -> Path:
    """Absolute; a relative one starts at the project's folder. ~ is the home of whoever starts the process."""
    if "\x00" in text:
        raise ValueError(text)
    try:
        return PROJECT / Path(text).expanduser()
    except RuntimeError:  # ~ of somebody who has no home here
        raise ValueError(text) from None


def _folder(text: str) -> Path:
    path = _path(text)
    if path.exists() and not path.is_dir():
        raise ValueError(text)
    return path


def _host(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:_-]+", text):
        raise ValueError(text)
    return text


def _address(*schemes: str) -> Callable[[str], str]:
    """Reads an absolute URL of one of `schemes`, with a host and, if any, a port that can be."""

    def read(text: str) -> str:
        parts = urlsplit(text)
        # Asking for the port checks it: ValueError for one that is none.
        if parts.scheme not in schemes or not parts.hostname or parts.port == 0 or re.search(r"\s", text):
            raise ValueError(text)
        return text

    return read


def _public(text: str) -> str:
    return _address("http", "https")(text).rstrip("/")


def _database(text: str) -> str:
    """sqlite:///relative/path and sqlite:////absolute/path become absolute; a database in memory is nobody else's."""
    if not text.startswith("sqlite:"):
        return _address("postgresql")(text)
    path = text.removeprefix("sqlite:///")
    if path == text or path.strip("/") in ("", ":memory:") or path.endswith("/") or _path(path).is_dir():
        raise ValueError(text)
    return f"sqlite:///{_path(path)}"


def _outbound(text: str) -> str:
    """An address that we call: in the clear only on this machine, as a key may be in it."""
    if urlsplit(_address("http", "https")(text)).scheme == "http" and urlsplit(text).hostname not in THIS_MACHINE:
        raise ValueError(text)
    return text


def _mail(text: str) -> str:
    return text and _address("smtp", "smtps")(text)


def _file(text: str) -> Path | None:
    if not text:
        return None
    path = _path(text)
    try:
        there = path.is_file()
    except OSError:  # a name that no file can have
        there = False
    if not there:
        raise ValueError(text)
    return path


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in text.split(","))
    if not all(re.fullmatch(r"(\*\.)?[0-9a-z][0-9a-z.-]*", host) for host in hosts):
        raise ValueError(text)
    return hosts


def _sms(text: str) -> str:
    """files:FOLDER, or a gateway's address. In the clear it may only be this machine's: codes go over it."""
    kind, _, rest = text.partition(":")
    if kind == "files" and rest:
        return f"files:{_folder(rest)}"
    parts = urlsplit(_address("https", "http")(text))
    if parts.username or (parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost")):
        raise ValueError(text)
    return text


def _secret(least: int) -> Callable[[str], str]:
    """Empty, or so many characters that a header can carry."""

    def read(text: str) -> str:
        if text and not (len(text) >= least and re.fullmatch(r"[!-~]+", text)):
            raise ValueError(text)
        return text

    return read


def _cost(text: str) -> tuple[int, int, int]:
    time, memory, lanes = (_whole(part) for part in text.split("/"))
    # Argon2 itself wants 8 KiB a lane.
    if not (1 <= time <= 20 and 1 <= lanes <= 16 and 8 * lanes <= memory <= 1_048_576):
        raise ValueError(text)
    return time, memory, lanes


def _weather(text: str) -> str:
    kind, _, rest = text.partition(":")
    if kind == "fixed" and math.isfinite(float(rest)):
        return text
    if kind == "csv" and rest:
        return f"csv:{_path(rest)}"
    if kind in ("http", "https") and not set(re.findall(r"{[^}]*}", text)) - {"{lat}", "{lon}"}:
        return _outbound(text)
    if text != "none":
        raise ValueError(text)
    return text


def _weather_fields(text: str) -> dict[str, str]:
    named = dict(part.split("=") for part in text.split())
    if not {"at", "temperature_c"} <= named.keys() <= {"at", "temperature_c", "wind_mps", "sun"}:
        raise ValueError(text)
    if not all(re.fullmatch(r"[^.\s]+(\.[^.\s]+)*", path) for path in named.values()):
        raise ValueError(text)
    return named


TABLE: dict[str, Setting] = {
    "database_url": Setting(
        "sqlite:///{var}/patrol.db",
        "sqlite:///FILE (sqlite:////FILE for an absolute path) or postgresql://USER:PASSWORD@HOST:PORT/NAME",
        "Where everything is kept. SQLite needs nothing else; PostgreSQL 13 or newer when the squad grows.",
        _database,
        secret=True,
    ),
    "var": Setting("{project}/var", "a folder this process may write to", "Embedded database and caches.", _folder),
    "host": Setting("127.0.0.1", "an address or name of this machine", "Address the server listens on.", _host),
    "port": Setting("8000", "a whole number from 1 to 65535", "Port the server listens on.", _within(1, 65535)),
    "public_url": Setting(
        "http://{host}:{port}",
        "http://… or https://…",
        "How browsers and phones reach the server; printed in links. https marks cookies Secure.",
        _public,
    ),
    "proxies": Setting(
        "0",
        "a whole number from 0 to 5",
        "Reverse proxies in front; so many of the last addresses in X-Forwarded-For are believed.",
        _within(0, 5),
    ),
    "threads": Setting(
        "32", "a whole number from 4 to 1000", "Requests one web process answers at once.", _within(4, 1000)
    ),
    "streams": Setting(
        "{half_of_threads}",
        "a whole number from 0 to 1000, at least 2 fewer than threads",
        "Live streams one web process holds; a further one is told to poll.",
        _within(0, 1000),
    ),
    "session_days": Setting(
        "60", "a whole number from 1 to 365", "A device not seen for so long signs in again.", _within(1, 365)
    ),
    "session_most_days": Setting(
        "365", "a whole number from 1 to 1000", "After so long even a device in use signs in again.", _within(1, 1000)
    ),
    "staff_idle_hours": Setting(
        "12", "a whole number from 1 to 720", "A staff page not in use for so long signs in again.", _within(1, 720)
    ),
    "password_cost": Setting(
        "2/19456/1",
        "time/memory in KiB/lanes, such as 2/19456/1; at least 8 KiB a lane",
        "Argon2id cost of a password.",
        _cost,
    ),
    "secret_key": Setting(
        "",
        "empty, or at least 32 characters without spaces",
        "Encrypts second factors and codes, signs devices; the same on every machine. "
        "Empty: `secret.key` in PATROL_VAR, made at the first start.",
        _secret(32),
        secret=True,
    ),
    "weather": Setting(
        "none",
        "none, fixed:DEGREES, csv:FILE (columns at,temperature_c[,wind_mps,sun]) or https://… with {lat} and {lon}",
        "Where the weather for the welfare gates comes from; the worker asks a web address every ten minutes.",
        _weather,
        secret=True,
    ),
    "weather_fields": Setting(
        "at=readings.at temperature_c=readings.temperature_c wind_mps=readings.wind_mps sun=readings.sun",
        "NAME=PATH apart by spaces; at and temperature_c, and if known wind_mps and sun; a PATH goes through lists",
        "Where a web address's JSON says what: instants (RFC 3339 or Unix seconds), °C, m/s, whether the sun shines.",
        _weather_fields,
    ),
    "smtp_url": Setting(
        "",
        "empty, smtp://USER:PASSWORD@HOST:PORT or smtps://…; ?from=ADDRESS names the sender",
        "Mail server for messages by e-mail; empty: no e-mail is sent, codes go to files in `{var}/codes`.",
        _mail,
        secret=True,
    ),
    "fcm_credentials": Setting(
        "",
        "empty, or the file of a Google service account (JSON)",
        "By which pushes reach phones through Firebase Cloud Messaging; empty: none do.",
        _file,
    ),
    "vapid_key": Setting(
        "{var}/vapid.pem",
        "a file; `python app.py push-key` makes it",
        "Key by which push services of browsers know this installation; as long as it is not there: no web push.",
        _path,
    ),
    "push_hosts": Setting(
        "fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com",
        "names of hosts with commas; *. before a name stands for all below it",
        "Push services that a browser may name; this server sends to no other.",
        _hosts,
    ),
    "webhook_hosts": Setting(
        "",
        "empty, or names of hosts with commas",
        "Hosts in a private network that webhooks may go to nevertheless; all others have public addresses.",
        lambda text: _hosts(text) if text else (),
    ),
    "sms": Setting(
        "files:{var}/codes",
        "files:FOLDER, or the gateway's https://… (http://… on this machine alone)",
        "How text messages go out: each to a file, or to a gateway that takes JSON.",
        _sms,
    ),
    "sms_secret": Setting(
        "",
        "empty, or a secret without spaces",
        "The gateway's secret, sent as a bearer token.",
        _secret(1),
        secret=True,
    ),
    "log_level": Setting(
        "info",
        "debug, info, warning or error",
        "Least level that is logged.",
        _one_of("debug", "info", "warning", "error"),
    ),
    "log_format": Setting("text", "text or json", "Lines for a person or for a collector.", _one_of("text", "json")),
}


def load(environment: Mapping[str, str], **given: str) -> Settings:
    """Settings from `environment`; `given` (field names, as text) win over it.

    Raises SettingsError for a value that is not allowed, a file that cannot be read, or an unknown PATROL_ name.
    """
    _refuse_unknown(environment)
    read: dict[str, Any] = {}
    known = {"project": str(PROJECT)}
    for name in (*FIRST, *(name for name in TABLE if name not in FIRST)):
        text = given.get(name) or _text(environment, PREFIX + name.upper()) or TABLE[name].default.format(**known)
        read[name] = _read(name, text)
        known |= _known(name, read[name])
    if read["streams"] > read["threads"] - 2:
        raise SettingsError("PATROL_STREAMS", str(read["streams"]), TABLE["streams"].allowed)
    return Settings(**read)


FIRST = ("var", "host", "port", "threads")
"""Read before the others, whose defaults name them."""


def _known(name: str, value: Any) -> dict[str, str]:
    """What later defaults may say of a setting that is read: a server on every address is reached on this machine."""
    if name == "host":
        reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(value, value)  # noqa: S104 - it is replaced here
        return {"host": f"[{reached}]" if ":" in reached else reached}
    if name == "threads":
        return {"half_of_threads": str(value // 2)}
    return {name: str(value)}


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = sorted(PREFIX + name.upper() for name in TABLE)
    for name in sorted(environment):
        if name.startswith(PREFIX) and name.removesuffix("_FILE") not in known:
            near = difflib.get_close_matches(name.removeprefix(PREFIX).lower(), TABLE, n=1)
            meant = f"is {PREFIX}{near[0].upper()} meant?" if near else "there are " + ", ".join(known)
            raise SettingsError(name, HIDDEN, f"absent; {meant}")


def _text(environment: Mapping[str, str], name: str) -> str | None:
    """The value of `name`, or of the file that `name`_FILE names; None when neither says anything."""
    path = environment.get(name + "_FILE")
    if not path:
        return environment.get(name)
    if environment.get(name):
        raise SettingsError(name + "_FILE", path, f"absent when {name} is given")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SettingsError(name + "_FILE", path, f"a readable text file ({why})") from None


def _read(name: str, text: str) -> Any:
    setting = TABLE[name]
    try:
        return setting.read(text)
    except ValueError:
        shown = HIDDEN if setting.secret else text
        raise SettingsError(PREFIX + name.upper(), shown, setting.allowed) from None


assert tuple(TABLE) == tuple(field.name for field in fields(Settings))  # noqa: S101 - a row without a field is a bug
