"""Text messages: by a gateway that takes JSON over HTTP, or into files.

The gateway gets `POST {"id", "to", "text"}` with `Authorization: Bearer SECRET`; `id`, also as Idempotency-Key, is the
same at every retry. Any 2xx means that it has taken the message over.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import requests

from config.clock import Clock
from notifications.channels import Channel, Dead, Outcome, Retry, Sent
from notifications.channels.files import FileDrop
from notifications.direct import Opener
from notifications.models import Message
from notifications.retrying import retry_after_s
from notifications.templates import SMS_EXERCISE, SMS_TEXT, SMS_URGENT

TIMEOUT_S = (5.0, 10.0)
WRONG_SETTINGS = (401, 403, 404, 405)
"""The gateway refuses us, not the recipient: the message is still good once the settings are mended."""
TOO_EARLY = (408, 425)
TOO_MANY = 429


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
        neutral = SMS_EXERCISE if message.exercise else SMS_URGENT if message.urgent else SMS_TEXT
        text = said["body"] if said else neutral.format(link=f"{self.public_url}/start")
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
            # its text may hold what was sent
            return Retry(type(error).__name__, code="unreachable", outage=True)
        return self._outcome(answer)

    def _outcome(self, answer: requests.Response) -> Outcome:
        status = answer.status_code
        if 200 <= status < 300:
            return Sent()
        said, asked_s = f"the gateway answers {status}", retry_after_s(answer.headers, now=self.clock())
        if status in WRONG_SETTINGS:
            return Retry(said, after_s=asked_s, code="credentials")
        if status == TOO_MANY:
            return Retry(said, after_s=asked_s, code="quota", throttled=True)
        if 400 <= status < 500 and status not in TOO_EARLY:
            return Dead(said)
        return Retry(said, after_s=asked_s, code="unavailable", outage=status >= 500)


def sms_channel(sms: str, *, secret: str, public_url: str, opens: Opener, clock: Clock) -> Channel:
    """The channel that the setting `sms` describes."""
    kind, _, rest = sms.partition(":")
    if kind == "files":
        return FileDrop(name="sms", folder=Path(rest), opens=opens)
    return Gateway(url=sms, secret=secret, public_url=public_url, opens=opens, clock=clock)
