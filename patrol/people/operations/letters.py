"""What people are told about their account: codes to a contact, and messages to whoever is in."""

from collections.abc import Callable
from datetime import datetime

from notifications.outbox import Said, Words, enqueue
from patrol.people.models import Person

Pair = tuple[str, str]

CODE_TITLE: Pair = ("반려견 순찰대 인증번호", "Companion-dog patrol: your code")
CODE: Pair = (
    "[반려견 순찰대] 인증번호 {code} (10분 안에 입력). 요청하지 않았다면 무시하세요.",
    "[Companion-dog patrol] Your code is {code}, for 10 minutes. Not asked for? Ignore it.",
)
KNOWN: Pair = (
    "[반려견 순찰대] 이미 가입되어 있습니다. 로그인하거나 비밀번호를 다시 정하세요.",
    "[Companion-dog patrol] You have an account already; sign in or reset your password.",
)
TAKEN: Pair = (
    "[반려견 순찰대] 이 연락처는 이미 다른 계정에서 쓰고 있습니다. 그 계정으로 로그인하세요.",
    "[Companion-dog patrol] Another account uses this contact already; sign in to that one.",
)
ENTERED: Pair = (
    "[반려견 순찰대] 담당자가 이 연락처를 이미 적어 두었습니다. 받은 초대로 시작하거나 담당자에게 알려 주세요.",
    "[Companion-dog patrol] A coordinator entered this contact already; use your invitation, or tell them.",
)
INVITATION_TITLE: Pair = ("반려견 순찰대에 초대합니다", "Your invitation to the companion-dog patrol")
INVITATION: Pair = (
    "[반려견 순찰대] {city} 순찰대에 초대되었습니다. 7일 안에 시작하세요: {link}",
    "[Companion-dog patrol] You are invited to the patrol of {city}. Begin within 7 days: {link}",
)

ACCOUNT: dict[str, tuple[Pair, Pair]] = {
    "new_device": (
        ("새 기기에서 로그인", "{what}에서 로그인했습니다. 본인이 아니면 비밀번호를 바꾸고 그 기기를 로그아웃하세요."),
        ("Signed in on a new device", "On {what}. Not you? Change your password and sign that device out."),
    ),
    "password_changed": (
        (
            "비밀번호 변경",
            "비밀번호가 바뀌어 다른 기기가 로그아웃되었습니다. 본인이 아니면 비밀번호를 다시 정하세요.",
        ),
        ("Password changed", "Other devices were signed out. Not you? Reset your password at once."),
    ),
    "contact_changed": (
        ("연락처 변경", "로그인에 쓰는 연락처가 바뀌었습니다. 본인이 아니면 담당자에게 알려 주세요."),
        ("Contact changed", "A contact you sign in with has changed. Not you? Tell your coordinator."),
    ),
    "unconfirmed": (
        (
            "연락처 확인",
            "아직 확인되지 않은 연락처로는 알림도 비밀번호 재설정 번호도 보내지 않습니다. 계정에서 확인해 주세요.",
        ),
        (
            "Confirm your contact",
            "Until you have, neither messages nor codes for a new password go there. Do it on your account's page.",
        ),
    ),
    "factor_set": (
        ("2단계 인증 설정", "이제 로그인할 때 인증 앱의 번호도 필요합니다. 본인이 아니면 관리자에게 알려 주세요."),
        ("Second step set up", "Signing in now also asks for your app's code. Not you? Tell an admin."),
    ),
    "factor_removed": (
        ("2단계 인증 해제", "로그인할 때 인증 앱의 번호를 더는 묻지 않습니다. 본인이 아니면 관리자에게 알려 주세요."),
        ("Second step removed", "Signing in no longer asks for your app's code. Not you? Tell an admin."),
    ),
    "factor_reset": (
        ("2단계 인증 초기화", "관리자 {what} 님이 2단계 인증을 초기화했습니다. 다시 로그인해 새로 설정하세요."),
        ("Second step reset", "Your second step was reset by {what}; sign in and set it up again."),
    ),
    "recovery_used": (
        ("복구 코드 사용", "복구 코드 하나로 로그인했습니다. 남은 코드: {what}개"),
        ("Recovery code used", "You signed in with a recovery code. Left: {what}."),
    ),
}


def says(words: Pair, language: str) -> Callable[[str], Said]:
    """Given a code, what is sent in that language; words without a place for the code leave it out."""
    which = 0 if language == "ko" else 1
    return lambda code: {"title": CODE_TITLE[which], "body": words[which].format(code=code)}


def invitation(language: str, *, city: str, link: str) -> Said:
    """What brings somebody's one-time link to them."""
    which = 0 if language == "ko" else 1
    return {"title": INVITATION_TITLE[which], "body": INVITATION[which].format(city=city, link=link)}


def tell_owner(person: Person, event: str, *, key: str, what: str = "", now: datetime) -> None:
    """A message to the account's owner, inside the transaction that did it; `key` makes it one of its kind."""
    ko, en = ACCOUNT[event]
    words: Words = {
        "ko": {"title": ko[0], "body": ko[1].format(what=what)},
        "en": {"title": en[0], "body": en[1].format(what=what)},
    }
    enqueue(
        city=person.city_id,
        people=[person.id],
        kind="account",
        words=words,
        link="/account",
        subject=None,
        urgent=False,
        dedupe_key=f"{event}:{key}",
        now=now,
    )
