"""All that the product holds of one person, as one archive: data.json for programs, index.html to be read.

What is no text, as photos are, lies beside them as files.
"""

import html
import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from config.personal import Part
from patrol.people.models import Person
from patrol.people.operations.throttle import throttle
from patrol.places.operations.cities import city_of, zone_of

OnExported = Callable[[UUID], list[Part]]

MOST_ROWS = 500
MOST_COPIES, COPIES_EVERY = 5, timedelta(hours=1)
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
section { margin-top: 2rem; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; }
th, td { padding: 0.35rem 0.75rem; border: 1px solid #8886; text-align: left; vertical-align: top; }
td { max-width: 32rem; overflow-wrap: anywhere; } img { display: block; width: 10rem; } .quiet { opacity: 0.75; }
"""


def allow_copy(person: Person, *, now: datetime) -> None:
    """Count a copy that the person asks for: making one takes the server a while. Raises TooMany."""
    throttle(f"copy:{person.id}", most=MOST_COPIES, every=COPIES_EVERY, now=now)


def archive(person: Person, into: IO[bytes], *, gathered: Iterable[OnExported], now: datetime) -> None:
    """Write a ZIP archive of every subject's part to a file. Holds no secret: no password, no token."""
    parts = [one for gather in gathered for one in gather(person.id)]
    city = city_of(person.city_id)
    content = {
        "person": str(person.id),
        "city": city.slug,
        "made_at": now.isoformat(),
        "tables": {one.table: one.rows for one in parts},
    }
    page = _page(city.name, parts, f"{now.astimezone(zone_of(city)):%Y-%m-%d %H:%M}")
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(_file("data.json", now), json.dumps(content, ensure_ascii=False, indent=1))
        bundle.writestr(_file("index.html", now), page)
        for name, read in ((name, read) for one in parts for name, read in one.files.items()):
            held = read()
            if held is not None:  # deleted while this was made
                bundle.writestr(_file(name, now), held)


def _file(name: str, now: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _page(city: str, parts: list[Part], made: str) -> str:
    filled = [one for one in parts if one.rows]
    empty = ", ".join(f"{one.title['ko']} ({one.title['en']})" for one in parts if not one.rows)
    sections = "".join(_section(one) for one in filled)
    return (
        '<!doctype html><html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>내 정보 · My data</title><style>{STYLE}</style></head><body>"
        "<h1>반려견 순찰대가 가진 내 정보 <small>What the companion-dog patrol holds of me</small></h1>"
        f'<p class="quiet">{_text(city)} · {made} · data.json에 전체가 있습니다. All of it is in data.json.</p>'
        f'{sections}<p class="quiet">없음 · Nothing here: {_text(empty)}</p></body></html>'
    )


def _section(one: Part) -> str:
    columns = list(one.rows[0])
    head = "".join(f"<th>{_text(name)}</th>" for name in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_cell(row[name], one)}</td>" for name in columns) + "</tr>"
        for row in one.rows[:MOST_ROWS]
    )
    left = len(one.rows) - MOST_ROWS
    more = f'<p class="quiet">+ {left} (data.json)</p>' if left > 0 else ""
    title = f"<h2>{_text(one.title['ko'])} <small>{_text(one.title['en'])} ({len(one.rows)})</small></h2>"
    return f'<section>{title}<div class="scroll"><table><tr>{head}</tr>{rows}</table></div>{more}</section>'


def _cell(value: Any, one: Part) -> str:
    """A value as it is read; a file as the picture that it is."""
    text = _text(_shown(value))
    return f'<a href="{text}"><img src="{text}" alt="{text}" loading="lazy"></a>' if text in one.files else text


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _text(value: str) -> str:
    return html.escape(value)
