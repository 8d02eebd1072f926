"""Databases before their migrations, and processes that migrate them."""

import subprocess
import sys
from pathlib import Path

from config.database import connect, database, disconnect, is_sqlite

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from config import migrating
from config.database import connect
connect(sys.argv[1])
if len(sys.argv) > 2:
    migrating.SCRIPTS = Path(sys.argv[2])
print(*migrating.migrate())
"""


def emptied(url: str, folder: Path) -> str:
    """The URL of a database without any table, connected, in place of this one; a file of SQLite's in `folder`."""
    if is_sqlite():
        disconnect()
        url = f"sqlite:///{folder}/empty.db"
        connect(url)
        return url
    for statement in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
        database.execute_sql(statement)
    return url


def migration(url: str, *scripts: Path) -> subprocess.Popen[str]:
    """A process that migrates the database, by other scripts if any are named, and prints what it applied."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, url, *map(str, scripts)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
