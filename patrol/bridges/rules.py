"""Pure decisions about what other systems are told: which kinds, which span of time, in which words."""

import re
from datetime import datetime, timedelta

from config.policy import Kind, Policy

RIGHTS = ("file", "alerts")
"""`file`: send requests by Open311. `alerts`: read notices as CAP."""
SOURCES = ("open311",)
WEBHOOK_STATES = ("active", "paused")
EVENTS = (
    "sighting.alerted",
    "sighting.acknowledged",
    "sighting.resolved",
    "notice.published",
    "notice.withdrawn",
)
EVENT_OF = {
    "report": "sighting.alerted",
    "reopen": "sighting.alerted",
    "acknowledge": "sighting.acknowledged",
    "resolve": "sighting.resolved",
}
"""A sighting's step → the event that it is."""
EXPORTS = ("blocks_walked", "sightings", "dose")
FORMS = ("csv", "geojson")
BAND_H = 2
"""Hours of a band of the dose ledger."""

SPAN = timedelta(days=90)
"""Of requests, when no other is asked for, and the longest that may be."""
MOST_REQUESTS = 1000
MOST_DESCRIPTION = 4000
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def public_kinds(policy: Policy) -> dict[str, Kind]:
    """Code → kind, of those that other systems read and file. Never one that is restricted or Immediate."""
    return {
        kind.code: kind
        for kind in policy.kinds
        if kind.code in policy.bridges.kinds and not kind.restricted and kind.urgency != "Immediate"
    }


def span(start: datetime | None, end: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """From when until when requests are asked for: 90 days where one end or both are left open."""
    if start is not None:
        return start, end if end is not None else start + SPAN
    end = end if end is not None else now
    return end - SPAN, end


def storable_in_xml(text: str) -> str:
    """Text without the characters that XML 1.0 has no way to write."""
    return NOT_IN_XML.sub("", text)
