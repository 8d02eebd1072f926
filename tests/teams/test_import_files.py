"""Spreadsheets as offices and phones make them are read; what is none is refused and makes nothing stumble."""

import io
import zipfile
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrol.errors import DomainError
from patrol.places.operations.files import FileRefused
from patrol.teams.models import Dog, Team
from patrol.teams.operations import spreadsheets
from patrol.teams.operations.importing import import_teams, try_out
from patrol.teams.operations.spreadsheets import MOST_ROWS, XLSX, read_sheet
from tests.support.databases import sqlite_only
from tests.support.factories import (
    NOW,
)
from tests.support.spreadsheets import IMPORTS, a_row, book_of, bring_in, csv_of, everything, post_sheet, xlsx_of


def test_a_korean_offices_csv_and_a_workbook_say_the_same(client, coordinator):
    row = a_row(이메일="sample-03@example.org")
    for content, kind in (
        (csv_of(row, encoding="utf-8-sig"), "text/csv"),
        (csv_of(row, encoding="cp949"), "text/csv"),
        (xlsx_of(row), XLSX),
        (xlsx_of(row), "application/octet-stream"),
    ):
        found = post_sheet(client, coordinator, content, kind=kind).json
        assert (found["new"], found["teams"][0]["name"]) == (1, row["이름"]), found


@sqlite_only
def test_a_workbooks_numbers_and_dates_are_understood(client, coordinator):
    row = a_row(
        연락처=1055551234,
        생년월일=date(1990, 5, 1),
        동물등록번호=410123456789012,
        몸무게=18,
        **{"반려견 생년월일": 20210304, "백신 유효일": 46508, "비고": "=1+1"},
    )
    found = bring_in(client, coordinator, xlsx_of(row), kind=XLSX)
    assert found.status_code == 200, found.text
    assert found.json["unknown_columns"] == ["비고"]
    dog = Dog.get()
    assert Team.get().handler.phone == "+821055551234"
    assert (dog.registration_no, dog.born_on, dog.vaccinated_until) == (
        "410123456789012",
        date(2021, 3, 4),
        date(2027, 5, 1),
    )


@sqlite_only
def test_english_headers_and_a_form_will_do(client, coordinator):
    row = {
        "Name": "Sample handler 07",
        "Mobile": "010-7777-0001",
        "Date of birth": "1990-05-01",
        "Dog": "Bori",
        "Chip number": "410000000000077",
        "Breed": "Jindo",
        "Weight (kg)": "18",
        "Dog birthday": "2021-03-04",
        "Available hours": "Mon,Wed 19:00-22:00",
    }
    form = {"file": (io.BytesIO(csv_of(row)), "teams.csv")}
    answer = client.post(IMPORTS, data=form, content_type="multipart/form-data", headers=coordinator)
    assert (answer.status_code, answer.json["new"], answer.json["unknown_columns"]) == (200, 1, [])
    empty = client.post(IMPORTS, data={"other": "x"}, content_type="multipart/form-data", headers=coordinator)
    assert (empty.status_code, empty.json["type"]) == (422, "/problems/no-file")


@sqlite_only
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_template_comes_in_with_its_sample_row_passed_over(client, coordinator, form, language):
    answer = client.get(f"{IMPORTS}/template?format={form}", headers=coordinator | {"Accept-Language": language})
    assert (answer.status_code, "attachment" in answer.headers["Content-Disposition"]) == (200, True)
    found = post_sheet(client, coordinator, answer.data, kind=answer.mimetype)
    assert (found.status_code, found.json["teams"], found.json["unknown_columns"]) == (200, [], [])


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (spreadsheets.LARGEST_UNPACKED + 1))
    return file.getvalue()


def rewritten(part, change):
    """A workbook with one of its parts changed."""
    old, new = zipfile.ZipFile(io.BytesIO(xlsx_of(a_row()))), io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in old.namelist():
            packed.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return new.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    + b"]>"
)


REFUSED = {
    "nothing": b"",
    "no text": b"\x00\x01\x02",
    "a header alone": csv_of(a_row()).split(b"\n", maxsplit=1)[0],
    "GeoJSON": b'{"type": "FeatureCollection", "features": []}',
    "without needed columns": csv_of({"이름": "견본", "몸무게": "3"}),
    "one column twice": csv_of(a_row(체중="3")),
    "an old workbook": b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
    "no workbook": b"PK\x03\x04 and no more",
    "a bomb": bomb(),
    "too many rows": csv_of(*[a_row()] * (MOST_ROWS + 1)),
    "too many rows in a workbook": xlsx_of(*[a_row()] * (MOST_ROWS + 1)),
    "too many columns": book_of([[f"열 {n}" for n in range(80)]]),
    "an empty workbook": book_of([]),
    "a row beyond the last": rewritten(SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999999"')),
    "entities within entities": rewritten(
        SHEET, lambda xml: ENTITIES + xml.replace(b"<sheetData>", b"<sheetData><row r='1'><c><v>&m;</v></c></row>")
    ),
    "a part missing": rewritten(SHEET, lambda _: b""),
}


@sqlite_only
@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_and_said_to_be(client, coordinator, kind):
    answer = post_sheet(client, coordinator, REFUSED[kind])
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/file-refused"), answer.text
    assert answer.json["errors"][0]["pointer"] in ("/file", "/", "/columns")


@sqlite_only
def test_a_file_that_is_too_large_is_not_read(client, coordinator):
    answer = post_sheet(client, coordinator, b"x" * (spreadsheets.LARGEST_FILE + 100_000))
    assert answer.status_code == 413


@sqlite_only
def test_a_row_far_down_is_read_and_keeps_its_number(client, coordinator):
    moved = rewritten(SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="900000"').replace(b'2"', b'900000"'))
    assert post_sheet(client, coordinator, moved).json["teams"][0]["rows"] == [900_000]


PARTS = st.sampled_from([csv_of(a_row(), a_row()), xlsx_of(a_row()), csv_of(a_row(), encoding="cp949")])


@st.composite
def broken(draw):
    """A file with some of its bytes changed, cut or doubled; or any bytes at all."""
    content = bytearray(draw(st.one_of(PARTS, PARTS, st.binary(max_size=400))))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content)))
        content[at : at + draw(st.integers(0, 40))] = draw(st.binary(max_size=40))
    return bytes(content)


@sqlite_only
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(content=broken())
def test_no_broken_file_makes_the_reader_stumble(city, content):
    before = everything()
    with suppress(DomainError):  # whatever else is raised fails the test
        try_out(city, content, now=NOW)
    assert everything() == before


@pytest.mark.slow
@sqlite_only
@settings(max_examples=3000, suppress_health_check=list(HealthCheck))
@given(content=broken())
def test_nor_do_thousands(city, content):
    with suppress(DomainError):
        import_teams(city, content, only_valid=True, by=None, now=NOW)


def test_what_a_workbook_warns_of_is_passed_over(recwarn):
    read_sheet(xlsx_of(a_row()), name="teams.xlsx")
    assert [str(each.message) for each in recwarn] == []


def test_a_refusal_names_the_file():
    with pytest.raises(FileRefused, match=r"roster\.xlsx"):
        read_sheet(b"", name="roster.xlsx")
