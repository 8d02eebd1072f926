"""Keys of other systems: made, told by, revoked. The key itself is seen once."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from config.database import transaction
from patrol.bridges import rules
from patrol.bridges.models import BridgeKey
from patrol.errors import Forbidden, NotFound
from patrol.places.models import City

PREFIX = "pk_"


class WrongKey(Forbidden):
    """No key, one that is none, one that was revoked, of another city, or without the right."""

    words = {
        "ko": "api_key가 없거나, 이 도시에서 쓸 수 없거나, 필요한 권한이 없습니다.",
        "en": "api_key is missing, is none of this city's, or lacks the right.",
    }


def make_key(city: City, *, name: str, rights: Collection[str], now: datetime) -> tuple[BridgeKey, str]:
    """A new key of a city, and its text, which is kept nowhere."""
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction():
        key: BridgeKey = BridgeKey.create(
            city=city,
            name=name,
            digest=digest_of(text),
            rights=[right for right in rules.RIGHTS if right in rights],
            created_at=now,
        )
    return key, text


def keys_in(city: UUID) -> Any:
    """Query of a city's keys, revoked ones too."""
    return BridgeKey.select().where(BridgeKey.city == city)


def revoke(city: UUID, key_id: UUID, *, now: datetime) -> None:
    """Let a key open nothing any more; once more changes nothing. Raises NotFound."""
    if not keys_in(city).where(BridgeKey.id == key_id).exists():
        raise NotFound
    with transaction():
        BridgeKey.update(revoked_at=now).where((BridgeKey.id == key_id) & BridgeKey.revoked_at.is_null()).execute()


def key_for(text: str, right: str, *, city: UUID | None = None) -> BridgeKey:
    """The key with this text, if it has the right and, where one is named, is the city's. Raises WrongKey."""
    found: BridgeKey | None = BridgeKey.get_or_none(
        (BridgeKey.digest == digest_of(text)) & BridgeKey.revoked_at.is_null()
    )
    if found is None or right not in found.rights or city not in (None, found.city_id):
        raise WrongKey
    return found


def digest_of(text: str) -> str:
    """What is kept of a key: 256 random bits need no slow digest."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
