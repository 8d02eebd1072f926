"""What falls due by itself: gaps in the rota of a duty that never sleeps are told of ahead."""

from datetime import datetime, timedelta
from uuid import UUID

from config.database import transaction
from config.due import one_by_one
from config.policy import Duty
from notifications.outbox import Words, enqueue
from patrol.people.operations.accounts import coordinators_of, people_with
from patrol.people.operations.rota import GIVEN_UP, Gap, gaps, in_force
from patrol.places.models import City
from patrol.places.operations.cities import policy_of, zone_of


def warn_of_gaps(now: datetime) -> int:
    """Tell admins and the whole city's coordinators of gaps in the days ahead, each once; returns how many there are.

    How many days is the policy's. A duty without a rota has none: whoever holds it is on it.
    """
    return sum(
        one_by_one("rota", City.select(), lambda city: sum(_warn(city, duty, now) for duty in policy_of(city).duties))
    )


def _warn(city: City, duty: Duty, now: datetime) -> int:
    if not duty.round_the_clock or not in_force(city.id, duty.code, now):
        return 0
    days = policy_of(city).rota.warn_days
    since = now - GIVEN_UP
    found = [
        gap
        for gap in gaps(city.id, duty.code, begins_at=since, ends_at=now + timedelta(days=days))
        if gap.ends_at > now
    ]
    if found:
        people = sorted({*people_with(city.id, "admin"), *coordinators_of(city.id)})
        with transaction():
            for gap in found:
                _tell(city, duty, gap, people, since=since, now=now)
    return len(found)


def _tell(city: City, duty: Duty, gap: Gap, people: list[UUID], *, since: datetime, now: datetime) -> None:
    """Once for each gap, known by its beginning; one without a beginning, once a day."""
    zone = zone_of(city)
    begins, ends = (f"{moment.astimezone(zone):%m-%d %H:%M}" for moment in (max(gap.begins_at, now), gap.ends_at))
    place = gap.box.name if gap.box else gap.station
    beside = f" ({place})" if place else ""
    words: Words = {
        "ko": {"title": "당직 공백", "body": f"{duty.name['ko']}{beside}: {begins}부터 {ends}까지 아무도 없습니다."},
        "en": {"title": "A gap in the rota", "body": f"{duty.name['en']}{beside}: nobody from {begins} to {ends}."},
    }
    began = gap.begins_at.isoformat() if gap.begins_at > since else f"{now.astimezone(zone):%Y-%m-%d}"
    enqueue(
        city=city.id,
        people=people,
        kind="rota_gap",
        words=words,
        link="/staff",
        subject=None,
        urgent=False,
        dedupe_key=f"rota-gap:{duty.code}:{place}:{began}",
        now=now,
    )
