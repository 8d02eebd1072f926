"""What an answer says of when to come again."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_S = 86_400.0
"""Whoever asks for more is asked again after a day."""


def retry_after_s(headers: Mapping[str, str], *, now: datetime) -> float:
    """Seconds that `Retry-After` asks to wait (RFC 9110, 10.2.3); 0 when it asks for none or cannot be read."""
    text = headers.get("Retry-After", "")
    try:
        seconds = float(text)
    except ValueError:
        seconds = _until(text, now)
    return min(max(seconds, 0.0), LONGEST_S) if math.isfinite(seconds) else 0.0


def _until(text: str, now: datetime) -> float:
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0.0
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
