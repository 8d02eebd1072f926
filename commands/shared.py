"""What every command shares: its context, exit codes, and how it speaks."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
import peewee

from config.clock import Clock
from config.database import DatabaseUnusable, connect, explain
from config.migrating import is_empty, migrate, pending
from config.policy import PolicyError
from config.settings import Settings, SettingsError
from patrol.errors import DomainError, Invalid, InvalidRows
from patrol.places.operations.cities import CityNotNamed, NoSuchCity, slugs
from routing.streets import StreetsError

REFUSED = 1
"""Exit code: refused or interrupted, and nothing is half-done. 0 is done, 2 wrong usage (click's own)."""

city_option = click.option("--city", default=None, help="City; may be left out where there is one.")


@dataclass(frozen=True, slots=True)
class Context:
    """What app.py hands to every command. `effects`: what each subject does when something happens below it."""

    settings: Settings
    clock: Clock
    create_app: Callable[..., Any]
    effects: Mapping[str, tuple[Callable[..., Any], ...]]

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return self.clock()


class Refused(click.ClickException):
    """An error that a person can act on; exit code 1, no traceback."""

    exit_code = REFUSED


@contextmanager
def ready(context: Context) -> Iterator[None]:
    """Connect to the database, bring an embedded or empty one up to date, and turn refusals into messages.

    A PostgreSQL that holds something is migrated by `migrate` alone: a fleet's schema changes when
    its operator says so.
    """
    with refusals():
        connect(context.settings.database_url)
        if context.settings.database_url.startswith("sqlite") or is_empty():
            migrate()
        elif pending():
            raise Refused("The database is older than this code; run `python app.py migrate` first.")
        yield


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what a person can mend into a message and exit code 1."""
    try:
        yield
    except InvalidRows as error:
        rows = "\n".join(f"  row {row}: {problem}" for row, problem in error.rows)
        raise Refused(f"{error}\n{rows}") from error
    except (NoSuchCity, CityNotNamed) as error:
        raise Refused(f"{error} There are: {', '.join(slugs()) or 'none yet'}.") from error
    except Invalid as error:
        field = error.pointer.strip("/")
        raise Refused(f"{field}: {error}" if field else str(error)) from error
    except (DomainError, StreetsError, PolicyError, SettingsError, DatabaseUnusable) as error:
        raise Refused(str(error)) from error
    except peewee.OperationalError as error:
        raise Refused(explain(error)) from error
    except OSError as error:
        raise Refused(f"{error.filename or 'file'}: {error.strerror}") from error


def say(text: str) -> None:
    """A line beside the result, on stderr: progress, warnings, advice."""
    click.echo(text, err=True)


def tell(result: Any, text: str, *, as_json: bool) -> None:
    """A command's result on stdout: as data, or in words."""
    if as_json:
        out(result)
    else:
        click.echo(text)


def out(content: Any) -> None:
    """Data on stdout as JSON."""
    json.dump(content, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")
