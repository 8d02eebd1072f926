"""What members of staff are told of what was changed of them."""

from datetime import datetime
from typing import Literal

from notifications.outbox import Words, enqueue
from patrol.people.models import StaffStep
from patrol.people.rules import ROLE_NAMES
from patrol.places.operations.cities import policy_of

Language = Literal["ko", "en"]

TITLE = ("내 역할과 임무", "Your roles and duties")
CHANGED: dict[str, tuple[str, str]] = {
    "change_role": ("역할이 바뀌었습니다: {ko}", "Your roles are now: {en}."),
    "grant_duty": ("새 임무를 맡았습니다: {ko}", "You are charged with a duty: {en}."),
    "end_duty": ("임무가 끝났습니다: {ko}", "A duty of yours has ended: {en}."),
    "disable": ("계정 사용이 중지되었습니다.", "Your account has been disabled."),
    "enable": ("계정을 다시 쓸 수 있습니다.", "You may use your account again."),
}
"""What a person is told of a step; an invitation is handed over by whoever invites."""


def tell(step: StaffStep, *, now: datetime) -> None:
    """A message to the person whom a step concerns. Inside its transaction."""
    if step.action not in CHANGED:
        return
    names = {"ko": _named(step, "ko"), "en": _named(step, "en")}
    ko, en = (text.format(**names) for text in CHANGED[step.action])
    if step.why:
        ko, en = f"{ko} ({step.why})", f"{en} ({step.why})"
    words: Words = {"ko": {"title": TITLE[0], "body": ko}, "en": {"title": TITLE[1], "body": en}}
    enqueue(
        city=step.city_id,
        people=[step.person_id],
        kind="staff",
        words=words,
        link="/start",
        subject=step.id,
        urgent=False,
        dedupe_key=f"staff:{step.id}",
        now=now,
    )


def _named(step: StaffStep, language: Language) -> str:
    if "duty" in step.facts:
        code = step.facts["duty"]
        return next((duty.name[language] for duty in policy_of(step.city_id).every_duty() if duty.code == code), code)
    return ", ".join(_in_words(role, language) for role in step.facts.get("roles", [])) or "–"


def _in_words(role: dict[str, str], language: Language) -> str:
    """`경찰관 (서면)`: a role as models.StaffStep keeps it."""
    place = role["box"] or role["district"]
    return f"{ROLE_NAMES[role['role']][language]}{f' ({place})' if place else ''}"
