"""Which tests run on which database, and when.

A test of the `database` fixture runs on SQLite and on PostgreSQL. Most show what the product does, whatever it is kept
in: their repeat on PostgreSQL is part of `make test-slow`. `make test` holds on to the repeats of tests whose subject
is what a database does: everything in OF_THE_DATABASE, what happens at once (by name; how soon a page shows something
is not that), and what is marked `both_fast`: constraints, indexes, several workers, a life with rows in every table.
"""

from collections.abc import Iterable

import pytest

OF_THE_DATABASE = ("alerts", "config", "notifications", "tooling")
"""Rooms where locks, clocks and order in the database are the subject."""
sqlite_only = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what does not depend on the database, such as pages, files and rules over HTTP."""
SLOWLY_ON_POSTGRESQL = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
slowly_on_postgresql = pytest.mark.parametrize("database", SLOWLY_ON_POSTGRESQL, indirect=True)
"""For what takes seconds in one of those rooms."""


def only_slowly_again(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests of `items` that say again on PostgreSQL what they say on SQLite, and that `make test` does without."""
    on_sqlite = {_function(item) for item in items if _engine(item) == "sqlite"}
    repeats = [item for item in items if _engine(item) == "postgresql" and _function(item) in on_sqlite]
    return [item for item in repeats if not _is_of_the_database(item)]


def _is_of_the_database(item: pytest.Item) -> bool:
    room = item.path.parent.name
    if room in OF_THE_DATABASE or ("at_once" in item.nodeid and room != "web"):
        return True
    return item.get_closest_marker("both_fast") is not None


def _function(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _engine(item: pytest.Item) -> object:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("database") if callspec else None
