"""Pure decisions about people."""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from config.policy import Consent, Formats

ROLES = ("walker", "coordinator", "officer", "admin")
STAFF = frozenset({"coordinator", "officer", "admin"})
ROLE_NAMES = {
    "walker": {"ko": "대원", "en": "walker"},
    "coordinator": {"ko": "코디네이터", "en": "coordinator"},
    "officer": {"ko": "경찰관", "en": "officer"},
    "admin": {"ko": "관리자", "en": "admin"},
}
STAFF_ACTIONS = (
    "invite",
    "renew_invitation",
    "revoke_invitation",
    "change_role",
    "grant_duty",
    "end_duty",
    "disable",
    "enable",
)
"""What is written down of a member of staff, see models.StaffStep."""
PERSON_STATES = ("invited", "active", "disabled")
LINK_PURPOSES = ("invitation", "sign_in")
SESSION_CHANNELS = ("device", "page")
SESSION_STAGES = ("half", "password", "full")
"""half: the password is known, a code still due; password: that sufficed; full: a second factor came, too."""
CHALLENGES = ("registration", "reset", "contact")
"""What a code sent to a phone or mailbox is for."""
CHANNELS = ("email", "sms")
LINK_NEEDS = {"invitation": "invited", "sign_in": "active"}
"""State that an account must be in for a link to be of use: a link does not bring a disabled one back."""
LANGUAGES = ("ko", "en")
CONSENTS = ("service", "location", "police", "photo")
CONSENT_NAMES = {
    "service": {"ko": "서비스 이용", "en": "using the service"},
    "location": {"ko": "위치 기록", "en": "recording my position"},
    "police": {"ko": "경찰과 공유", "en": "sharing with the police"},
    "photo": {"ko": "사진", "en": "photos"},
}
PURPOSES = {
    "roster": {"ko": "순찰 편성", "en": "planning and running patrols"},
    "screening": {"ko": "심사", "en": "screening"},
    "safety": {"ko": "안전 확인", "en": "looking after somebody's safety"},
    "answer": {"ko": "신고 처리", "en": "answering a sighting"},
    "contact": {"ko": "연락", "en": "getting in touch"},
    "dispute": {"ko": "민원·분쟁 확인", "en": "a complaint or dispute"},
    "report": {"ko": "통계·보고", "en": "statistics and reporting"},
    "audit": {"ko": "감사·점검", "en": "an audit or inspection"},
    "request": {"ko": "본인 요청", "en": "the person's own request"},
}
"""What somebody's identity or place may be read for, as the reader states it and the person reads it."""
ERASURE_REASONS = {
    "request": {"ko": "본인 요청", "en": "the person's own request"},
    "left": {"ko": "활동을 그만둠", "en": "no longer taking part"},
    "duplicate": {"ko": "중복 계정", "en": "an account made twice"},
    "deceased": {"ko": "사망", "en": "the person has died"},
    "order": {"ko": "관계 기관의 명령", "en": "an order of an authority"},
}
"""Why somebody's account is erased by another. What one writes freely would stay in the access log without them."""
READ_THINGS = {
    "team": {"ko": "팀과 보호자 이름", "en": "team and handler's name"},
    "contact": {"ko": "이름과 연락처", "en": "name, number and e-mail address"},
    "roster_file": {"ko": "연락처가 있는 명단 파일", "en": "a list with contacts, as a file"},
    "team_note": {"ko": "팀에 관한 메모", "en": "notes about the team"},
    "eligibility": {"ko": "활동 자격과 기한", "en": "until when the team may patrol"},
    "dog_dispute": {"ko": "반려견 등록 확인", "en": "a claim to a dog that two teams have"},
    "screening": {"ko": "심사 순서와 점수", "en": "number and points on a screening day"},
    "shift": {"ko": "근무와 경로", "en": "shift and its route"},
    "walk": {"ko": "순찰 기록", "en": "record of walks"},
    "last_position": {"ko": "순찰 중 마지막 위치", "en": "last position on a walk"},
    "restricted_sighting": {"ko": "보호가 필요한 신고", "en": "a sighting of a protected kind"},
    "sighting_photo": {"ko": "신고 사진", "en": "a photo of a sighting"},
    "reporter_contact": {"ko": "신고에 함께 알린 이름과 연락처", "en": "name and number given with a sighting"},
    "second_factor": {"ko": "2단계 인증 (초기화)", "en": "second step of signing in (reset)"},
    "export": {"ko": "개인정보 전체 사본", "en": "a copy of everything kept"},
    "erasure": {"ko": "계정 삭제", "en": "erasing the account"},
}
"""What may be read of somebody, in words."""
LEAST_PASSWORD, MOST_PASSWORD = 10, 200


