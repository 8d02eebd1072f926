"""Alerts as Common Alerting Protocol 1.2, and a feed of them, from plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from patrol.bridges.operations.xml import written
from patrol.bridges.rules import storable_in_xml

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
ATOM_TYPE = "application/atom+xml"
LANGUAGES = {"ko": "ko-KR", "en": "en-US"}
NOT_IN_A_NAME = str.maketrans(dict.fromkeys(" ,<&", "-"))
"""What CAP forbids in a sender's name."""


@dataclass(frozen=True, slots=True)
class Circle:
    """WGS 84 degrees and metres."""

    lat: float
    lon: float
    radius_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CapAlert:
    """One alert. Words are {"ko", "en"}; `urgency` as in the policy. `ended_at`: it was taken back then.

    `version` counts changes from 1, the last of them at `changed_at`. Of an `exercise` receivers are told that
    nothing has happened.
    """

    id: UUID
    version: int
    sender: str
    published_at: datetime
    changed_at: datetime
    expires_at: datetime
    exercise: bool
    urgency: str
    category: str
    event: dict[str, str]
    description: dict[str, str]
    area: dict[str, str]
    circle: Circle | None = None
    ended_at: datetime | None = None


def cap_xml(alert: CapAlert, zone: ZoneInfo) -> bytes:
    """A CAP 1.2 document; times are in `zone`, as CAP knows no Z. One that was taken back is a Cancel."""
    root = ET.Element("alert", xmlns=CAP)
    cancelled = alert.ended_at is not None
    _add(root, "identifier", f"{alert.id}.{alert.version}")
    _add(root, "sender", _name(alert.sender))
    _add(root, "sent", _time(alert.changed_at, zone))
    _add(root, "status", "Exercise" if alert.exercise else "Actual")
    _add(root, "msgType", "Cancel" if cancelled else "Update" if alert.version > 1 else "Alert")
    _add(root, "scope", "Restricted")
    _add(root, "restriction", "For whom the city gave a key / 도시가 키를 준 기관")
    if alert.exercise:
        _add(root, "note", "훈련입니다 / This is an exercise")
    if alert.version > 1:
        _add(root, "references", f"{_name(alert.sender)},{alert.id}.1,{_time(alert.published_at, zone)}")
    for language in LANGUAGES:
        _info(root, alert, language, zone)
    return written(root)


def feed_xml(alerts: Iterable[CapAlert], *, url: str, title: str, now: datetime, zone: ZoneInfo) -> bytes:
    """An Atom feed whose entries lead to each alert's document at `url`/{id}.xml."""
    root = ET.Element("feed", xmlns=ATOM)
    _add(root, "id", url)
    _add(root, "title", title)
    _add(root, "updated", _time(now, zone))
    _add(ET.SubElement(root, "author"), "name", title)
    for alert in alerts:
        entry = ET.SubElement(root, "entry")
        _add(entry, "id", f"urn:uuid:{alert.id}")
        _add(entry, "title", " / ".join(alert.event[language] for language in LANGUAGES))
        _add(entry, "updated", _time(alert.changed_at, zone))
        _add(entry, "published", _time(alert.published_at, zone))
        ET.SubElement(entry, "link", rel="alternate", type=CAP_TYPE, href=f"{url}/{alert.id}.xml")
    return written(root)


def _info(root: ET.Element, alert: CapAlert, language: str, zone: ZoneInfo) -> None:
    info = ET.SubElement(root, "info")
    _add(info, "language", LANGUAGES[language])
    _add(info, "category", alert.category)
    _add(info, "event", alert.event[language])
    _add(info, "urgency", "Past" if alert.ended_at else alert.urgency)
    _add(info, "severity", "Unknown")
    _add(info, "certainty", "Observed" if not alert.exercise else "Unknown")
    _add(info, "effective", _time(alert.published_at, zone))
    _add(info, "expires", _time(alert.expires_at, zone))
    _add(info, "senderName", alert.sender)
    _add(info, "headline", alert.event[language])
    said = next((text for text in (alert.description[language], *alert.description.values()) if text), "")
    _add(info, "description", said)
    area = ET.SubElement(info, "area")
    _add(area, "areaDesc", alert.area[language])
    if alert.circle is not None:
        found = alert.circle
        _add(area, "circle", f"{found.lat:.6f},{found.lon:.6f} {found.radius_m / 1000:.3f}")


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = storable_in_xml(text)


def _name(text: str) -> str:
    return text.translate(NOT_IN_A_NAME)


def _time(at: datetime, zone: ZoneInfo) -> str:
    """CAP's form: whole seconds and an offset; of UTC it is -00:00."""
    text = at.astimezone(zone).replace(microsecond=0).isoformat()
    return text[:-6] + "-00:00" if text.endswith("+00:00") else text
