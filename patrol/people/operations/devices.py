"""Who tries to sign in from where, so that failures elsewhere do not keep an owner out of their own phone.

After signing in a device gets a token: a number of its own and, for each person who signed in on it, a signature over
both. Tries from a device that a person has signed in on count for that device alone. All others count for where they
come from and, more loosely, for the account; so whoever hammers an account locks out themselves, and strangers.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from config.secret_key import Keyring
from patrol.people.operations.throttle import Limit
from patrol.people.rules import network_of

TRIES, TRIES_EVERY = 10, timedelta(minutes=5)
STRANGERS, STRANGERS_EVERY = 100, timedelta(hours=1)
CODES_OF_STRANGERS, CODES_EVERY = 20, timedelta(days=1)
FROM_ADDRESS, FROM_ADDRESS_EVERY = 100, timedelta(minutes=5)
PEOPLE = 5
FORM = re.compile(r"[A-Za-z0-9_-]{22}(\.[0-9a-f]{32}){0,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a try comes from: its network address, and the device token that came with it, or ""."""

    address: str
    device: str = ""

    def knows(self, person: UUID, *, keys: Keyring) -> bool:
        """Whether this person has signed in on the device before."""
        if not FORM.fullmatch(self.device):
            return False
        number, *signatures = self.device.split(".")
        wanted = _signature(number, person, keys)
        return any(hmac.compare_digest(wanted, one) for one in signatures)

    def source(self, *, known: bool) -> str:
        """What asks, or tries: the device where it is known, else the network that it is in."""
        return f"device:{self.device.partition('.')[0]}" if known else network_of(self.address)

    def token(self, person: UUID, *, keys: Keyring) -> str:
        """The device's token from now on, on which this person has signed in, too."""
        number, *signatures = self.device.split(".") if FORM.fullmatch(self.device) else [secrets.token_urlsafe(16)]
        mine = _signature(number, person, keys)
        return ".".join([number, mine, *[one for one in signatures if one != mine][: PEOPLE - 1]])

    def limits(self, account: str, *, what: str, known: bool, codes: bool = False) -> tuple[Limit, ...]:
        """What a try at `account` counts towards."""
        if known:
            number = self.device.partition(".")[0]
            return (Limit(f"{what}:{account}:device:{number}", TRIES, TRIES_EVERY),)
        most, every = (CODES_OF_STRANGERS, CODES_EVERY) if codes else (STRANGERS, STRANGERS_EVERY)
        network = network_of(self.address)
        return (
            Limit(f"{what}:{account}:from:{network}", TRIES, TRIES_EVERY),
            Limit(f"{what}:{account}:strangers", most, every),
            Limit(f"{what}-from:{network}", FROM_ADDRESS, FROM_ADDRESS_EVERY),
        )


def _signature(number: str, person: UUID, keys: Keyring) -> str:
    return keys.digest("device", number, str(person))[:32]
