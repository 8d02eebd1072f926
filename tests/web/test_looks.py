"""Colours that can be read, by day and by night (WCAG 2.2, 1.4.3: at least 4.5 to 1 for text)."""

import re
from pathlib import Path

import pytest

SHEET = Path(__file__).parents[2] / "web" / "static" / "patrol.css"
TEXT_ON = [
    ("ink", "paper"),
    ("ink", "sheet"),
    ("ink", "sunk"),
    ("ink-soft", "paper"),
    ("ink-soft", "sheet"),
    ("ink-soft", "sunk"),
    ("accent", "paper"),
    ("accent", "sheet"),
    ("accent", "accent-wash"),
    ("accent-ink", "accent"),
    ("danger", "sheet"),
    ("danger", "danger-wash"),
    ("danger-ink", "danger"),
    ("ink", "danger-wash"),
    ("warn", "warn-wash"),
    ("ink", "warn-wash"),
    ("good", "good-wash"),
    ("ink", "accent-wash"),
    ("paper", "ink"),
]


def colours() -> dict[str, dict[str, str]]:
    text = SHEET.read_text(encoding="utf-8")
    day, night = text.split("@media (prefers-color-scheme: dark)")[:2]
    by_day = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", day))
    return {"light": by_day, "dark": by_day | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", night))}


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str):
    found = colours()[scheme]
    lighter, darker = sorted((luminance(found[text]), luminance(found[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
