"""A problem from a file of any of the formats, and files written whole."""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from routing.files.problem_json import read_problem
from routing.files.refusal import FileError
from routing.files.top import is_top, read_top
from routing.files.toptw import is_toptw, read_toptw
from routing.problem import Problem

Format = Literal["auto", "json", "top", "toptw"]


@dataclass(frozen=True, eq=False)
class Instance:
    """A problem, and for a published one how its file reckons: the score of paths of blocks, nan if they break it."""

    problem: Problem
    prize: Callable[[Sequence[Sequence[int]]], float] | None


def read_instance(path: Path, *, kind: Format = "auto", paths: int | None = None) -> Instance:
    """The problem in a file; `auto` looks at how it begins. paths: how many, which a TOPTW file does not say.

    Raises FileError for what is wrong with the content, OSError for a file that cannot be read.
    """
    content = path.read_bytes()
    if kind == "json" or (kind == "auto" and content.lstrip()[:1] in (b"{", b"[")):
        return Instance(read_problem(content), None)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise FileError("line 1", f"is not text ({error.reason})") from error
    if kind == "top" or (kind == "auto" and is_top(text)):
        top = read_top(text)
        return Instance(top.problem(), top.prize)
    if kind == "toptw" or is_toptw(text):
        if paths is None or paths < 1:
            raise FileError("line 1", "is a TOPTW instance, which does not say how many paths there are: give --paths")
        toptw = read_toptw(text, path.stem)
        return Instance(toptw.problem(paths), toptw.prize)
    raise FileError("line 1", "is neither patrol-problem JSON nor a TOP or TOPTW instance")


def write_whole(target: Path, content: bytes) -> None:
    """The whole file or none of it, with the rights that a new file has here. Raises OSError."""
    number, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(draft).chmod(0o666 & ~mask)
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
