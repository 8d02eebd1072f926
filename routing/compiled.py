"""Inner loops compiled to machine code by Numba, or run as they are where Numba does not work.

The compiled code is kept beside the sources and made at set-up, so that no request waits for a compiler.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

numba: Any
try:
    import numba
except ImportError:  # no wheel for this machine: slower, and right all the same
    numba = None


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A kernel: takes arrays and numbers, holds no interpreter lock while it runs, rounds like NumPy."""
    if numba is None:
        return function
    kernel: Callable[Arguments, Result] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return kernel
