"""Ways out of the house. Each takes one message to one address and says what became of it."""

from dataclasses import dataclass
from typing import Protocol

from notifications.models import Message


@dataclass(frozen=True, slots=True)
class Sent:
    """The next server has taken it over."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now. `after_s`: the other side asks to be left alone for so many seconds."""

    reason: str
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Dead:
    """Never: trying again would end the same way."""

    reason: str


Outcome = Sent | Retry | Dead


class Channel(Protocol):
    """What leaves by a channel passes machines that are not ours: no name, place, photo or kind goes with it."""

    @property
    def name(self) -> str:
        """As in `Address.channel`."""
        ...

    def send(self, message: Message, address: str) -> Outcome:
        """Send once, without retries of its own: the relay owns them. May block for some seconds."""
        ...
