"""The demo's way to the product: HTTP, as a phone or browser would."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import requests

from commands.shared import Refused

WAIT_S = 30.0

Found = TypeVar("Found")


class Client:
    """One signed-in person, or nobody yet."""

    def __init__(self, base: str) -> None:
        """`base` is the product's address, such as http://127.0.0.1:8000."""
        self.base = base
        self.session = requests.Session()
        self.session.trust_env = False  # a proxy of this machine's would look for 127.0.0.1 on its own
        self.session.headers["Accept-Language"] = "en"

    def call(self, method: str, path: str, *, ok: tuple[int, ...] = (), **content: Any) -> requests.Response:
        """One request below /api/v1. Raises Refused with the problem's detail unless it succeeds or is in `ok`."""
        try:
            answer = self.session.request(method, f"{self.base}/api/v1{path}", timeout=WAIT_S * 4, **content)
        except requests.RequestException as error:
            raise Refused(f"{method} {path}: no answer ({type(error).__name__}).") from error
        if not answer.ok and answer.status_code not in ok:
            raise Refused(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer

    def get(self, path: str, **query: Any) -> Any:
        """JSON of a GET."""
        return self.call("GET", path, params=query).json()

    def every(self, path: str, **query: Any) -> Iterator[Any]:
        """Every item of a list, page after page."""
        while True:
            page = self.get(path, **query)
            yield from page["items"]
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def post(self, path: str, content: Any = None, **query: Any) -> Any:
        """JSON of a POST with a JSON body."""
        answer = self.call("POST", path, json=content, params=query)
        return answer.json() if answer.content else None

    def put(self, path: str, content: Any) -> Any:
        """JSON of a PUT with a JSON body."""
        return self.call("PUT", path, json=content).json()

    def send(self, method: str, path: str, body: bytes, media_type: str) -> Any:
        """JSON answered to a file."""
        return self.call(method, path, data=body, headers={"Content-Type": media_type}).json()

    def enter(self, token: str) -> "Client":
        """Sign in by a one-time link's token."""
        found = self.post("/sessions/link", {"token": token})
        self.session.headers["Authorization"] = f"Bearer {found['token']}"
        return self

    @contextmanager
    def listening(self, heard: Callable[[str, str], None]) -> Iterator[None]:
        """Follow the live stream meanwhile: `heard(kind, data)` for each event. It is open before the body begins."""
        ended = threading.Event()
        answer = self.session.get(f"{self.base}/api/v1/stream", stream=True, timeout=(WAIT_S, WAIT_S * 2))
        if not answer.ok:
            raise Refused(f"GET /stream: {answer.status_code} {answer.text}")
        threading.Thread(target=_follow, args=(answer, heard, ended), daemon=True, name="live stream").start()
        try:
            yield
        finally:
            ended.set()


def _follow(answer: requests.Response, heard: Callable[[str, str], None], ended: threading.Event) -> None:
    """Read until `ended`; a heartbeat comes by at least every 15 s. Whoever reads closes: another thread would wait.

    A stream that breaks off brings nothing more; whoever waits for something runs out of time.
    """
    kind = ""
    with answer, suppress(requests.RequestException):
        for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
            if ended.is_set():
                return
            if line.startswith("event:"):
                kind = line.removeprefix("event:").strip()
            elif line.startswith("data:"):
                heard(kind, line.removeprefix("data:").strip())


def until(what: str, look: Callable[[], Found | None], *, within_s: float = WAIT_S, every_s: float = 0.25) -> Found:
    """What `look` finds, as soon as it does. Raises Refused after `within_s`."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        time.sleep(every_s)
    raise Refused(f"{what}: nothing within {within_s:.0f} s.")