def e164(text: str, formats: Formats) -> str | None:
    """A phone number as it is stored (+821012345678), or None when it is none by the city's formats.

    Written with a leading + it is taken as international; else its digits must match the national pattern. Korean
    keyboards write full-width digits, too. Anything but digits and what people put between them makes it no number.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"\+?[0-9 ().\-/]+", written):
        return None
    digits = re.sub(r"[^0-9]", "", written)
    if written.startswith("+"):
        national = digits.removeprefix(formats.phone_country_code)
        if national == digits:
            return f"+{digits}" if 7 <= len(digits) <= 15 else None
        digits = "0" + national if re.fullmatch(formats.phone_pattern, "0" + national) else national
    if not re.fullmatch(formats.phone_pattern, digits):
        return None
    return f"+{formats.phone_country_code}{digits.removeprefix('0')}"


def email_address(text: str) -> str | None:
    """An e-mail address as it is stored, in small letters, or None when it is none."""
    address = text.strip().casefold()
    return address if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address) else None


def contact_meant(text: str, formats: Formats) -> tuple[str, str]:
    """What somebody types to say who they are: which of CHANNELS reaches it, and it as it is kept."""
    number = e164(text, formats)
    return ("sms", number) if number else ("email", text.strip().casefold())


def as_dialled(phone: str | None, formats: Formats) -> str | None:
    """A stored number as people here write it: +821012345678 → 010-1234-5678; a foreign one stays as it is.

    Korean numbers are grouped as they are there; others as the policy's example is, when they have as many digits.
    """
    prefix = f"+{formats.phone_country_code}"
    if phone is None or not phone.startswith(prefix) or not formats.phone_example.startswith("0"):
        return phone
    digits = "0" + phone.removeprefix(prefix)
    if formats.phone_country_code == "82":
        head = 2 if digits.startswith("02") else 3
        return f"{digits[:head]}-{digits[head:-4]}-{digits[-4:]}"
    places = re.findall(r"[0-9]", formats.phone_example)
    if len(places) != len(digits):
        return digits
    left = iter(digits)
    return re.sub(r"[0-9]", lambda _: next(left), formats.phone_example)


def network_of(address: str) -> str:
    """What a network address counts as: itself, of IPv6 its /64, as one subscriber has all of that.

    A server that listens on both sees an IPv4 address written as IPv6 (::ffff:203.0.113.7); all of these share a /64.
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return address
    return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))


def needs(*, staff: bool, stage: str) -> str:
    """What a session lacks before its person may act: "code", "enrolment", or "" for nothing.

    Staff without a second factor may do nothing but set one up, also when they became staff after signing in.
    """
    if stage == "half":
        return "code"
    return "enrolment" if staff and stage == "password" else ""


def device_named(user_agent: str) -> str:
    """What people call a browser: "Chrome, Android". What is no browser stays as it names itself, shortened."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or user_agent[:80]


BROWSERS = (
    ("SamsungBrowser/", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""Signs in the order in which they tell: nearly every browser also claims to be Chrome and Safari."""
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def missing_consents(required: Iterable[tuple[str, int]], given: Iterable[tuple[str, int]]) -> list[str]:
    """Kinds whose present version has not been given."""
    have = set(given)
    return [kind for kind, version in required if (kind, version) not in have]


def consent_ends(consent: Consent, given_at: datetime) -> datetime | None:
    """Until when a consent given then stands by the policy; None: until it is withdrawn."""
    return None if consent.valid_days is None else given_at + timedelta(days=consent.valid_days)


def in_words(code: str, known: dict[str, dict[str, str]]) -> dict[str, str]:
    """What a code of a table means in each language; one that it does not hold (any more) says itself."""
    return known.get(code, {"ko": code, "en": code})


Span = tuple[datetime, datetime]


def uncovered(spans: Iterable[Span], begins_at: datetime, ends_at: datetime) -> list[Span]:
    """The parts of a time that none of `spans` covers, in order. A span holds its beginning and not its end."""
    found, until = [], begins_at
    for first, last in sorted(spans):
        if first > until:
            found.append((until, min(first, ends_at)))
        until = max(until, last)
        if until >= ends_at:
            return found
    return [*found, (until, ends_at)] if until < ends_at else found
