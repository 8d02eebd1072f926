"""An application behind a real HTTP server on 127.0.0.1."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log(self, *_args: object) -> None:
        """Say nothing."""


def closing(app: Flask) -> Callable[..., Iterator[bytes]]:
    """`app`, with its answers closed however reading them ends.

    The server forgets to when the browser resets the connection: a static file would stay open.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        content = app(environ, start_response)
        try:
            yield from content
        finally:
            if hasattr(content, "close"):
                content.close()

    return answer


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of `app`, one thread a request; its streams are ended before the server is."""
    server = make_server("127.0.0.1", 0, closing(app), threaded=True, request_handler=Quiet)
    server.daemon_threads = False  # closing waits for every request
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        app.extensions["streams"].close()
        server.shutdown()
        thread.join()
        server.server_close()
