"""A push service on 127.0.0.1 (RFC 8030) that checks who sends, and a browser that reads what was sealed for it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from notifications.vapid import base64url, from_base64url, uncompressed

SECRET = bytes(range(16))


class Browser:
    """A subscription, and the keys to read what comes to it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.keys = {"p256dh": base64url(uncompressed(self.key.public_key())), "auth": base64url(SECRET)}

    def read(self, body: bytes) -> Any:
        """What a push says: RFC 8188 and RFC 8291 from the receiver's side."""
        salt, length = body[:16], body[20]
        point, sealed = body[21 : 21 + length], body[21 + length :]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        info = b"WebPush: info\x00" + uncompressed(self.key.public_key()) + point
        shared = _derive(self.key.exchange(ec.ECDH(), theirs), SECRET, info, 32)
        key = _derive(shared, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _derive(shared, salt, b"Content-Encoding: nonce\x00", 12)
        content = AESGCM(key).decrypt(nonce, sealed, None)
        assert content.endswith(b"\x02")
        return json.loads(content[:-1])


class PushService:
    """`answers`: path → status and headers; else 201. `received`: path, headers and body of what was taken."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.requests = 0
        self.url = ""

    def signed_by(self, headers: dict[str, str], public_key: str) -> dict[str, Any]:
        """The claims of a push, if `public_key` signed them for this service."""
        scheme, _, rest = headers["Authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert (scheme, parts["k"]) == ("vapid", public_key)
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(public_key))
        claims: dict[str, Any] = jwt.decode(
            parts["t"], key, algorithms=["ES256"], audience=self.url, options={"verify_exp": False}
        )
        return claims


@contextmanager
def push_service() -> Iterator[PushService]:
    """A running service."""
    held = PushService()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            held.requests += 1
            status, headers = held.answers.get(self.path, (201, {}))
            if status == 0:
                self.close_connection = True
                return
            if status == 201:
                held.received.append((self.path, dict(self.headers), body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        held.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield held
        finally:
            server.shutdown()
            thread.join()


def _derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)
