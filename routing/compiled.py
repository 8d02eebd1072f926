"""Inner loops compiled to machine code by Numba, or run as they are where Numba does not work.

The machine code is kept and made at set-up, so that no request waits for a compiler. Numba renews it when the file of
a kernel changes, but not when a kernel that it calls does. So each state of a folder's sources has a place of its own,
and a kernel may call those of its own folder and those at the top of this room, nobody else's.
"""

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_ROOM = Path(__file__).parent

numba: Any
try:
    import numba
except ImportError:  # no wheel for this machine: slower, and right all the same
    numba = None


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A kernel: takes arrays and numbers, holds no interpreter lock while it runs, rounds like NumPy."""
    if numba is None:
        return function
    place = _place(Path(function.__code__.co_filename).parent)
    if place is not None:
        numba.config.CACHE_DIR = str(place)
    kernel: Callable[Arguments, Result] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return kernel


@functools.cache
def _place(folder: Path) -> Path | None:
    """Where the machine code of a folder's kernels is kept; None where nothing can be: Numba then finds a place."""
    digest = hashlib.sha256()
    for file in sorted({*folder.glob("*.py"), *_ROOM.glob("*.py")}):
        text = file.read_bytes()
        if b"@compiled" in text:
            digest.update(text)
    place = folder / "__pycache__" / f"kernels-{digest.hexdigest()[:16]}"
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:  # a read-only installation
        return None
    return place
