"""Other systems: their keys, and what they send by Open311."""

import hashlib
import hmac
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient

from patrol.bridges.operations.keys import make_key
from patrol.places.models import City
from tests.support.factories import LAT, LON, NOW

OPEN311 = "/open311/v2"


def key_of(city: City, *rights: str) -> str:
    """A new key's text."""
    return make_key(city, name="City hall", rights=rights, now=NOW)[1]


def filing(**given: Any) -> dict[str, Any]:
    """A form about a broken light at the crossing."""
    return {"service_code": "C1", "lat": LAT, "long": LON, "description": "The light is out.", **given}


def post(client: FlaskClient, key: str, *, form: str = "json", **given: Any) -> Any:
    """The answer to a request that is filed; None takes a parameter out."""
    content = {name: value for name, value in filing(api_key=key, **given).items() if value is not None}
    return client.post(f"{OPEN311}/requests.{form}", data=content, headers={"Accept-Language": "en"})


def texts(document: bytes) -> list[dict[str, str]]:
    """Of an XML list of things, each thing's elements and their texts."""
    return [{inner.tag: inner.text or "" for inner in each} for each in ET.fromstring(document)]  # noqa: S314 - our own answer


def trusted(
    headers: Mapping[str, str], body: bytes, *, secrets: Mapping[str, str], seen: set[str], now: datetime
) -> bool:
    """What docs/bridges.md asks of a receiver: the time, the signature, and that the event is new."""
    stamp = headers["X-Patrol-Timestamp"]
    if abs(now.timestamp() - int(stamp)) > 300 or headers["X-Patrol-Key"] not in secrets:
        return False
    secret = secrets[headers["X-Patrol-Key"]].encode()
    wanted = "v1=" + hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, headers["X-Patrol-Signature"]) or headers["X-Patrol-Event"] in seen:
        return False
    seen.add(headers["X-Patrol-Event"])
    return True


@dataclass
class Received:
    """What came to a receiver: (headers, body), in order."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiver(*answers: tuple[int, dict[str, str]], certificate: Path | None = None) -> Iterator[Received]:
    """Another system's server for webhooks, by TLS with a certificate. It gives `answers` in turn, then 200."""
    received, left = Received(), list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.got.append((dict(self.headers), body))
            status, headers = left.pop(0) if left else (200, {})
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        received.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}/hook"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield received
        server.shutdown()
        thread.join()


@contextmanager
def answers_without_end() -> Iterator[str]:
    """A server whose headers go on and on, a few bytes at a time, until its caller hangs up; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while True:
                    connection.sendall(b"X-More: 1\r\n")
                    time.sleep(0.02)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        thread.join()
