"""A folder in memory: each test makes a database, and on a disk its files take longer than most tests."""

import os
import shutil
from pathlib import Path

NEEDED = 1 << 30


def roomy() -> Path | None:
    """A file system in memory with room for the databases; None: take the usual place for what is temporary."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes folders of our own in it
    enough = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= NEEDED
    return memory if enough else None
