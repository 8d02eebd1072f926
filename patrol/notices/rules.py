"""Pure decisions about notices."""

from datetime import datetime, timedelta

from routing.geodesy import haversine_m

KINDS = ("missing_person", "look_out")
KIND_NAMES = {
    "missing_person": {"ko": "실종자 찾기", "en": "Missing person"},
    "look_out": {"ko": "살펴봐 주세요", "en": "Look-out"},
}
URGENT = ("missing_person",)
"""Kinds whose message is Immediate."""
MESSAGE = {
    "ko": {"title": "근처의 알림", "body": "순찰 화면에서 내용을 확인해 주세요. 직접 개입하지 마세요."},
    "en": {"title": "A notice near you", "body": "Read it on the walk page. Never step in yourself."},
}
"""What the message says: nothing of what the notice is about."""
LEAST_M = 50.0
MOST_TEXT = 500


def within(lon: float, lat: float, radius_m: float, place: tuple[float, float]) -> bool:
    """Whether a place [lon, lat] lies within the radius."""
    return bool(haversine_m(lon, lat, place[0], place[1]) <= radius_m)


def fresh(at: datetime | None, *, now: datetime, fresh_min: int) -> bool:
    """Whether a position still tells where somebody is."""
    return at is not None and at > now - timedelta(minutes=fresh_min)
