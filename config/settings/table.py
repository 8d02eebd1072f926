"""Every setting: how it is read, what it is when absent, what is allowed and what it is for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from config.settings import reading


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: how a value is read, what it is when absent, what is allowed and what it is for."""

    default: str
    allowed: str
    purpose: str
    read: Callable[[str], Any]
    secret: bool = False


TABLE: dict[str, Setting] = {
    "database_url": Setting(
        "sqlite:///{var}/patrol.db",
        "sqlite:///FILE (sqlite:////FILE for an absolute path) or postgresql://USER:PASSWORD@HOST:PORT/NAME",
        "Where everything is kept. SQLite needs nothing else; PostgreSQL 13 or newer when the squad grows.",
        reading.database,
        secret=True,
    ),
    "var": Setting(
        "{project}/var", "a folder this process may write to", "Embedded database and caches.", reading.folder
    ),
    "host": Setting("127.0.0.1", "an address or name of this machine", "Address the server listens on.", reading.host),
    "port": Setting("8000", "a whole number from 1 to 65535", "Port the server listens on.", reading.within(1, 65535)),
    "public_url": Setting(
        "http://{host}:{port}",
        "http://… or https://…",
        "How browsers and phones reach the server; printed in links. https marks cookies Secure.",
        reading.public,
    ),
    "proxies": Setting(
        "0",
        "a whole number from 0 to 5",
        "Reverse proxies in front; so many of the last addresses in X-Forwarded-For are believed.",
        reading.within(0, 5),
    ),
    "threads": Setting(
        "32", "a whole number from 4 to 1000", "Requests one web process answers at once.", reading.within(4, 1000)
    ),
    "streams": Setting(
        "{half_of_threads}",
        "a whole number from 0 to 1000, at least 2 fewer than threads",
        "Live streams one web process holds; a further one is told to poll.",
        reading.within(0, 1000),
    ),
    "session_days": Setting(
        "60", "a whole number from 1 to 365", "A device not seen for so long signs in again.", reading.within(1, 365)
    ),
    "session_most_days": Setting(
        "365",
        "a whole number from 1 to 1000",
        "After so long even a device in use signs in again.",
        reading.within(1, 1000),
    ),
    "staff_idle_hours": Setting(
        "12",
        "a whole number from 1 to 720",
        "A staff page not in use for so long signs in again.",
        reading.within(1, 720),
    ),
    "password_cost": Setting(
        "2/19456/1",
        "time/memory in KiB/lanes, such as 2/19456/1; at least 8 KiB a lane",
        "Argon2id cost of a password.",
        reading.cost,
    ),
    "secret_key": Setting(
        "",
        "empty, or at least 32 characters without spaces",
        "Encrypts second factors and codes, signs devices; the same on every machine. "
        "Empty: `secret.key` in PATROL_VAR, made at the first start.",
        reading.secret(32),
        secret=True,
    ),
    "weather": Setting(
        "none",
        "none, fixed:DEGREES, csv:FILE (columns at,temperature_c[,wind_mps,sun]) or https://… with {lat} and {lon}",
        "Where the weather for the welfare gates comes from; the worker asks a web address every ten minutes.",
        reading.weather,
        secret=True,
    ),
    "weather_fields": Setting(
        "at=readings.at temperature_c=readings.temperature_c wind_mps=readings.wind_mps sun=readings.sun",
        "NAME=PATH apart by spaces; at and temperature_c, and if known wind_mps and sun; a PATH goes through lists",
        "Where a web address's JSON says what: instants (RFC 3339 or Unix seconds), °C, m/s, whether the sun shines.",
        reading.weather_fields,
    ),
    "smtp_url": Setting(
        "",
        "empty, smtp://USER:PASSWORD@HOST:PORT or smtps://…; ?from=ADDRESS names the sender",
        "Mail server for messages by e-mail; empty: no e-mail is sent, codes go to files in `{var}/codes`.",
        reading.mail,
        secret=True,
    ),
    "fcm_credentials": Setting(
        "",
        "empty, or the file of a Google service account (JSON)",
        "By which pushes reach phones through Firebase Cloud Messaging; empty: none do.",
        reading.file,
    ),
    "vapid_key": Setting(
        "{var}/vapid.pem",
        "a file; `python app.py push-key` makes it",
        "Key by which push services of browsers know this installation; as long as it is not there: no web push.",
        reading.path,
    ),
    "push_hosts": Setting(
        "fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com",
        "names of hosts with commas; *. before a name stands for all below it",
        "Push services that a browser may name; this server sends to no other.",
        reading.hosts,
    ),
    "webhook_hosts": Setting(
        "",
        "empty, or names of hosts with commas",
        "Hosts in a private network that webhooks may go to nevertheless; all others have public addresses.",
        lambda text: reading.hosts(text) if text else (),
    ),
    "sms": Setting(
        "files:{var}/codes",
        "files:FOLDER, or the gateway's https://… (http://… on this machine alone)",
        "How text messages go out: each to a file, or to a gateway that takes JSON.",
        reading.sms,
    ),
    "sms_secret": Setting(
        "",
        "empty, or a secret without spaces",
        "The gateway's secret, sent as a bearer token.",
        reading.secret(1),
        secret=True,
    ),
    "log_level": Setting(
        "info",
        "debug, info, warning or error",
        "Least level that is logged.",
        reading.one_of("debug", "info", "warning", "error"),
    ),
    "log_format": Setting(
        "text", "text or json", "Lines for a person or for a collector.", reading.one_of("text", "json")
    ),
}

FIRST = ("var", "host", "port", "threads")
"""Read before the others, whose defaults name them."""
