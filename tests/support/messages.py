"""Messages and events for tests, as plain functions."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from config.database import transaction
from notifications.addresses import put_address
from notifications.devices import put_device
from notifications.models import Delivery, Device
from notifications.outbox import Words, announce, enqueue

NOW = datetime(2026, 11, 6, 10, 30, tzinfo=UTC)
CITY = UUID(int=51)
WORDS: Words = {
    "ko": {"title": "새 신고", "body": "서면 3번 출구 앞에서 신고가 들어왔습니다."},
    "en": {"title": "New sighting", "body": "A sighting at Seomyeon, exit 3."},
}


def tell(*people: UUID, **given: Any) -> list[UUID]:
    """A message to `people`, committed."""
    message = {
        "city": CITY,
        "people": people,
        "kind": "sighting",
        "words": WORDS,
        "link": "/sightings",
        "subject": None,
        "urgent": False,
        "dedupe_key": str(uuid4()),
        "now": NOW,
    }
    with transaction():
        return enqueue(**{**message, **given})


def happen(*people: UUID, **content: Any) -> None:
    """An event for `people`, committed."""
    with transaction():
        announce(city=CITY, people=people, kind="plan", content=content, now=NOW)


def someone_with_mail(address: str = "walker@example.org") -> UUID:
    """A person who is reached by e-mail."""
    person = uuid4()
    put_address(city=CITY, person=person, channel="email", value=address, now=NOW)
    return person


def delivery_of(message_id: UUID) -> Delivery:
    """The one delivery of a message."""
    return Delivery.get(Delivery.message == message_id)


def someone_with_devices(*addresses: str, kind: str = "fcm_fid", language: str = "ko", **given: Any) -> UUID:
    """A person who is reached on these devices."""
    person = given.get("person") or uuid4()
    for address in addresses:
        add_device(person, address, kind=kind, language=language)
    return person


def add_device(person: UUID, address: str, *, kind: str = "fcm_fid", **given: Any) -> Device:
    """A device of this person."""
    device = put_device(
        given.pop("device", None) or uuid4(),
        **{
            "city": CITY,
            "person": person,
            "session": None,
            "kind": kind,
            "address": address,
            "keys": None,
            "label": "Sample phone",
            "language": "ko",
            "now": NOW,
            **given,
        },
    )
    assert device is not None
    return device


def states() -> dict[str, int]:
    """How many deliveries are in each state."""
    return dict(Counter(row.state for row in Delivery.select()))
