"""Spreadsheets of teams for tests: a row that is right, as CSV or .xlsx, and bringing it in."""

import csv
import io
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from flask.testing import FlaskClient
from openpyxl import Workbook
from werkzeug.test import TestResponse

from patrol.people.models import Link, Person, Role
from patrol.teams.models import Availability, Dog, Team, TeamImport, TeamStep

IMPORTS = "/api/v1/teams/imports"
_numbers = itertools.count(1)


def a_row(**given: Any) -> dict[str, Any]:
    """A handler of their own with a dog; a column given as None is left out."""
    number = next(_numbers)
    row = {
        "이름": f"견본 신청자 {number:02}",
        "연락처": f"010-5555-{number:04}",
        "생년월일": "1990-05-01",
        "반려견 이름": "보리",
        "동물등록번호": f"410-0000-{number:08}",
        "견종": "진돗개",
        "몸무게": "18.5",
        "반려견 생년월일": "2021-03-04",
        "백신 유효일": "2027-05-01",
        **given,
    }
    return {header: value for header, value in row.items() if value is not None}


def csv_of(*rows: Mapping[str, Any], encoding: str = "utf-8") -> bytes:
    """Rows as CSV; the header is every column that one has."""
    header = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(*rows: Mapping[str, Any]) -> bytes:
    """Rows as the first sheet of a workbook, values with their types."""
    header = list(dict.fromkeys(key for row in rows for key in row))
    return book_of([header, *([row.get(key) for key in header] for row in rows)])


def book_of(lines: Iterable[Iterable[Any]]) -> bytes:
    """Lines as the first sheet of a workbook."""
    book = Workbook()
    for line in lines:
        book.active.append(list(line))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def post_sheet(
    client: FlaskClient, headers: Mapping[str, str], content: bytes, *, kind: str = "text/csv", **query: str
) -> TestResponse:
    """The answer to a spreadsheet, which is only looked through unless the query says more."""
    return client.post(IMPORTS, query_string=query, data=content, content_type=kind, headers=headers)


def bring_in(
    client: FlaskClient, headers: Mapping[str, str], content: bytes, *, kind: str = "text/csv", **query: str
) -> TestResponse:
    """The answer to a spreadsheet that was looked through and is brought in."""
    digest = post_sheet(client, headers, content).json["digest"]
    return post_sheet(client, headers, content, kind=kind, dry_run="false", digest=digest, **query)


def everything() -> list[int]:
    """How many rows there are of each kind that a spreadsheet makes."""
    return [model.select().count() for model in (Person, Role, Link, Team, Dog, Availability, TeamStep, TeamImport)]
