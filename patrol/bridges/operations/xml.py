"""Plain values as XML 1.0 in UTF-8, by the standard library."""

from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from patrol.bridges.rules import storable_in_xml

ITEMS = {"attributes": "attribute", "values": "value", "endpoints": "endpoint", "formats": "format"}
"""Name of a list → that of each thing in it."""


def as_xml(content: Any, root: str, item: str = "") -> bytes:
    """`content`, an object or a list of `item`, below an element `root`. What is None is an empty element."""
    element = ET.Element(root)
    _fill(element, content, item)
    return written(element)


def written(element: ET.Element) -> bytes:
    """A document of this element."""
    text: bytes = ET.tostring(element, encoding="utf-8", xml_declaration=True)
    return text


def _fill(element: ET.Element, value: Any, item: str) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _fill(ET.SubElement(element, name), inner, ITEMS.get(name, ""))
    elif isinstance(value, list):
        for inner in value:
            _fill(ET.SubElement(element, item), inner, "")
    elif value is not None:
        element.text = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime) else storable_in_xml(str(value))
