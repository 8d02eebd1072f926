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
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID

import urllib3

from config.clock import Clock
from notifications.channels import Dead, Outcome, Retry, Sent
from notifications.models import WEBHOOK, Message
from notifications.retrying import retry_after_s

TIMEOUT = urllib3.Timeout(connect=5.0, read=10.0)
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

    def send(self, message: Message, address: str) -> Outcome:
        """Send one event to the webhook whose id is `address`."""
        target = self.lookup(UUID(address))
        if target is None:
            return Dead("removed or paused meanwhile", code="device_gone")
        body = json.dumps(message.words, ensure_ascii=False, separators=(",", ":")).encode()
        headers = signed(body, target, event=message.id, timestamp=int(self.clock().timestamp()))
        try:
            answer = self._post(target.url, body, headers)
        except Inside as error:
            return Dead(str(error), code="bad_address")
        except (OSError, urllib3.exceptions.HTTPError, ValueError) as error:
            return Retry(f"{type(error).__name__}: {error}"[:MOST_READ], code="unreachable")
        return self._outcome(answer)

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        """Connect to the very address that was looked at: asking for the name anew might give another."""
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        place = place_of(host, port, inside=self.inside)
        pool = (
            urllib3.HTTPSConnectionPool(
                place,
                port,
                server_hostname=host,
                assert_hostname=host,
                ssl_context=ssl.create_default_context(),
                timeout=TIMEOUT,
            )
            if secure
            else urllib3.HTTPConnectionPool(place, port, timeout=TIMEOUT)
        )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with pool:
            answer = pool.urlopen(
                "POST",
                path,
                body=body,
                headers={**headers, "Host": parts.netloc},
                retries=False,
                redirect=False,
                preload_content=False,
            )
            answer.said = answer.read(MOST_READ).decode(errors="replace")  # type: ignore[attr-defined]  # kept with it
            answer.close()
        return answer

    def _outcome(self, answer: urllib3.BaseHTTPResponse) -> Outcome:
        status = answer.status
        said = f"{status} {answer.said}"  # type: ignore[attr-defined]  # set when it was read
        if 200 <= status < 300:
            return Sent()
        wait = retry_after_s(answer.headers, now=self.clock())
        return Retry(said, after_s=wait, code="quota" if status in TOO_MANY else "refused_for_now")


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
