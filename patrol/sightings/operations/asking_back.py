"""A thread on one sighting between those who answer it and its reporter. Neither reads who the other is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import peewee

from config.database import transaction
from notifications.outbox import enqueue
from patrol.alerts.operations.reading import alerts_of, told_of
from patrol.errors import Conflict
from patrol.people.models import Role
from patrol.sightings import rules
from patrol.sightings.models import Sighting, SightingMessage
from patrol.sightings.operations.corroborating import hold_open
from patrol.sightings.operations.telling import WALKERS_PAGE, announce_change, words_of

MOST = 200
ORDER = ((SightingMessage.at, False), (SightingMessage.id, False))


class ThreadClosed(Conflict):
    """The sighting is resolved, and its thread with it."""

    words = {
        "ko": "종결된 신고에는 메시지를 남길 수 없습니다. 신고가 다시 열리면 쓸 수 있습니다.",
        "en": "The sighting is resolved, and its thread with it; it opens when the sighting is opened again.",
    }


class ThreadFull(Conflict):
    """A thread has only so many lines. Facts: `most`."""

    words = {"ko": "메시지는 {most}개까지 남길 수 있습니다.", "en": "A thread holds at most {most} messages."}


class NobodyToAsk(Conflict):
    """The reporter's account is gone."""

    words = {"ko": "신고자의 계정이 없어졌습니다.", "en": "The reporter's account is gone; nobody would read it."}


def thread(sighting: Sighting) -> Any:
    """Query of the lines of a sighting's thread."""
    return SightingMessage.select().where(SightingMessage.sighting == sighting.id)


def write(sighting: Sighting, *, side: str, by: UUID, text: str, now: datetime) -> SightingMessage:
    """Add a line by one side of rules.SIDES and tell the other. Raises ThreadClosed, ThreadFull, NobodyToAsk."""
    with transaction():
        if not hold_open(sighting.id):
            raise ThreadClosed
        current = Sighting.get_by_id(sighting.id)
        if current.reporter_id is None:
            raise NobodyToAsk
        if thread(current).count() >= MOST:
            raise ThreadFull(most=MOST)
        message: SightingMessage = SightingMessage.create(
            city=current.city_id,
            sighting=current,
            side=side,
            by=by,
            office=_office(by) if side == "answerer" else "",
            text=text,
            at=now,
        )
        if side == "answerer":
            people, kind, words, link = [current.reporter_id], "receipt_question", rules.QUESTION, WALKERS_PAGE
        else:
            people, kind, words, link = (
                _answerers(current),
                "sighting_reply",
                rules.REPLY,
                rules.PAGE[current.routed_to],
            )
        enqueue(
            city=current.city_id,
            people=people,
            kind=kind,
            words=words_of(words),
            link=link,
            subject=current.id,
            urgent=False,
            dedupe_key=f"thread:{message.id}",
            now=now,
        )
        announce_change(current, now=now)
    return message


def mark_read(sighting: Sighting, *, side: str, now: datetime) -> int:
    """One side has the other's lines on screen. Returns how many were new to it."""
    unread = (
        (SightingMessage.sighting == sighting.id) & (SightingMessage.side != side) & SightingMessage.read_at.is_null()
    )
    with transaction():
        count = int(SightingMessage.update(read_at=now).where(unread).execute())
        if count:
            announce_change(sighting, now=now)
    return count


def counts(sightings: Sequence[Sighting]) -> dict[UUID, dict[str, tuple[int, int]]]:
    """Sighting → side → how many lines it wrote, and how many of them the other has not read."""
    sums = (peewee.fn.COUNT(SightingMessage.id), peewee.fn.COUNT(SightingMessage.read_at))
    rows = (
        SightingMessage.select(SightingMessage.sighting, SightingMessage.side, *sums)
        .where(SightingMessage.sighting.in_([row.id for row in sightings]))
        .group_by(SightingMessage.sighting, SightingMessage.side)
        .tuples()
    )
    found: dict[UUID, dict[str, tuple[int, int]]] = {row.id: {} for row in sightings}
    for sighting, side, written, read in rows.execute():
        found[sighting][side] = (written, written - read)
    return found


def forget_threads(sightings: Sequence[UUID]) -> None:
    """Delete the threads of these sightings."""
    SightingMessage.delete().where(SightingMessage.sighting.in_([*sightings])).execute()


def _answerers(sighting: Sighting) -> list[UUID]:
    """Who has it; while nobody has, all who were told of it."""
    alert = alerts_of([sighting.id])[sighting.id]
    return [alert.acknowledged_by_id] if alert.acknowledged_by_id else told_of(sighting.id)


def _office(person: UUID) -> str:
    """The box that somebody serves at, where there is one; not their name."""
    serving = (
        (Role.person == person) & (Role.role == "officer") & Role.ended_at.is_null() & Role.box.is_null(is_null=False)
    )
    role = Role.select().where(serving).order_by(Role.id).first()
    return role.box.name if role else ""
