"""Commands on a database of this test's own, and a small foreign city to try them on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from config.settings import Settings, load
from tests.support.command_line import environment, invoke, make_town

Run = Callable[..., Result]


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return load({}, database_url=database, var=str(tmp_path / "var"), password_cost="1/8/1")


@pytest.fixture
def run(settings: Settings) -> Run:
    """Run a command as app.py would; gives click's result."""
    return lambda *arguments, **given: invoke(settings, *arguments, **given)


@pytest.fixture
def env(settings: Settings) -> dict[str, str]:
    """The environment of a real process on this test's database."""
    return environment(database_url=settings.database_url, var=settings.var, password_cost="1/8/1", log_level="warning")


@pytest.fixture
def town(run: Run, tmp_path: Path) -> str:
    """A foreign city with blocks and three teams."""
    return make_town(run, tmp_path)


@pytest.fixture
def tomorrow() -> str:
    """An evening that has not begun, anywhere in Europe."""
    return (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
