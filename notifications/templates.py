"""What leaves the house, in both languages. It passes machines that are not ours: no kind, name, place or photo."""

from typing import TypedDict

TITLE_MOST, BODY_MOST = 40, 140
"""Characters that a phone's locked screen shows of a push."""
COUNT_MOST = 999


class Said(TypedDict):
    """A text in one language."""

    title: str
    body: str


class Words(TypedDict):
    """A text in every language."""

    ko: Said
    en: Said


PUSH: dict[str, Words] = {
    "message": {
        "ko": {"title": "새 알림이 있습니다", "body": "열어서 확인해 주세요."},
        "en": {"title": "You have a new message", "body": "Open it to read."},
    },
    "urgent": {
        "ko": {"title": "지금 확인해 주세요", "body": "긴급 알림이 있습니다. 바로 열어 주세요."},
        "en": {"title": "Please look now", "body": "There is an urgent message. Open it at once."},
    },
    "exercise": {
        "ko": {"title": "[훈련] 연락이 되나요?", "body": "실제 상황이 아닌 훈련입니다. 열어서 답해 주세요."},
        "en": {"title": "[EXERCISE] Are you there?", "body": "This is a drill, nothing has happened. Open and answer."},
    },
    "bundle": {
        "ko": {"title": "새 알림 {count}건", "body": "열어서 한 번에 확인해 주세요."},
        "en": {"title": "{count} new messages", "body": "Open to read them together."},
    },
    "test": {
        "ko": {"title": "시험 알림", "body": "이 기기로 알림이 잘 도착합니다."},
        "en": {"title": "Test message", "body": "Messages reach this device."},
    },
}

MAIL_TITLE = "반려견 순찰대: 새 알림이 있습니다 / Companion-dog patrol: you have a new message"
MAIL_URGENT = "반려견 순찰대: 지금 확인해 주세요 / Companion-dog patrol: please look now"
MAIL_EXERCISE = "[훈련] 연락이 되나요? / [EXERCISE] Are you there?"
MAIL_TEXT = "로그인하면 내용을 볼 수 있습니다.\nSign in to read it.\n\n{link}\n"

SMS_EXERCISE = "[반려견 순찰대] [훈련/EXERCISE] 실제 상황이 아닙니다 / A drill, answer: {link}"
SMS_TEXT = "[반려견 순찰대] 새 알림이 있습니다 / New message: {link}"
SMS_URGENT = "[반려견 순찰대] 지금 확인해 주세요 / Urgent, look now: {link}"

EXERCISE_TEXT = "훈련입니다. 실제 상황이 아닙니다.\nThis is an exercise; nothing has happened.\n\n"
"""Stands before a mail's text."""


def push_text(name: str, language: str, *, count: int = 1) -> Said:
    """The push of this name; `count` messages in a bundle."""
    said = PUSH[name]["ko" if language == "ko" else "en"]
    shown = f"{COUNT_MOST}+" if count > COUNT_MOST else str(count)
    return {"title": said["title"].format(count=shown), "body": said["body"].format(count=shown)}
