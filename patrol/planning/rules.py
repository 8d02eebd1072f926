"""Pure decisions about plan runs."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.policy import Evening

KINDS = ("evening", "week")
PAIRINGS = ("pin", "bar")
STATES = ("queued", "running", "done", "failed", "cancelled", "published", "withdrawn")

TRANSITIONS: dict[tuple[str, str], str] = {
    ("queued", "claim"): "running",
    ("queued", "cancel"): "cancelled",
    ("running", "claim"): "running",  # by another worker, once the first one's claim has run out
    ("running", "finish"): "done",
    ("running", "fail"): "failed",
    ("running", "stop"): "cancelled",
    ("done", "publish"): "published",
    ("cancelled", "publish"): "published",
    ("published", "withdraw"): "withdrawn",
}
"""(state, action) → state. What is not here is refused."""

MOST_ATTEMPTS = 3
"""A run whose worker died so often is given up: it is the run that kills them."""

REASONS = {
    "out_of_reach": {"ko": "걸어서 닿는 팀이 없음", "en": "no team can walk there and back in its time"},
    "band_empty": {"ko": "시간대에 나오는 팀이 없음", "en": "no team is out in its hours"},
    "no_time": {"ko": "닿는 팀들의 시간이 모두 찼음", "en": "the teams within reach have no time left"},
    "outvalued": {"ko": "더 중요한 구간에 시간을 썼음", "en": "heavier blocks took the time"},
}

UNMET = {
    "team_stopped": {"ko": "팀이 지금 활동하지 않음", "en": "the team is not active"},
    "block_off": {"ko": "구간이 꺼져 있거나 기간이 지남", "en": "the block is switched off or not valid then"},
    "team_away": {"ko": "그때 나올 수 있는 팀이 아님", "en": "the team is not out then"},
    "block_given": {"ko": "이미 다른 순찰이 맡은 구간", "en": "another patrol has the block already"},
    "left_out": {"ko": "팀의 시간 안에 넣지 못함", "en": "it does not fit into the team's time"},
}
"""Why a pin or bar holds nobody to anything, or was not kept in a plan."""


def gap(weight: float | None, bound: float | None) -> float | None:
    """What share of the bound is missed at most: 0 is proven best. None while either is unknown."""
    if weight is None or bound is None:
        return None
    return max(0.0, 1.0 - weight / bound) if bound > 0 else 0.0


def window(evening: date, hours: Evening, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Beginning and end of an evening; one that ends before it begins ends on the next day."""
    begins, ends = clock_time(hours.begins), clock_time(hours.ends)
    last = evening if ends > begins else evening + timedelta(days=1)
    return datetime.combine(evening, begins, zone), datetime.combine(last, ends, zone)


def clock_time(text: str) -> time:
    """HH:MM → time of day."""
    return time.fromisoformat(text)


def bands_s(
    bands: list[list[str]], origin: datetime, until: datetime, zone: ZoneInfo
) -> tuple[tuple[float, float], ...]:
    """A block's daily hours as seconds after `origin`, as far as they touch the time until `until`.

    Each of the days around is tried, as an hour of the night belongs to the evening before or after midnight.
    """
    first = origin.astimezone(zone).date() - timedelta(days=1)
    last = until.astimezone(zone).date()
    found = []
    for day in range((last - first).days + 1):
        for begins, ends in bands:
            opens, closes = window(first + timedelta(days=day), Evening(begins=begins, ends=ends), zone)
            if closes > origin and opens < until:
                found.append(((opens - origin).total_seconds(), (closes - origin).total_seconds()))
    return tuple(found)
