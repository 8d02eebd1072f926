"""Tells webhooks of what happened. It is read from what is written anyway, so a missed tick or a crash loses nothing.

Looks a little further back than where it was: what is committed late has an earlier time. Each event goes once, by its
key. Each webhook gets its events one after the other, in the order in which they are put on their way here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from config.database import transaction
from config.due import one_by_one
from config.policy import Policy
from notifications.events_out import failing_since, known_keys, post_event
from notifications.outbox import Words, enqueue
from patrol.bridges import rules
from patrol.bridges.models import Webhook
from patrol.notices.models import Notice
from patrol.people.operations.accounts import people_with
from patrol.places.operations.cities import policy_of
from patrol.sightings.models import Sighting, SightingStep

LATE = timedelta(minutes=2)
OLDEST = timedelta(hours=24)
AT_ONCE = 500
PAUSED: Words = {
    "ko": {"title": "웹훅 일시 중지", "body": "계속 실패한 웹훅을 멈췄습니다. 주소를 확인하고 다시 켜 주세요."},
    "en": {"title": "A webhook was paused", "body": "It kept failing. Check its address, then resume it."},
}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: its key, by which it is told of once, its place in time among others, and what is told."""

    key: str
    at: datetime
    content: dict[str, Any]


def follow(now: datetime) -> int:
    """Put on its way what each active webhook has not been told of. Returns how many events."""
    return sum(one_by_one("webhooks", _active(), lambda webhook: _follow(webhook, now)))


def pause_failing(now: datetime) -> int:
    """Pause what has failed for the policy's days, and tell the city's admins. Returns how many."""
    return sum(one_by_one("failing webhooks", _active(), lambda webhook: _pause(webhook, now)))


def _active() -> list[Webhook]:
    return list(Webhook.select().where(Webhook.state == "active"))


def _follow(webhook: Webhook, now: datetime) -> int:
    since = max(webhook.followed_at - LATE, webhook.resumed_at, now - OLDEST)
    policy = policy_of(webhook.city_id)
    known = known_keys(webhook.id, since=since)
    happened = (*_of_sightings(webhook, policy, since, now), *_of_notices(webhook, since, now))
    fresh = sorted((event for event in happened if event.key not in known), key=lambda event: event.at)
    with transaction():
        for place, event in enumerate(fresh[:AT_ONCE]):
            told = {**event.content, "city": webhook.city.slug}
            post_event(
                city=webhook.city_id, webhook=webhook.id, content=told, dedupe_key=event.key, place=place, now=now
            )
        if len(fresh) <= AT_ONCE:
            Webhook.update(followed_at=now).where((Webhook.id == webhook.id) & (Webhook.followed_at < now)).execute()
    return min(len(fresh), AT_ONCE)


def _of_sightings(webhook: Webhook, policy: Policy, since: datetime, now: datetime) -> Iterator[Event]:
    """Steps of sightings that are not restricted; the kind where the policy makes it public, and never the place.

    Of two requests at once the second may have the earlier time: a sighting's steps stay in their own order.
    """
    actions = [action for action, event in rules.EVENT_OF.items() if event in webhook.events]
    steps = (
        SightingStep.select(SightingStep, Sighting)
        .join(Sighting)
        .where(
            SightingStep.at.between(since, now)
            & SightingStep.action.in_(actions)
            & (Sighting.city == webhook.city_id)
            & ~Sighting.restricted
        )
        .order_by(SightingStep.sighting, SightingStep.version)
    )
    public = rules.public_kinds(policy)
    hidden = {kind.code for kind in policy.kinds if kind.restricted}
    latest: dict[UUID, datetime] = {}
    for step in steps:
        kind = step.sighting.kind
        latest[step.sighting_id] = max(step.at, latest.get(step.sighting_id, step.at))
        if kind not in hidden:
            yield Event(
                f"step:{step.id}",
                latest[step.sighting_id],
                {
                    "event": rules.EVENT_OF[step.action],
                    "sighting": str(step.sighting_id),
                    "kind": kind if kind in public else None,
                    "state": step.state,
                    "outcome": step.outcome,
                    "at": step.at.isoformat(),
                },
            )


def _of_notices(webhook: Webhook, since: datetime, now: datetime) -> Iterator[Event]:
    """Ids, kinds and ends of notices; what they say is fetched as CAP, and gone with them."""
    for event, moment in (("notice.published", Notice.created_at), ("notice.withdrawn", Notice.withdrawn_at)):
        if event not in webhook.events:
            continue
        for notice in Notice.select().where((Notice.city == webhook.city_id) & moment.between(since, now)):
            at = notice.created_at if event == "notice.published" else notice.withdrawn_at
            yield Event(
                f"{event}:{notice.id}",
                at,
                {
                    "event": event,
                    "notice": str(notice.id),
                    "kind": notice.kind,
                    "expires_at": notice.expires_at.isoformat(),
                    "at": at.isoformat(),
                },
            )


def _pause(webhook: Webhook, now: datetime) -> bool:
    since = failing_since(webhook.id, after=webhook.resumed_at)
    if since is None or since > now - timedelta(days=policy_of(webhook.city_id).bridges.webhook_failing_days):
        return False
    with transaction():
        active = (Webhook.id == webhook.id) & (Webhook.state == "active")
        if not Webhook.update(state="paused").where(active).execute():
            return False
        enqueue(
            city=webhook.city_id,
            people=people_with(webhook.city_id, "admin"),
            kind="webhook_paused",
            words=PAUSED,
            link="/admin",
            subject=webhook.id,
            urgent=False,
            dedupe_key=f"webhook-paused:{webhook.id}:{webhook.resumed_at.isoformat()}",
            now=now,
        )
    return True
