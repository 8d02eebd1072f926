"""Pure decisions about people."""

import re
from collections.abc import Iterable

from config.policy import Formats

ROLES = ("walker", "coordinator", "officer", "admin")
STAFF = frozenset({"coordinator", "officer", "admin"})
PERSON_STATES = ("invited", "active", "disabled")
LINK_PURPOSES = ("invitation", "sign_in")
SESSION_CHANNELS = ("device", "page")
LANGUAGES = ("ko", "en")
CONSENTS = ("service", "location", "police", "photo")
LEAST_PASSWORD, MOST_PASSWORD = 10, 200


def e164(text: str, formats: Formats) -> str | None:
    """A phone number as it is stored (+821012345678), or None when it is none by the city's formats.

    Written with a leading + it is taken as international; else its digits must match the national pattern.
    """
    digits = re.sub(r"\D", "", text)
    if text.strip().startswith("+"):
        national = digits.removeprefix(formats.phone_country_code)
        if national == digits:
            return f"+{digits}" if 7 <= len(digits) <= 15 else None
        digits = national if re.fullmatch(formats.phone_pattern, national) else "0" + national
    if not re.fullmatch(formats.phone_pattern, digits):
        return None
    return f"+{formats.phone_country_code}{digits.removeprefix('0')}"


def as_dialled(phone: str | None, formats: Formats) -> str | None:
    """A stored number as people here write it: +821012345678 → 010-1234-5678; a foreign one stays as it is."""
    prefix = f"+{formats.phone_country_code}"
    if phone is None or not phone.startswith(prefix) or not formats.phone_example.startswith("0"):
        return phone
    digits = "0" + phone.removeprefix(prefix)
    head = 2 if digits.startswith("02") else 3
    return f"{digits[:head]}-{digits[head:-4]}-{digits[-4:]}"


def missing_consents(required: Iterable[tuple[str, int]], given: Iterable[tuple[str, int]]) -> list[str]:
    """Kinds whose present version has not been given."""
    have = set(given)
    return [kind for kind, version in required if (kind, version) not in have]
