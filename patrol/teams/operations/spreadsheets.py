"""Spreadsheets as people send them: CSV in UTF-8 or CP949, or .xlsx, within limits. Nothing in them is executed."""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patrol.errors import InvalidRows
from patrol.places.operations.files import FileRefused, read_table
from patrol.teams.rules import COLUMNS, NEEDED, Column, column_of, guarded

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 16 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 2_000
MOST_COLUMNS = 64
LAST_LINE = 1_048_576
LONGEST_CELL = 4_000
PACKED, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BOM = "\ufeff"

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row, numbered as a spreadsheet program shows it. `values` holds the cells that are not empty, by column key."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says of teams. `headers` is {column key: header as written}, `strange` the headers not known."""

    headers: Mapping[str, str]
    strange: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read_sheet(content: bytes, *, name: str) -> Sheet:
    """The rows of a CSV or .xlsx file. Raises FileRefused, and InvalidRows for rows with more cells than the header."""
    if len(content) > LARGEST_FILE:
        raise _refused(name, f"{LARGEST_FILE >> 20} MiB보다 큽니다", f"is larger than {LARGEST_FILE >> 20} MiB")
    if content.startswith(OLD_EXCEL):
        raise _refused(
            name,
            "예전 형식이거나 암호가 걸린 파일입니다. 암호 없이 .xlsx나 CSV로 저장해 주세요",
            "is of an old format or has a password; save it as .xlsx or CSV without one",
        )
    header, rows = _workbook(content, name) if content.startswith(PACKED) else _csv(content, name)
    keys, headers, strange = _columns(header, name)
    found = []
    for number, cells in rows:
        values = {key: cell for key, cell in zip(keys, cells, strict=False) if key and cell not in (None, "")}
        if values:
            found.append(SheetRow(number, values))
    if not found:
        raise _refused(name, "제목 줄 아래에 행이 없습니다", "has no row below its header")
    if len(found) > MOST_ROWS:
        raise _too_many_rows(name)
    return Sheet(headers, strange, tuple(found))


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV that spreadsheet programs open as it is: UTF-8 with its mark, no cell that they would run as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return (BOM + text.getvalue()).encode()


def template(language: str, form: str) -> bytes:
    """An empty spreadsheet with its headers and one row that is plainly a sample; `form` is csv or xlsx."""
    header = [column.ko if language == "ko" else column.en for column in COLUMNS]
    sample = [column.sample for column in COLUMNS]
    if form == "csv":
        return as_csv(header, [sample])
    from openpyxl import Workbook  # noqa: PLC0415 - few requests need it, and it is large
    from openpyxl.styles import Font  # noqa: PLC0415 - as above

    book = Workbook()
    sheet: Any = book.active
    for row in (header, sample):
        sheet.append(row)
    for letter, column in zip(sheet.columns, COLUMNS, strict=True):
        letter[0].font = Font(bold=column.needed)
        for cell in letter:
            cell.number_format = "@"  # text: else the program eats a number's leading 0
        sheet.column_dimensions[letter[0].column_letter].width = max(12, len(column.sample) + 4)
        sheet.column_dimensions[letter[0].column_letter].number_format = "@"
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _refused(name: str, ko: str, en: str) -> FileRefused:
    return FileRefused("/file", name=name, ko=ko, en=en)


def _too_many_rows(name: str) -> FileRefused:
    return _refused(name, f"{MOST_ROWS}행보다 많습니다. 나누어 주세요", f"has more than {MOST_ROWS} rows; split it")


def _columns(header: Sequence[str], name: str) -> tuple[list[str | None], dict[str, str], tuple[str, ...]]:
    """Of each column the key, then {key: header} and the headers not known. Raises FileRefused."""
    keys: list[str | None] = []
    headers: dict[str, str] = {}
    strange = []
    for text in header:
        column = column_of(text)
        if column is None and text:
            strange.append(text)
        if column is not None and column.key in headers:
            twice = f"{headers[column.key]}, {text}"
            raise _refused(name, f"같은 뜻의 열이 둘입니다: {twice}", f"has two columns for the same: {twice}")
        if column is not None:
            headers[column.key] = text
        keys.append(column.key if column else None)
    missing = [column for column in NEEDED if column.key not in headers]
    if not {"phone", "email"} & headers.keys():
        missing.append(next(column for column in COLUMNS if column.key == "phone"))
    if missing:
        raise _refused(name, *_lacks(missing, header))
    return keys, headers, tuple(strange)


