"""What every test stands on: a database of its own on both engines, the process's time zone, a browser."""

import itertools
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from flask.testing import FlaskClient
from hypothesis import settings
from playwright.sync_api import Browser

from config.database import connect, disconnect
from config.migrating import migrate
from patrol.places.models import City
from tests.support import absent, chromium, databases, memory, postgres
from tests.support.factories import client_of, make_city
from tests.support.timezones import set_process_zone

TEMPLATE = "patrol_template"

settings.register_profile("patrol", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("patrol")


def pytest_configure(config: pytest.Config) -> None:
    set_process_zone("UTC")
    # structlog's own default draws tracebacks with every local variable: seconds for each error that is a test's point.
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])
    absences = absent.Absences(absent.programs())
    absences.refuse_in_ci()
    config.pluginmanager.register(absences)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What says on PostgreSQL only what it said on SQLite waits for `make test-slow`."""
    for item in databases.only_slowly_again(items):
        item.add_marker("slow")


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command that a test runs in this process sets up the log; the next test has its own again."""
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**configured)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated, empty database of this test's own, connected: SQLite in UTC, PostgreSQL in Seoul."""
    return request.getfixturevalue(f"_{request.param}")


@pytest.fixture
def client(database: str) -> FlaskClient:
    """A client of the real application at NOW."""
    return client_of(database)


@pytest.fixture
def city(database: str) -> City:
    """Busan, empty."""
    return make_city()


@pytest.fixture
def _sqlite(_sqlite_template: Path, _numbers: Iterator[int]) -> Iterator[str]:
    path = shutil.copyfile(_sqlite_template, _sqlite_template.with_name(f"patrol_{next(_numbers)}.sqlite3"))
    url = f"sqlite:///{path}"
    connect(url)
    yield url
    disconnect()
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


@pytest.fixture
def _postgresql(_postgres_server: postgres.Server, _numbers: Iterator[int]) -> Iterator[str]:
    name = f"patrol_{next(_numbers)}"
    url = _postgres_server.create(name, template=TEMPLATE)
    set_process_zone("Asia/Seoul")
    connect(url)
    yield url
    disconnect()
    set_process_zone("UTC")
    _postgres_server.drop(name)


@pytest.fixture(scope="session")
def _sqlite_template() -> Iterator[Path]:
    with memory.folder("patrol-sqlite-") as home:
        path = home / "template.sqlite3"
        _migrate_at(f"sqlite:///{path}")
        yield path


@pytest.fixture(scope="session")
def _postgres_server() -> Iterator[postgres.Server]:
    programs = postgres.find_programs()
    assert programs is not None, "tests that need PostgreSQL are left out where it is not found"
    with postgres.running(programs) as server:
        _migrate_at(server.create(TEMPLATE))
        yield server


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for pages; each test opens a context of its own."""
    program = chromium.find_program()
    assert program is not None, "tests that need a browser are left out where there is none"
    with chromium.running(program) as opened:
        yield opened


def _migrate_at(url: str) -> None:
    connect(url)
    migrate()
    disconnect()
