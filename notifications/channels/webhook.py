"""Webhooks: signed events to other systems, at no address inside that nobody allowed.

`POST` of JSON with X-Patrol-Event (the event's id, the same at every try), X-Patrol-Timestamp (Unix seconds of this
try), X-Patrol-Key and X-Patrol-Signature: `v1=` and the hex HMAC-SHA256, under the secret, of `TIMESTAMP.BODY`.
"""

import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from config.clock import Clock
from notifications.channels import Dead, Outcome, Retry, Sent
from notifications.models import WEBHOOK, Message
from notifications.retrying import retry_after_s

CONNECT_S, SILENT_S, WHOLE_S = 5.0, 10.0, 20.0
MOST_READ = 300
"""Bytes of an answer that are looked at."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")
TOO_MANY = (429, 503)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a webhook goes, and what signs it."""

    url: str
    key_id: str
    secret: str = field(repr=False)


Lookup = Callable[[UUID], Target | None]


class Inside(Exception):
    """The host is at an address that is none of the public net's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """The webhook channel. `inside`: names of hosts that may lie in a private network."""

    name: ClassVar[str] = WEBHOOK
    lookup: Lookup
    inside: Collection[str]
    clock: Clock
    whole_s: float = WHOLE_S

    def send(self, message: Message, address: str) -> Outcome:
        """Send one event to the webhook whose id is `address`."""
        target = self.lookup(UUID(address))
        if target is None:
            return Dead("removed or paused meanwhile", code="device_gone")
        body = json.dumps(message.words, ensure_ascii=False, separators=(",", ":")).encode()
        headers = signed(body, target, event=message.id, timestamp=int(self.clock().timestamp()))
        try:
            return self._outcome(*self._post(target.url, body, headers))
        except Inside as error:
            return Dead(str(error), code="bad_address")
        except (OSError, HTTPError, HTTPException, ValueError) as error:
            return Retry(f"{type(error).__name__}: {error}"[:MOST_READ], code="unreachable")

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], str]:
        """Status, headers and the beginning of the answer.

        Connects to the very address that was looked at: asking for the name anew might give another.
        """
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        place = place_of(host, port, inside=self.inside)
        line = _tls(place, port, host) if secure else HTTPConnection(place, port, timeout=CONNECT_S)
        with closing(line):
            line.connect()
            line.timeout = SILENT_S
            with _cut(line.sock, after_s=self.whole_s):
                line.request(
                    "POST",
                    parse_url(url).request_uri,
                    body=body,
                    headers={**headers, "Host": parts.netloc},
                    preload_content=False,
                )
                with closing(line.getresponse()) as answer:
                    return answer.status, answer.headers, answer.read(MOST_READ).decode(errors="replace")

    def _outcome(self, status: int, headers: Mapping[str, str], said: str) -> Outcome:
        if 200 <= status < 300:
            return Sent()
        wait = retry_after_s(headers, now=self.clock())
        return Retry(f"{status} {said}", after_s=wait, code="quota" if status in TOO_MANY else "refused_for_now")


def _tls(place: str, port: int, host: str) -> HTTPSConnection:
    """A line to an address at which `host` is to answer for itself."""
    return HTTPSConnection(
        place,
        port,
        timeout=CONNECT_S,
        server_hostname=host,
        assert_hostname=host,
        ssl_context=ssl.create_default_context(),
    )


@contextmanager
def _cut(line: socket.socket, *, after_s: float) -> Iterator[None]:
    """Hang up after so long: who sends a byte now and then keeps within every time-out. Raises TimeoutError."""
    over = threading.Event()

    def hang_up() -> None:
        over.set()
        with suppress(OSError):  # it has ended meanwhile
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(after_s, hang_up)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if over.is_set():
            raise TimeoutError(f"no whole answer within {after_s:.0f} s")


def signed(body: bytes, target: Target, *, event: UUID, timestamp: int) -> dict[str, str]:
    """The headers by which a receiver knows whose a body is, and when it was sent."""
    made = hmac.new(target.secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "patrol-webhook",
        "X-Patrol-Event": str(event),
        "X-Patrol-Timestamp": str(timestamp),
        "X-Patrol-Key": target.key_id,
        "X-Patrol-Signature": f"v1={made}",
    }


def place_of(host: str, port: int, *, inside: Collection[str]) -> str:
    """An address of a host. Raises Inside unless all that its name gives are public; OSError for no name."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if host not in inside and not all(is_public(address) for address in found):
        raise Inside(f"{host} lies inside: PATROL_WEBHOOK_HOSTS does not name it")
    return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public net's, also through what carries IPv4 in IPv6."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        carried = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if carried is None and found in NAT64:
            carried = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if carried is not None:
            return is_public(str(carried))
    return found.is_global and not found.is_multicast
