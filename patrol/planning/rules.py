"""Pure decisions about plan runs."""

import calendar
import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.policy import Evening

EVENINGS = 7
"""Of a week's plan."""
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
    "spacing": {"ko": "다음 방문까지 두어야 할 사이가 없음", "en": "no day is far enough from its other visits"},
    "outvalued": {"ko": "더 중요한 구간에 시간을 썼음", "en": "heavier blocks took the time"},
}

SENTENCES = {
    "out_of_reach": (
        (
            "걸어서 다녀올 수 있는 팀이 없습니다. 가장 가까운 팀도 {minutes}분이 모자랍니다.",
            "No team can walk there and back in its time; the nearest lacks {minutes} min.",
        ),
        ("갈 수 있는 팀이나 길이 없습니다.", "No team may go there, or no way leads there."),
    ),
    "band_empty": (("이 구간의 시간대에 나와 있는 팀이 없습니다.", "No team that can reach it is out in its hours."),)
    * 2,
    "no_time": (
        (
            "닿는 팀들의 시간이 모두 찼습니다. 한 팀에 {minutes}분이 더 있으면 됩니다.",
            "The teams within reach have no time left; {minutes} min more for one of them would do.",
        ),
        ("닿는 팀들의 시간이 모두 찼습니다.", "The teams within reach have no time left."),
    ),
    "spacing": (
        (
            "이미 정해진 방문에서 충분히 떨어진 날이 없습니다.",
            "No day of the week is far enough from the visits that it has already.",
        ),
    )
    * 2,
    "outvalued": (
        (
            "그 시간에 더 중요한 구간을 순찰합니다. 대신 빠질 구간의 중요도가 {weight}입니다.",
            "The time goes to what weighs more: taking this block would cost a weight of {weight}.",
        ),
        ("그 시간에 더 중요한 구간을 순찰합니다.", "The time goes to what weighs more."),
    ),
}
"""Reason → (Korean, English) with its amount, and without."""

UNMET = {
    "team_stopped": {"ko": "팀이 지금 활동하지 않음", "en": "the team is not active"},
    "block_off": {"ko": "구간이 꺼져 있거나 기간이 지남", "en": "the block is switched off or not valid then"},
    "team_away": {"ko": "그때 나올 수 있는 팀이 아님", "en": "the team is not out then"},
    "block_given": {"ko": "이미 다른 순찰이 맡은 구간", "en": "another patrol has the block already"},
    "left_out": {"ko": "팀의 시간 안에 넣지 못함", "en": "it does not fit into the team's time"},
}
"""Why a pin or bar holds nobody to anything, or was not kept in a plan."""


def sentence(reason: str, amount: float | None) -> dict[str, str]:
    """Why a block is left out, in whole sentences; `amount` as in routing.plan.LeftOut, None for what is infinite."""
    ko, en = SENTENCES[reason][0 if amount else 1]
    facts = {"minutes": max(1, math.ceil((amount or 0) / 60)), "weight": f"{amount or 0:.1f}".removesuffix(".0")}
    return {"ko": ko.format_map(facts), "en": en.format_map(facts)}


def offer_sentence(*, minutes: int, at: datetime, street: str, blocks: int, weight: float) -> dict[str, str]:
    """What one more team would cover, in whole sentences. `at`: in the city's time; `street` may be empty."""
    near_ko, near_en = (f"{street} 근처", f"near {street}") if street else ("그 근처", "nearby")
    worth = f"{weight:.1f}".removesuffix(".0")
    many = "block" if blocks == 1 else "blocks"
    return {
        "ko": f"{at.month}월 {at.day}일 {at:%H:%M}쯤 {near_ko}에서 {minutes}분을 걸으면 "
        f"{blocks}구간을 덮습니다 (중요도 {worth}).",
        "en": f"{minutes} minutes from {at:%H:%M} on {at.day} {calendar.month_name[at.month]}, {near_en}, "
        f"would cover {blocks} {many} (weight {worth}).",
    }


def visit_weights(weight: float, visits: int, shares: Sequence[float]) -> list[float]:
    """What each wanted visit of a week is worth; beyond the last share stated, as much as that one."""
    return [weight * shares[min(number, len(shares) - 1)] for number in range(visits)]


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
