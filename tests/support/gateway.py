"""A gateway for text messages on 127.0.0.1, which answers what it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Desk:
    """What came in, and what is answered: (status, headers); the last answer stands. `silent`: no answer at all."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=lambda: [(202, {})])
    received: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    silent: threading.Event | None = None


@contextmanager
def gateway(desk: Desk) -> Iterator[str]:
    """The address to which `desk` listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            desk.received.append(json.loads(body))
            desk.headers.append({**self.headers, "path": self.path})
            if desk.silent:
                desk.silent.wait()
                return
            status, headers = desk.answers.pop(0) if len(desk.answers) > 1 else desk.answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send"
    finally:
        if desk.silent:
            desk.silent.set()
        server.shutdown()
        thread.join()
        server.server_close()
