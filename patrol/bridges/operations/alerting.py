"""What the city alerts of, for CAP: notices, and drills as exercises. Never their author."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from patrol.alerts.models import Drill
from patrol.bridges.operations.cap import CapAlert, Circle
from patrol.errors import NotFound
from patrol.notices.models import Notice
from patrol.notices.rules import KIND_NAMES, URGENT
from patrol.places.models import City

DRILL = {"ko": "연락 훈련", "en": "Reachability drill"}
DRILL_SHOWN = timedelta(hours=24)
CATEGORY = {"missing_person": "Rescue"}


def cap_alerts(city: City, *, now: datetime) -> list[CapAlert]:
    """What is in force, what was withdrawn before its time was over, and the day's drills; latest first."""
    found = [*_notices(city, now), *_drills(city, now)]
    return sorted(found, key=lambda alert: (alert.published_at, alert.id), reverse=True)


def cap_alert(city: City, alert_id: UUID, *, now: datetime) -> CapAlert:
    """One of them. Raises NotFound."""
    for alert in cap_alerts(city, now=now):
        if alert.id == alert_id:
            return alert
    raise NotFound


def _notices(city: City, now: datetime) -> Iterator[CapAlert]:
    for notice in Notice.select().where((Notice.city == city) & (Notice.expires_at > now)):
        within = f"{notice.radius_m:.0f} m"
        over = notice.withdrawn_at is not None
        yield CapAlert(
            id=notice.id,
            version=notice.version,
            sender=city.slug,
            published_at=notice.created_at,
            changed_at=notice.changed_at or notice.created_at,
            expires_at=notice.expires_at,
            ended_at=notice.withdrawn_at,
            exercise=False,
            urgency="Immediate" if notice.kind in URGENT else "Expected",
            category=CATEGORY.get(notice.kind, "Safety"),
            event=KIND_NAMES[notice.kind],
            description={language: "" if over else notice.words.get(language, "") for language in ("ko", "en")},
            area={"ko": f"{city.name}, 중심에서 {within} 이내", "en": f"{city.name}, within {within} of the centre"},
            circle=Circle(notice.lat, notice.lon, notice.radius_m),
        )


def _drills(city: City, now: datetime) -> Iterator[CapAlert]:
    for drill in Drill.select().where((Drill.city == city) & (Drill.started_at > now - DRILL_SHOWN)):
        yield CapAlert(
            id=drill.id,
            version=2 if drill.ended_at else 1,
            sender=city.slug,
            published_at=drill.started_at,
            changed_at=drill.ended_at or drill.started_at,
            expires_at=drill.ended_at or drill.started_at + DRILL_SHOWN,
            exercise=True,
            urgency="Immediate",
            category="Safety",
            event=DRILL,
            description={"ko": "훈련입니다. 실제 상황이 아닙니다.", "en": "An exercise; nothing has happened."},
            area={"ko": city.name, "en": city.name},
        )
