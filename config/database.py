"""The database, shared by every room, and the fields whose meaning must not depend on the database.

SQLite (WAL) is the embedded default; PostgreSQL by URL. The models bind to `database`, a proxy that `connect` fills.
"""

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import peewee
from playhouse.pool import PooledPostgresqlDatabase

from config.settings import THIS_MACHINE

Works = list[tuple[Callable[[list[Any]], None], list[Any]]]

database = peewee.DatabaseProxy()
_closing = threading.local()

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "foreign_keys": 1,
    "synchronous": "normal",
    "busy_timeout": 5000,
    "secure_delete": 1,  # what is deleted is overwritten: erased people are not in the file either
}
POSTGRES_CONNECTIONS = 48
OPENING_S = 5.0


REMEDIES = {
    r"database (table )?is locked": "the database is locked by another process; end it or wait, then try again",
    r"readonly|read-only": "the database is read-only; give this user the right to write to the file and its folder",
    r"unable to open": "the database file cannot be opened; check PATROL_DATABASE_URL and the folder's rights",
    r"not a database|malformed": "the file is not a SQLite database, or is damaged; check PATROL_DATABASE_URL",
    r"root certificate|certificate verify failed|does not support SSL": (
        "off this machine the database's certificate is checked; add ?sslrootcert=system or the authority's file to "
        "PATROL_DATABASE_URL, or sslmode=disable where nobody else can listen"
    ),
    r"disk is full|No space left": "the disk is full; make room, then try again",
    r"no such table|relation .* does not exist": "tables are missing; run `python app.py migrate`",
}
"""Signs in what the drivers say → what to do."""


class DatabaseUnusable(Exception):
    """The database cannot be opened; the text says why and what to do."""


class Record(peewee.Model):
    """Base of every table."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Peewee adds `<key>_id` and back references, which its stubs do not know."""

        @classmethod
        def delete(cls) -> peewee.ModelDelete:
            """In the stubs a descriptor that type checkers call ambiguous."""

    class Meta:
        database = database
        legacy_table_names = False


class UtcField(peewee.DateTimeField):
    """An instant. Refuses naive values, stores UTC, gives back aware UTC on both databases.

    peewee's own field came back naive and shifted on a PostgreSQL session outside UTC, and text with mixed offsets
    sorts wrongly on SQLite; hence one fixed text form there and TIMESTAMPTZ here.
    """

    field_type = "TIMESTAMPTZ"

    def db_value(self, value: Any) -> Any:
        """Aware datetime → what the driver stores. Raises ValueError for a naive one and for anything else."""
        if value is None:
            return value
        if not isinstance(value, datetime):
            raise ValueError(f"{self.name}: not a time ({value!r})")  # noqa: TRY004 - one kind of error for the caller
        if value.tzinfo is None:
            raise ValueError(f"{self.name}: a time without a zone ({value.isoformat()})")
        moment = value.astimezone(UTC)
        return moment.isoformat(sep=" ", timespec="microseconds") if is_sqlite() else moment

    def python_value(self, value: Any) -> Any:
        """What the driver gives → aware datetime in UTC."""
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return value.astimezone(UTC) if isinstance(value, datetime) else value


class Embedded(peewee.SqliteDatabase):
    """SQLite whose new file several processes may open at once: of two that turn it to WAL, one is refused unwaited."""

    def _connect(self) -> sqlite3.Connection:
        until = time.monotonic() + OPENING_S
        while True:
            try:
                opened: sqlite3.Connection = super()._connect()  # type: ignore[misc] # the stubs leave it out
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.02)
            else:
                return opened


def as_uuid(value: UUID | str) -> UUID:
    """An id as the driver gives it where no field reads it, as in a union of queries."""
    return value if isinstance(value, UUID) else UUID(value)


def is_sqlite() -> bool:
    """Whether the connected database is SQLite."""
    return isinstance(database.obj, peewee.SqliteDatabase)


def connect(url: str) -> None:
    """Bind the models to the database at `url`. Opens no connection yet. Raises DatabaseUnusable."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # homes are in there: for this user alone
        except OSError as error:
            raise DatabaseUnusable(f"the folder {path.parent} cannot be made ({error.strerror})") from None
        database.initialize(Embedded(str(path), pragmas=SQLITE_PRAGMAS, lock_type="IMMEDIATE"))
        return
    database.initialize(
        PooledPostgresqlDatabase(
            guarded(url), prefer_psycopg3=True, max_connections=POSTGRES_CONNECTIONS, stale_timeout=300, timeout=10
        )
    )


def guarded(url: str) -> str:
    """A PostgreSQL URL that says what it trusts: off this machine the server's certificate is checked.

    Left to itself the driver would try TLS, check nothing, and go on without; `sslmode` in the URL says otherwise.
    """
    parts = urlsplit(url)
    if parts.hostname is None or parts.hostname in THIS_MACHINE or "sslmode" in parse_qs(parts.query):
        return url
    return f"{url}{'&' if parts.query else '?'}sslmode=verify-full"


def disconnect() -> None:
    """Close every connection of this process."""
    if database.obj is None:
        return
    if isinstance(database.obj, PooledPostgresqlDatabase):
        database.obj.close_all()
    elif not database.is_closed():
        database.close()


@contextmanager
def connection() -> Iterator[None]:
    """A connection for one request or one job, given back at its end. Nests."""
    opened = database.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened and not database.is_closed():
            database.close()


@contextmanager
def transaction() -> Iterator[None]:
    """One operation: all or nothing. Inside another it is a savepoint.

    BEGIN IMMEDIATE on SQLite: a reader that turns writer in mid-transaction would fail at once instead of waiting.
    """
    outer: Works | None = getattr(_closing, "works", None)
    works: Works = []
    with connection(), database.atomic():
        _closing.works = works
        try:
            yield
            if outer is None:
                _do(works)
        finally:
            _closing.works = outer
    if outer is not None:
        outer += works


def in_operation() -> bool:
    """Whether a `transaction` is open in this thread."""
    return getattr(_closing, "works", None) is not None


def checkpoint() -> None:
    """Bring what was deleted out of SQLite's write-ahead log, as far as nobody is reading; elsewhere nothing.

    Outside a transaction only: within one it is left to the next call.
    """
    with connection():
        if is_sqlite() and not database.in_transaction():
            database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def before_commit(work: Callable[[list[Any]], None], items: list[Any]) -> None:
    """Do `work` once with all that was asked of it, in order, as the last thing in the outermost transaction.

    What is rolled back is left out; `items` may still be filled until then. Raises RuntimeError when no `transaction`
    is open.
    """
    works: Works | None = getattr(_closing, "works", None)
    if works is None:
        raise RuntimeError("what is told is written in the transaction that caused it, and none is open")
    works.append((work, items))


def _do(works: Works) -> None:
    asked: dict[Callable[[list[Any]], None], list[Any]] = {}
    for work, items in works:
        asked.setdefault(work, []).extend(items)
    for work, items in asked.items():
        work(items)


def explain(error: peewee.PeeweeException) -> str:
    """What a person can do about an error of the database itself."""
    text = str(error).strip()
    for sign, remedy in REMEDIES.items():
        if re.search(sign, text):
            return remedy
    return text.splitlines()[0] if text else type(error).__name__


def one_of(column: str, words: Iterable[str]) -> Any:
    """CHECK that `column` holds one of `words` (peewee's `choices` are not enforced by the database)."""
    return peewee.Check(f"{column} IN ({', '.join(repr(word) for word in sorted(words))})")
