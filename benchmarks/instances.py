"""Published instances in a folder, and the best values that are known of them."""

import csv
import sys
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

from routing.files.instance import read_instance
from routing.files.refusal import FileError
from routing.files.top import is_top
from routing.files.toptw import is_toptw


def published(folder: Path, only: str, *, windows: bool) -> list[Path]:
    """The instance files in the folder and below that are of this kind and whose names (without .txt) match `only`.

    Ends the program with a message when there is none, and for one that cannot be read.
    """
    if not folder.is_dir():
        sys.exit(f"{folder}: is no folder")
    fits: Callable[[str], bool] = is_toptw if windows else is_top
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and fnmatchcase(path.stem, only)]
    found = [path for path in files if fits(path.read_text(encoding="utf-8", errors="replace"))]
    if not found:
        sys.exit(f"{folder}: holds no {'TOPTW' if windows else 'TOP'} instance whose name matches {only}")
    for path in found:
        try:
            read_instance(path, kind="toptw" if windows else "top", paths=1)
        except FileError as error:
            sys.exit(f"{path}: {error}")
    return found


def best_known(table: Path | None) -> dict[str, float]:
    """Instance -> prize, from a CSV with the columns instance and best_known (and set); empty without a table.

    Ends the program with a message that names the line for what is wrong with the table.
    """
    if table is None:
        return {}
    try:
        with table.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            if not {"instance", "best_known"} <= set(rows.fieldnames or ()):
                sys.exit(f"{table}: line 1: must have the columns instance and best_known")
            return {row["instance"]: _number(row["best_known"], table, rows.line_num) for row in rows}
    except OSError as error:
        sys.exit(f"{table}: {error.strerror}")


def _number(text: str, table: Path, line: int) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        sys.exit(f"{table}: line {line}: best_known must be a number, is {text!r}")
