"""A folder in memory: each test makes a database, and on a disk its files take longer than most tests."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NEEDED = 1 << 30
SECONDS_TO_REMOVE = 10

# Waits for the end of its input, which comes when we close it or die; then removes the folder.
GUARD = """
cat >/dev/null
rm -rf "$1"
"""


def roomy() -> Path | None:
    """A file system in memory with room for the databases; None: take the usual place for what is temporary."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes folders of our own in it
    enough = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= NEEDED
    return memory if enough else None


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A folder there, gone at the end, even when we are killed."""
    home = Path(tempfile.mkdtemp(prefix=prefix, dir=roomy()))
    guard = subprocess.Popen(["sh", "-c", GUARD, "guard", home], stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield home
    finally:
        assert guard.stdin is not None
        guard.stdin.close()
        guard.wait(timeout=SECONDS_TO_REMOVE)
