"""Settings of one process, read once from the environment.

`TABLE` is the whole list; docs/settings.md shows the same table (a test compares them). A name may carry the suffix
`_FILE`: its value is then read from that file, as secrets are handed over by most platforms. A name that is set to
nothing counts as not set. Relative paths start at the project's folder, wherever a command is started.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from config.settings.reading import PROJECT, THIS_MACHINE
from config.settings.table import FIRST, TABLE

__all__ = ["HIDDEN", "PROJECT", "TABLE", "THIS_MACHINE", "Settings", "SettingsError", "load"]

PREFIX = "PATROL_"
HIDDEN = "(not shown)"


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

    def sends_by(self) -> frozenset[str]:
        """The channels by which something can reach somebody's mailbox or phone; files reach nobody."""
        found = {"email": bool(self.smtp_url), "sms": not self.sms.startswith("files:")}
        return frozenset(channel for channel, is_set_up in found.items() if is_set_up)


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
