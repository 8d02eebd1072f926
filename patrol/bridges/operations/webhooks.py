"""Webhooks: made, looked at, tried out, paused and resumed. A secret is seen once, and lies sealed."""

import ipaddress
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from config.clock import Clock
from config.database import connection, transaction
from config.settings import THIS_MACHINE, Settings
from notifications.channels.webhook import Lookup, Target, is_public
from notifications.events_out import forget_events_to, post_event
from notifications.models import Delivery, Message
from patrol.bridges import rules
from patrol.bridges.models import Webhook
from patrol.errors import Conflict, Invalid, NotFound
from patrol.places.models import City

NO_OTHER = {"next_secret": None, "next_key_id": None, "next_from": None}
DELIVERIES_ORDER = ((Delivery.due_at, True), (Delivery.id, True))


class BadUrl(Invalid):
    """Events leave by https alone, to a host outside."""

    words = {
        "ko": "외부에서 닿는 https:// 주소여야 합니다 (사용자 정보와 # 없이).",
        "en": "An https:// address of a host outside, without a user and without #.",
    }


class Paused(Conflict):
    """A paused webhook is told of nothing."""

    words = {"ko": "일시 중지된 웹훅입니다. 먼저 다시 켜 주세요.", "en": "The webhook is paused; resume it first."}


class Keys(Protocol):
    """What seals and opens text."""

    def seal(self, text: str) -> str:
        """Text that nobody else reads."""
        ...

    def unseal(self, sealed: str) -> str:
        """The same again."""
        ...


def inside_hosts(settings: Settings) -> frozenset[str]:
    """Hosts that webhooks may reach although they lie inside: those set, and in development this machine."""
    developing = urlsplit(settings.public_url).hostname in THIS_MACHINE
    return frozenset(settings.webhook_hosts) | (THIS_MACHINE if developing else frozenset())


def make_webhook(
    city: City, *, name: str, url: str, events: Collection[str], inside: Collection[str], keys: Keys, now: datetime
) -> tuple[Webhook, str]:
    """A webhook, told of what happens from now on, and its secret. Raises BadUrl."""
    _check(url, inside)
    secret = secrets.token_urlsafe(32)
    with transaction():
        made: Webhook = Webhook.create(
            city=city,
            name=name,
            url=url,
            events=[event for event in rules.EVENTS if event in events],
            secret=keys.seal(secret),
            key_id=secrets.token_hex(8),
            followed_at=now,
            resumed_at=now,
            created_at=now,
        )
    return made, secret


def rotate(webhook: Webhook, *, after: timedelta, keys: Keys, now: datetime) -> tuple[Webhook, str]:
    """A new secret, which signs from `after` on; until then the present one does. Once more: the latest counts.

    No time left, such as after a leak: the present one signs nothing more from this moment.
    """
    secret, key_id = secrets.token_urlsafe(32), secrets.token_hex(8)
    with transaction():
        present: Webhook = Webhook.get_by_id(webhook.id)
        present_secret, present_key = signing(present, now)
        change: dict[str, Any] = {"secret": present_secret, "key_id": present_key}
        if after:
            change |= {"next_secret": keys.seal(secret), "next_key_id": key_id, "next_from": now + after}
        else:
            change = {"secret": keys.seal(secret), "key_id": key_id, **NO_OTHER}
        Webhook.update(change).where(Webhook.id == webhook.id).execute()
        changed: Webhook = Webhook.get_by_id(webhook.id)
    return changed, secret


def signing(webhook: Webhook, now: datetime) -> tuple[str, str]:
    """The sealed secret that signs now, and its id."""
    begun = webhook.next_from is not None and webhook.next_from <= now
    if begun and webhook.next_secret is not None and webhook.next_key_id is not None:
        return webhook.next_secret, webhook.next_key_id
    return webhook.secret, webhook.key_id


def webhooks_in(city: UUID) -> Any:
    """Query of a city's webhooks."""
    return Webhook.select().where(Webhook.city == city)


def webhook_of(city: UUID, webhook_id: UUID) -> Webhook:
    """One of a city's. Raises NotFound."""
    found: Webhook | None = webhooks_in(city).where(Webhook.id == webhook_id).first()
    if found is None:
        raise NotFound
    return found


def remove(webhook: Webhook) -> None:
    """Forget a webhook and what was on its way to it."""
    with transaction():
        forget_events_to(webhook.id)
        Webhook.delete().where(Webhook.id == webhook.id).execute()


def resume(webhook: Webhook, *, now: datetime) -> Webhook:
    """Tell it again of what happens from now on; an active one stays as it is."""
    with transaction():
        Webhook.update(state="active", followed_at=now, resumed_at=now).where(
            (Webhook.id == webhook.id) & (Webhook.state == "paused")
        ).execute()
        found: Webhook = Webhook.get_by_id(webhook.id)
    return found


def send_test(webhook: Webhook, *, now: datetime) -> UUID:
    """Put a test event on its way. Returns its id. Raises Paused."""
    if webhook.state != "active":
        raise Paused
    content = {"event": "test", "city": webhook.city.slug, "at": now.isoformat()}
    with transaction():
        event = post_event(
            city=webhook.city_id,
            webhook=webhook.id,
            content=content,
            dedupe_key=f"test:{secrets.token_hex(8)}",
            now=now,
        )
    assert event is not None  # noqa: S101 - a fresh key is never known
    return event


def deliveries_to(webhook: Webhook) -> Any:
    """Query of what was or is on its way to a webhook."""
    return Delivery.select(Delivery, Message).join(Message).where(Message.person == webhook.id)


def lookup(keys: Keys, clock: Clock) -> Lookup:
    """A function by which the channel finds where an active webhook goes; called from several threads."""

    def find(webhook_id: UUID) -> Target | None:
        with connection():
            row = Webhook.get_or_none((Webhook.id == webhook_id) & (Webhook.state == "active"))
        if row is None:
            return None
        secret, key_id = signing(row, clock())
        return Target(url=row.url, key_id=key_id, secret=keys.unseal(secret))

    return find


def _check(url: str, inside: Collection[str]) -> None:
    """What can be known without asking for the name; the rest the channel looks at whenever it sends."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadUrl("/url") from None
    plain = parts.scheme == "http" and host in THIS_MACHINE and host in inside
    odd = parts.username is not None or bool(parts.fragment) or port == 0 or not url.isascii() or not url.isprintable()
    if not host or " " in url or odd or not (plain or parts.scheme == "https"):
        raise BadUrl("/url")
    try:
        public = is_public(str(ipaddress.ip_address(host)))
    except ValueError:  # a name
        public = host not in THIS_MACHINE
    if not public and host not in inside:
        raise BadUrl("/url")
