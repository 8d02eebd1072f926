"""Settings of one process, read once from the environment.

`TABLE` is the whole list; docs/settings.md shows the same table (a test compares them). A name may carry the suffix
`_FILE`: its value is then read from that file, as secrets are handed over by most platforms.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "PATROL_"


class SettingsError(Exception):
    """A setting cannot be used. `name`, `value` and `allowed` say which, what it was and what would do."""

    def __init__(self, name: str, value: str, allowed: str) -> None:
        """Shown as `PATROL_PORT='abc': must be …`."""
        self.name, self.value, self.allowed = name, value, allowed
        super().__init__(f"{name}={value!r}: must be {allowed}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every field is one row of `TABLE`."""

    database_url: str
    var: Path
    host: str
    port: int
    public_url: str
    threads: int
    streams: int
    session_days: int
    password_cost: tuple[int, int, int]
    weather: str
    smtp_url: str
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


def _within(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
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


def _address(*schemes: str, may_be_empty: bool = False) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        if text == "" and may_be_empty:
            return text
        if parts.scheme not in schemes or not (parts.netloc or parts.path.strip("/")):
            raise ValueError(text)
        return text.rstrip("/") if parts.scheme.startswith("http") else text

    return read


def _cost(text: str) -> tuple[int, int, int]:
    time, memory, lanes = (int(part) for part in text.split("/"))
    if not (1 <= time <= 20 and 8 <= memory <= 1_048_576 and 1 <= lanes <= 16):
        raise ValueError(text)
    return time, memory, lanes


def _weather(text: str) -> str:
    kind, _, rest = text.partition(":")
    if kind == "fixed":
        float(rest)
    elif (kind, bool(rest)) != ("csv", True) and text != "none":
        raise ValueError(text)
    return text


TABLE: dict[str, Setting] = {
    "database_url": Setting(
        "sqlite:///{var}/patrol.db",
        "sqlite:///path or postgresql://user:password@host:port/name",
        "Where everything is kept. SQLite needs nothing else; PostgreSQL 13 or newer when the squad grows.",
        _address("sqlite", "postgresql"),
        secret=True,
    ),
    "var": Setting("{project}/var", "a folder this process may write to", "Embedded database and caches.", Path),
    "host": Setting("127.0.0.1", "an address of this machine", "Address the server listens on.", str),
    "port": Setting("8000", "a whole number from 1 to 65535", "Port the server listens on.", _within(1, 65535)),
    "public_url": Setting(
        "http://{host}:{port}",
        "http://… or https://…",
        "How browsers and phones reach the server; printed in links. https marks cookies Secure.",
        _address("http", "https"),
    ),
    "threads": Setting(
        "32", "a whole number from 4 to 1000", "Requests one web process answers at once.", _within(4, 1000)
    ),
    "streams": Setting(
        "20",
        "a whole number from 0 to 1000, at least 2 fewer than threads",
        "Live streams one web process holds; a further one is told to poll.",
        _within(0, 1000),
    ),
    "session_days": Setting(
        "60", "a whole number from 1 to 365", "A device not seen for so long signs in again.", _within(1, 365)
    ),
    "password_cost": Setting(
        "2/19456/1",
        "time/memory in KiB/lanes, such as 2/19456/1",
        "Argon2id cost of a password.",
        _cost,
    ),
    "weather": Setting(
        "none",
        "none, fixed:DEGREES or csv:FILE (columns at,temperature_c[,wind_mps,sun])",
        "Where air temperature for the welfare gates comes from.",
        _weather,
    ),
    "smtp_url": Setting(
        "",
        "empty, smtp://user:password@host:port or smtps://…; ?from=ADDRESS names the sender",
        "Mail server for messages by e-mail; empty: no e-mail is sent.",
        _address("smtp", "smtps", may_be_empty=True),
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
    known = {PREFIX + name.upper() for name in TABLE}
    for name in environment:
        if name.startswith(PREFIX) and name.removesuffix("_FILE") not in known:
            raise SettingsError(name, environment[name], "one of " + ", ".join(sorted(known)))
    read: dict[str, Any] = {}
    context = {"project": str(PROJECT)}
    for name in ("var", "host", "port", *TABLE):
        if name not in read:
            text = given.get(name) or _text(environment, PREFIX + name.upper()) or TABLE[name].default.format(**context)
            read[name] = _read(name, text)
            context[name] = str(read[name])
    if read["streams"] > read["threads"] - 2:
        raise SettingsError("PATROL_STREAMS", str(read["streams"]), TABLE["streams"].allowed)
    return Settings(**read)


def _text(environment: Mapping[str, str], name: str) -> str | None:
    path = environment.get(name + "_FILE")
    if path is None:
        return environment.get(name)
    if name in environment:
        raise SettingsError(name + "_FILE", path, f"absent when {name} is given")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(name + "_FILE", path, f"a readable text file ({error})") from None


def _read(name: str, text: str) -> Any:
    setting = TABLE[name]
    try:
        return setting.read(text)
    except ValueError:
        shown = "(secret)" if setting.secret else text
        raise SettingsError(PREFIX + name.upper(), shown, setting.allowed) from None


assert set(TABLE) == {field.name for field in fields(Settings)}  # noqa: S101 - a row without a field is a bug at import
