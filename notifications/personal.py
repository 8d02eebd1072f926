"""What messages and their ways hold of a person: given out, and gone on erasure. Recipients are UUIDs here."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from config.database import before_commit, transaction
from config.personal import Part, part
from notifications.events import last_seq
from notifications.models import Address, Delivery, Device, Event, Message, Preference

NOBODY = UUID(int=0)


def exported(person: UUID) -> list[Part]:
    """A person's messages and how they went out, addresses, devices and wishes."""
    mine = Message.select(Message.id).where(Message.person == person)
    return [
        part(Message.select().where(Message.person == person).order_by(Message.created_at), ko="알림", en="Messages"),
        part(
            Delivery.select().where(Delivery.message.in_(mine)).order_by(Delivery.due_at),
            ko="알림 발송",
            en="How they went out",
            without=["leased_by", "leased_until", "last_error"],
        ),
        part(Address.select().where(Address.person == person), ko="연락 주소", en="Addresses"),
        part(
            Device.select().where(Device.person == person),
            ko="기기",
            en="Devices",
            without=["address", "address_sha256", "keys"],
        ),
        part(Preference.select().where(Preference.person == person), ko="알림 설정", en="How to be reached"),
    ]


def erase(person: UUID, _now: datetime) -> None:
    """Remove all of it; what is on its way out goes no further.

    The newest line of the stream stays as nobody's: SQLite numbers on from the highest, and a number given twice would
    be lost on whoever has seen it.
    """
    with transaction():
        for model in (Message, Address, Device, Preference):
            model.delete().where(model.person == person).execute()
        before_commit(_erase_events, [person])  # other lines of this transaction are written at its end, too


def forget_recipients(recipients: Collection[UUID]) -> None:
    """Remove what was addressed to these: people, or what asked for a code."""
    with transaction():
        Message.delete().where(Message.person.in_([*recipients])).execute()


def _erase_events(people: list[UUID]) -> None:
    theirs, newest = Event.person.in_(people), Event.seq == last_seq()
    Event.delete().where(theirs & ~newest).execute()
    Event.update(person=NOBODY, content={}).where(theirs & newest).execute()


def forget_about(city: UUID, *, subjects: Collection[UUID], mentioning: str = "") -> None:
    """Remove everybody's messages about these things, and those that mention a code."""
    with transaction():
        about = Message.subject.in_([*subjects])
        if mentioning:
            about |= Message.words.cast("TEXT").contains(mentioning)
        Message.delete().where((Message.city == city) & about).execute()