def _lacks(missing: Sequence[Column], header: Sequence[str]) -> tuple[str, str]:
    there = ", ".join(text for text in header if text)
    return (
        f"다음 열이 없습니다: {', '.join(column.ko for column in missing)} (있는 열: {there})",
        f"lacks the columns {', '.join(column.en for column in missing)}; there are: {there}",
    )


Rows = Iterable[tuple[int, Sequence[Any]]]


def _csv(content: bytes, name: str) -> tuple[list[str], Rows]:
    if content.removeprefix(BOM.encode()).lstrip().startswith(b"{"):
        raise _refused(name, "표가 아닙니다. CSV나 .xlsx를 보내 주세요", "is no table; send CSV or .xlsx")
    table = read_table(content, name=name)
    long = [
        (row.number, f"칸이 {LONGEST_CELL}자를 넘습니다 (a cell is longer than {LONGEST_CELL} characters)")
        for row in table.rows
        if any(len(str(cell)) > LONGEST_CELL for cell in row.values.values())
    ]
    if long:
        raise InvalidRows(long)
    return list(table.columns), ((row.number, [row.values.get(key) for key in table.columns]) for row in table.rows)


def _workbook(content: bytes, name: str) -> tuple[list[str], Rows]:
    """The header and rows of an .xlsx file's first sheet. Raises FileRefused, whatever is wrong with the file."""
    _refuse_bomb(content, name)
    try:
        filled = list(_filled(content, name))
    except FileRefused:
        raise
    except Exception:  # noqa: BLE001 - whatever a broken workbook makes the library stumble over, the file is at fault
        raise _refused(
            name,
            "엑셀 파일을 읽을 수 없습니다. 다시 저장하거나 CSV로 보내 주세요",
            "cannot be read as a workbook; save it again, or send CSV",
        ) from None
    if not filled:
        raise _refused(name, "첫 시트가 비어 있습니다", "has nothing on its first sheet")
    header = ["" if cell is None else re.sub(r"\s+", " ", str(cell)).strip() for cell in filled[0][1]]
    return header, filled[1:]


def _filled(content: bytes, name: str) -> Iterator[tuple[int, list[Any]]]:
    """The rows of the first sheet that hold something. What the file says of its own size is not trusted."""
    from openpyxl import load_workbook  # noqa: PLC0415 - few requests need it, and it is large

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of decorations that it leaves out
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()
        empty, found = None, 0
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), 1):
            if number > LAST_LINE:
                raise _refused(name, "줄이 너무 많습니다", "has too many lines")
            if cells is empty:  # the library gives one and the same for every line that a file leaves out
                continue
            values = [_value(cell) for cell in cells]
            if all(value in (None, "") for value in values):
                empty = cells
                continue
            if len(values) > MOST_COLUMNS and values[MOST_COLUMNS] not in (None, ""):
                raise _refused(name, f"열이 {MOST_COLUMNS}개보다 많습니다", f"has more than {MOST_COLUMNS} columns")
            found += 1
            if found > MOST_ROWS + 1:
                raise _too_many_rows(name)
            yield number, values


def _value(cell: Any) -> Any:
    """A cell's value; a formula stays its text, which no reader takes for a value."""
    value = cell.value
    if cell.data_type in ("f", "e"):  # a formula, or what came of one that failed
        return f"={value}".replace("==", "=", 1)
    return value[:LONGEST_CELL] if isinstance(value, str) else value


def _refuse_bomb(content: bytes, name: str) -> None:
    """Raise FileRefused unless the parts are few and, unpacked, small. No more is read than a part says it holds."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise _refused(name, "엑셀 파일이 깨졌습니다", "is a broken workbook") from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _refused(name, "풀었을 때 너무 큽니다", "is too large once unpacked")
