"""Pure decisions about people."""

import re
import unicodedata
from collections.abc import Iterable

from config.policy import Formats

ROLES = ("walker", "coordinator", "officer", "admin")
STAFF = frozenset({"coordinator", "officer", "admin"})
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
LINK_NEEDS = {"invitation": "invited", "sign_in": "active"}
"""State that an account must be in for a link to be of use: a link does not bring a disabled one back."""
LANGUAGES = ("ko", "en")
CONSENTS = ("service", "location", "police", "photo")
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


def missing_consents(required: Iterable[tuple[str, int]], given: Iterable[tuple[str, int]]) -> list[str]:
    """Kinds whose present version has not been given."""
    have = set(given)
    return [kind for kind, version in required if (kind, version) not in have]
