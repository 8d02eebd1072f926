"""Pushes to browsers (RFC 8030): sealed for the browser, signed with the installation's key."""

import json
from typing import ClassVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from config.clock import Clock
from notifications.channels import Dead, Outcome, Push, Retry, Sent
from notifications.encryption import encrypt
from notifications.pace import PACES
from notifications.retrying import retry_after_s
from notifications.vapid import Vapid

TIMEOUT_S = 10.0
GONE = (404, 410)
CREDENTIALS = (401, 403)


class WebPush:
    """The web push channel."""

    name: ClassVar[str] = "web_push"

    def __init__(self, vapid: Vapid, *, contact: str, clock: Clock) -> None:
        """`contact`: a mailto: or https: address at which push services reach us."""
        self._vapid, self._contact, self._clock = vapid, contact, clock
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_maxsize=PACES[self.name].at_once, max_retries=0)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, adapter)

    def push(self, push: Push) -> Outcome:
        """Hand one push to the browser's push service."""
        try:
            body = encrypt(_content(push), push.keys or {})
        except ValueError as error:
            return Dead(f"keys that are none: {error}", code="bad_address")
        parts = urlsplit(push.address)
        origin = f"{parts.scheme}://{parts.netloc}"
        headers = {
            "Authorization": self._vapid.authorization(origin, contact=self._contact, now=self._clock()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(int(push.lasts.total_seconds()), 0)),
            "Topic": push.id.hex,  # one sent again takes the place of the first while it waits
            "Urgency": "high" if push.urgent else "normal",
        }
        try:
            answer = self._session.post(
                push.address, data=body, headers=headers, timeout=TIMEOUT_S, allow_redirects=False
            )
        except requests.RequestException as error:
            # its text holds the address, and whoever has that can push to it
            return Retry(type(error).__name__, code="unreachable", outage=True)
        return self._outcome(answer)

    def _outcome(self, answer: requests.Response) -> Outcome:
        said = f"{answer.status_code} {answer.text[:300]}"
        wait = retry_after_s(answer.headers, now=self._clock())
        if answer.ok and answer.status_code < 300:
            return Sent()
        if answer.status_code in GONE:
            return Dead(said, code="unregistered", unregistered=True)
        if answer.status_code == 429:
            return Retry(said, after_s=wait, code="quota")  # of one push service among several: the others go on
        if answer.status_code >= 500:
            return Retry(said, after_s=wait, code="unavailable", outage=True)
        return Dead(said, code="credentials" if answer.status_code in CREDENTIALS else "refused")


def _content(push: Push) -> bytes:
    content = {"id": str(push.id), "count": push.count, "urgent": push.urgent, **push.said}
    if push.exercise:
        content["exercise"] = True
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
