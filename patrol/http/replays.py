"""Answers kept for a while, so that a repeated request gets the same one. No Flask here: housekeeping comes by, too."""

from datetime import datetime
from typing import Any
from uuid import UUID

import peewee

from config.database import Record, UtcField, transaction


class Replay(Record):
    """An answer once given. Never holds a secret: endpoints that answer with one take no key."""

    person = peewee.UUIDField()
    key = peewee.TextField()
    digest = peewee.CharField(max_length=64)
    status = peewee.IntegerField()
    headers = peewee.JSONField(default=dict)
    content = peewee.JSONField()
    created_at = UtcField(index=True)

    class Meta:
        primary_key = peewee.CompositeKey("person", "key")


def erase(person: UUID, _now: datetime) -> None:
    """Drop the answers that a person got, and those to others in which they are named by their id."""
    with transaction():
        Replay.delete().where(Replay.person == person).execute()
        forget_mentioning(str(person))


def forget_mentioning(text: str, *, among: Any = None) -> None:
    """Drop the answers that hold a text such as an id: to anybody, or to those `among` a query of ids."""
    told = Replay.content.cast("TEXT").contains(text)
    with transaction():
        Replay.delete().where(told if among is None else told & Replay.person.in_(among)).execute()


def forget_replays(*, before: datetime) -> int:
    """Drop answers given before then; a retry comes within minutes. Returns how many."""
    with transaction():
        return int(Replay.delete().where(Replay.created_at < before).execute())
