"""Codes sent to a phone or mailbox: six random digits, good for ten minutes, five tries and one use.

From outside all look alike: one that can never be answered, because what was asked about is not there, is posed with
the same work and refused in the same words.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from config.database import transaction
from config.secret_key import Keyring
from notifications import direct
from notifications.outbox import Said
from patrol.errors import Invalid
from patrol.people.models import Challenge, Person
from patrol.people.operations.throttle import Limit, count
from patrol.places.models import City

LASTS = timedelta(minutes=10)
TRIES = 5
SOON, SOON_EVERY = 3, timedelta(minutes=15)
DAILY, FROM_ALL, DAILY_EVERY = 6, 30, timedelta(days=1)
"""Messages to one contact that one source may ask for, and all of them together."""

Saying = Callable[[str], Said]


class WrongCode(Invalid):
    """Wrong, run out, used, or tried too often: it does not say which."""

    words = {
        "ko": "인증번호가 맞지 않거나 시간이 지났습니다. 다시 요청해 주세요.",
        "en": "The code is wrong or has run out; ask for a new one.",
    }


def spare(city: City, contact: str, *, source: str, owners: bool = False, now: datetime) -> None:
    """Count one message to this phone or mailbox, known or not. Raises TooMany: nobody is flooded with codes.

    `source`: the device, network or account that asks. Each has a share of its own, so that a stranger who asks for
    somebody's codes all day does not keep them from asking. `owners`: the owner has signed in there before, so it is
    no part of what strangers may ask for together.
    """
    key = f"code:{city.id}:{contact}"
    theirs = f"{key}:{source}"
    own = (Limit(f"{theirs}:soon", SOON, SOON_EVERY), Limit(f"{theirs}:daily", DAILY, DAILY_EVERY))
    together = () if owners else (Limit(f"{key}:daily", FROM_ALL, DAILY_EVERY),)
    count((*own, *together), now=now)


def pose(
    city: City,
    *,
    purpose: str,
    channel: str,
    contact: str,
    says: Saying,
    keys: Keyring,
    now: datetime,
    person: Person | None = None,
    content: dict[str, Any] | None = None,
    opens: bool,
    held_back: bool = False,
) -> UUID:
    """Send a code, inside the caller's transaction; the challenge's id. `opens` false: no code will answer it.

    `held_back`: nothing is sent, though as much is written.
    """
    code = f"{secrets.randbelow(1_000_000):06}"
    challenge = uuid4()
    Challenge.create(
        id=challenge,
        city=city,
        purpose=purpose,
        person=person,
        channel=channel,
        contact=contact,
        code_digest=_digest(challenge, code, keys),
        opens=opens,
        content=content,
        created_at=now,
        expires_at=now + LASTS,
    )
    direct.post(
        city=city.id,
        recipient=challenge,
        channel=channel,
        address=contact,
        said=says(code),
        keys=keys,
        now=now,
        expires_at=now + LASTS,
        held_back=held_back,
    )
    return challenge


def answer(
    challenge: UUID, code: str, *, purpose: str, by: Person | None = None, keys: Keyring, now: datetime
) -> Challenge:
    """The challenge that `code` answers; the try counts whatever comes of it. Raises WrongCode.

    `by`: only one posed to that person. Whoever acts on it takes it with `use`, in the transaction that acts.
    """
    open_one = (
        (Challenge.id == challenge)
        & (Challenge.purpose == purpose)
        & (Challenge.tries < TRIES)
        & (Challenge.expires_at > now)
        & Challenge.used_at.is_null()
    )
    with transaction():
        tried = Challenge.update(tries=Challenge.tries + 1).where(
            open_one & (Challenge.person == by) if by else open_one
        )
        found = Challenge.get_by_id(challenge) if tried.execute() else None
    wanted = found.code_digest if found else "-" * 64
    if not hmac.compare_digest(wanted, _digest(challenge, code, keys)) or found is None or not found.opens:
        raise WrongCode("/code")
    return found


def use(challenge: Challenge, *, now: datetime) -> None:
    """Use it up; of two at once one gets it. Inside the transaction that acts on it. Raises WrongCode."""
    free = (Challenge.id == challenge.id) & Challenge.used_at.is_null()
    if not Challenge.update(used_at=now, content=None).where(free).execute():
        raise WrongCode("/code")


def forget_challenges(*, before: datetime) -> int:
    """Drop those that ran out before then, with what a registration would have become. Returns how many."""
    with transaction():
        return int(Challenge.delete().where(Challenge.expires_at < before).execute())


def _digest(challenge: UUID, code: str, keys: Keyring) -> str:
    return keys.digest("code", str(challenge), code)
