"""What the database is asked, and how it goes about it."""

import threading
from collections.abc import Callable, Iterable
from typing import Any, Self

from config.database import connection, database, is_sqlite

NO_QUERY = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK", "SET ")

Asked = tuple[str, Any]


class Queries:
    """What the database is asked within the block, in this thread or another; transactions' own words apart."""

    def __enter__(self) -> Self:
        self.asked: list[Asked] = []
        self._execute = database.obj.execute_sql
        database.obj.execute_sql = self._note
        return self

    def __exit__(self, *_: object) -> None:
        del database.obj.execute_sql

    def texts(self) -> list[str]:
        """The statements without their values."""
        return [sql for sql, _ in self.asked]

    def _note(self, sql: str, params: Any = None, *rest: Any, **more: Any) -> Any:
        if not sql.upper().startswith(NO_QUERY):
            self.asked.append((sql, params))
        return self._execute(sql, params, *rest, **more)


class Meanwhile(Queries):
    """Within the block something is done in another thread, once, just before the first statement that begins so."""

    def __init__(self, begins: str, done: Callable[[], Any]) -> None:
        self._begins, self._done = begins, done

    def _note(self, sql: str, params: Any = None, *rest: Any, **more: Any) -> Any:
        if sql.startswith(self._begins) and not any(before.startswith(self._begins) for before in self.texts()):
            self.asked.append((sql, params))
            other = threading.Thread(target=self._act)
            other.start()
            other.join()
        return self._execute(sql, params, *rest, **more)

    def _act(self) -> None:
        with connection():
            self._done()


def plan_of(sql: str, params: Any) -> list[str]:
    """How the database goes about a query, tables being so large that it would not read one whole for ease."""
    if is_sqlite():
        return [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()]
    with database.atomic():
        database.execute_sql("SET LOCAL enable_seqscan = off")
        return [row[0] for row in database.execute_sql(f"EXPLAIN {sql}", params).fetchall()]


def assert_by_index(asked: Iterable[Asked]) -> None:
    """Each finds its rows by an index; an upsert by the key that it would break."""
    for sql, params in asked:
        steps = plan_of(sql, params)
        whole = [step for step in steps if "Seq Scan" in step or step.startswith("SCAN ")]
        if sql.startswith("INSERT"):
            assert "ON CONFLICT" in sql
            whole = [step for step in whole if "CONSTANT ROWS" not in step]
        else:
            assert [step for step in steps if "INDEX" in step.upper()], (sql, steps)
        assert whole == [], (sql, steps)
