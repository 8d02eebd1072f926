"""How a setting's text is read. Each function raises ValueError for a text that is not allowed."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parents[2]
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names by which a machine reaches itself: what stays on it needs no TLS."""


def whole(text: str) -> int:
    """A whole number of at most nine digits."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(text)
    return int(text)


def within(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number from `low` to `high`."""

    def read(text: str) -> int:
        number = whole(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return read


def one_of(*words: str) -> Callable[[str], str]:
    """Reads one of these words."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return read


def path(text: str) -> Path:
    """Absolute; a relative one starts at the project's folder. ~ is the home of whoever starts the process."""
    if "\x00" in text:
        raise ValueError(text)
    try:
        return PROJECT / Path(text).expanduser()
    except RuntimeError:  # ~ of somebody who has no home here
        raise ValueError(text) from None


def folder(text: str) -> Path:
    """A folder that is there or can be made."""
    found = path(text)
    if found.exists() and not found.is_dir():
        raise ValueError(text)
    return found


def host(text: str) -> str:
    """An address or name to listen on."""
    if not re.fullmatch(r"[0-9A-Za-z.:_-]+", text):
        raise ValueError(text)
    return text


def address(*schemes: str) -> Callable[[str], str]:
    """Reads an absolute URL of one of `schemes`, with a host and, if any, a port that can be."""

    def read(text: str) -> str:
        parts = urlsplit(text)
        # Asking for the port checks it: ValueError for one that is none.
        if parts.scheme not in schemes or not parts.hostname or parts.port == 0 or re.search(r"\s", text):
            raise ValueError(text)
        return text

    return read


def public(text: str) -> str:
    """An http or https address, without a slash at its end."""
    return address("http", "https")(text).rstrip("/")


def database(text: str) -> str:
    """sqlite:///relative/path and sqlite:////absolute/path become absolute; a database in memory is nobody else's."""
    if not text.startswith("sqlite:"):
        return address("postgresql")(text)
    name = text.removeprefix("sqlite:///")
    if name == text or name.strip("/") in ("", ":memory:") or name.endswith("/") or path(name).is_dir():
        raise ValueError(text)
    return f"sqlite:///{path(name)}"


def outbound(text: str) -> str:
    """An address that we call: in the clear only on this machine, as a key may be in it."""
    if urlsplit(address("http", "https")(text)).scheme == "http" and urlsplit(text).hostname not in THIS_MACHINE:
        raise ValueError(text)
    return text


def mail(text: str) -> str:
    """A mail server's address, or nothing."""
    return text and address("smtp", "smtps")(text)


def file(text: str) -> Path | None:
    """A file that is there; None for nothing."""
    if not text:
        return None
    found = path(text)
    try:
        there = found.is_file()
    except OSError:  # a name that no file can have
        there = False
    if not there:
        raise ValueError(text)
    return found


def hosts(text: str) -> tuple[str, ...]:
    """Names of hosts in small letters; `*.` before one stands for all below it."""
    names = tuple(part.strip().lower() for part in text.split(","))
    if not all(re.fullmatch(r"(\*\.)?[0-9a-z][0-9a-z.-]*", name) for name in names):
        raise ValueError(text)
    return names


def sms(text: str) -> str:
    """files:FOLDER, or a gateway's address. In the clear it may only be this machine's: codes go over it."""
    kind, _, rest = text.partition(":")
    if kind == "files" and rest:
        return f"files:{folder(rest)}"
    if urlsplit(outbound(text)).username:
        raise ValueError(text)
    return text


def secret(least: int) -> Callable[[str], str]:
    """Reads nothing, or at least so many characters that a header can carry."""

    def read(text: str) -> str:
        if text and not (len(text) >= least and re.fullmatch(r"[!-~]+", text)):
            raise ValueError(text)
        return text

    return read


def cost(text: str) -> tuple[int, int, int]:
    """Argon2's rounds, KiB and lanes."""
    time, memory, lanes = (whole(part) for part in text.split("/"))
    # Argon2 itself wants 8 KiB a lane.
    if not (1 <= time <= 20 and 1 <= lanes <= 16 and 8 * lanes <= memory <= 1_048_576):
        raise ValueError(text)
    return time, memory, lanes


def weather(text: str) -> str:
    """Where readings come from: nowhere, a fixed °C, a file, or an address with the place in it."""
    kind, _, rest = text.partition(":")
    if kind == "fixed" and math.isfinite(float(rest)):
        return text
    if kind == "csv" and rest:
        return f"csv:{path(rest)}"
    if kind in ("http", "https") and not set(re.findall(r"{[^}]*}", text)) - {"{lat}", "{lon}"}:
        return outbound(text)
    if text != "none":
        raise ValueError(text)
    return text


def weather_fields(text: str) -> dict[str, str]:
    """What a reading needs → the path to it in an answer, name by name with dots."""
    named = dict(part.split("=") for part in text.split())
    if not {"at", "temperature_c"} <= named.keys() <= {"at", "temperature_c", "wind_mps", "sun"}:
        raise ValueError(text)
    if not all(re.fullmatch(r"[^.\s]+(\.[^.\s]+)*", steps) for steps in named.values()):
        raise ValueError(text)
    return named
