"""Text messages: by a gateway that takes JSON over HTTP, or into files.

The gateway gets `POST {"id", "to", "text"}` with `Authorization: Bearer SECRET`; `id`, also as Idempotency-Key, is the
same at every retry. Any 2xx means that it has taken the message over.
"""

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import ClassVar

import requests

from config.clock import Clock
from notifications.channels import Channel, Dead, Outcome, Retry, Sent
from notifications.channels.files import FileDrop
from notifications.direct import Opener
from notifications.models import Message

TIMEOUT_S = (5.0, 10.0)
LONGEST_ASKED_S = 3600.0
TEXT = "[반려견 순찰대] 새 알림이 있습니다. 로그인해 확인하세요. {link}"
WRONG_SETTINGS = (401, 403, 404, 405)
"""The gateway refuses us, not the recipient: the message is still good once the settings are mended."""
TOO_EARLY = (408, 425, 429)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The channel by HTTP. Redirects are not followed: the secret goes to the address that was set and nowhere else."""

    name: ClassVar[str] = "sms"
    url: str
    secret: str = field(repr=False)
    public_url: str
    opens: Opener
    clock: Clock
    timeout_s: tuple[float, float] = TIMEOUT_S

    def send(self, message: Message, address: str) -> Outcome:
        """Hand one text to the gateway: neutral, unless the message itself is meant to go out."""
        said = self.opens(message)
        text = said["body"] if said else TEXT.format(link=f"{self.public_url}/start")
        headers = {"Idempotency-Key": str(message.id)}
        if self.secret:
            headers["Authorization"] = f"Bearer {self.secret}"
        try:
            answer = requests.post(
                self.url,
                json={"id": str(message.id), "to": address, "text": text},
                headers=headers,
                timeout=self.timeout_s,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return Retry(type(error).__name__)  # its text may hold what was sent
        return self._outcome(answer)

    def _outcome(self, answer: requests.Response) -> Outcome:
        status = answer.status_code
        if 200 <= status < 300:
            return Sent()
        asked_s = asked_to_wait_s(answer.headers.get("Retry-After"), now=self.clock())
        if 400 <= status < 500 and status not in (*TOO_EARLY, *WRONG_SETTINGS):
            return Dead(f"the gateway answers {status}")
        return Retry(f"the gateway answers {status}", after_s=asked_s)


def asked_to_wait_s(header: str | None, *, now: datetime) -> float:
    """Seconds that a Retry-After asks for, as a number or a date; 0 when it asks for nothing that can be read."""
    if not header:
        return 0.0
    try:
        seconds = float(header) if header.strip().isdigit() else (parsedate_to_datetime(header) - now).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_ASKED_S)


def sms_channel(sms: str, *, secret: str, public_url: str, opens: Opener, clock: Clock) -> Channel:
    """The channel that the setting `sms` describes."""
    kind, _, rest = sms.partition(":")
    if kind == "files":
        return FileDrop(name="sms", folder=Path(rest), opens=opens)
    return Gateway(url=sms, secret=secret, public_url=public_url, opens=opens, clock=clock)
