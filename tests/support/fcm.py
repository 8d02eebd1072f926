"""A server on 127.0.0.1 that speaks FCM v1 and misbehaves as told, and the real SDK pointed at it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import google.auth.credentials
from firebase_admin import credentials

from notifications.channels.fcm import Fcm
from tests.support.messages import NOW

TYPE = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


@dataclass(frozen=True)
class Answer:
    """What the server says. `dropped`: nothing, it hangs up."""

    status: int = 200
    content: Any = field(default_factory=lambda: {"name": "projects/sample/messages/1"})
    headers: tuple[tuple[str, str], ...] = ()
    dropped: bool = False


def error(status: int, word: str, code: str = "", **headers: str) -> Answer:
    """A problem as FCM words it."""
    details = [{"@type": TYPE, "errorCode": code}] if code else []
    content = {"error": {"code": status, "message": f"said {word}", "status": word, "details": details}}
    return Answer(status, content, tuple((name.replace("_", "-"), value) for name, value in headers.items()))


OK = Answer()
UNREGISTERED = error(404, "NOT_FOUND", "UNREGISTERED")
QUOTA = error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", Retry_After="7")
UNAVAILABLE = error(503, "UNAVAILABLE")
INTERNAL = error(500, "INTERNAL", "INTERNAL")
INVALID = error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
MISMATCH = error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH")
FORBIDDEN = error(403, "PERMISSION_DENIED")
UNAUTHENTICATED = error(401, "UNAUTHENTICATED")
BAD_GATEWAY = Answer(502, "<html><body>Bad gateway</body></html>")
FOREIGN_GATEWAY = Answer(502, "<html>잘못된 게이트웨이</html>".encode("euc-kr"))
DROPPED = Answer(dropped=True)


class FcmServer:
    """What came in, in order, and what is answered: `answer(message)`, or always the same."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.requests = 0
        self.answer: Answer | Callable[[dict[str, Any]], Answer] = OK
        self.lock = threading.Lock()
        self.url = ""

    def say(self, message: dict[str, Any]) -> Answer:
        with self.lock:
            self.requests += 1
            said = self.answer(message) if callable(self.answer) else self.answer
            if said.status == 200 and not said.dropped:
                self.received.append(message)
        return said

    def reached(self) -> list[str]:
        """The devices that were reached, in order."""
        return [message.get("fid") or message["token"] for message in self.received]


class Credential(credentials.Base):
    """A token that holds, or that cannot be had (`fails`)."""

    def __init__(self, *, fails: bool = False) -> None:
        self.token = StaticToken(fails=fails)

    def get_credential(self) -> google.auth.credentials.Credentials:
        return self.token


class StaticToken(google.auth.credentials.Credentials):  # type: ignore[misc]
    def __init__(self, *, fails: bool) -> None:
        super().__init__()
        self.fails, self.refreshed = fails, 0

    def refresh(self, _request: Any) -> None:
        self.refreshed += 1
        if self.fails:
            raise google.auth.exceptions.RefreshError("the token service says no")
        self.token = "sample-token"


@contextmanager
def fcm_server() -> Iterator[FcmServer]:
    """A running server."""
    held = FcmServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Authorization"] == "Bearer sample-token"
            said = held.say(json.loads(body)["message"])
            if said.dropped:
                self.close_connection = True
                return
            content = said.content if isinstance(said.content, bytes | str) else json.dumps(said.content)
            content = content.encode() if isinstance(content, str) else content
            self.send_response(said.status)
            for name, value in said.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        held.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield held
        finally:
            server.shutdown()
            thread.join()


def channel_to(server: FcmServer, *, clock: Callable[[], Any] = lambda: NOW, credential: Any = None) -> Fcm:
    """The real channel with the real SDK, pointed at the server."""
    return Fcm(credential or Credential(), clock=clock, url=server.url)
