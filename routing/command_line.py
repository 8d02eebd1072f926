"""The command line of the planner; what it says of itself stands in HELP."""

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import click
from msgspec import json

from routing.check import PlanBrokenError, verify
from routing.files.instance import Format, Instance, read_instance, write_whole
from routing.files.plan_json import read_plan, write_plan
from routing.files.refusal import FileError
from routing.files.schemas import RECORDS, schema_text
from routing.plan import Plan, PlanParams, Progress, plan
from routing.problem import ProblemError
from routing.telling import lines
from routing.why.explanation import explain as explain_plan
from routing.why.explanation import plain

HELP = """Plan an evening from a file.

A problem is a JSON file of the format patrol-problem/1 (`schema problem` prints its schema), or a published TOP or
TOPTW instance.

\b
Exit codes:
  0    done: a plan is written, also after Ctrl-C, which keeps the best so far;
       or the plan keeps every promise (verify)
  1    the plan breaks a promise (verify), or the solver failed
  2    the command or a file is wrong, or a plan to explain breaks promises;
       the message says where
  130  Ctrl-C again, before there was a plan to write
"""

BETWEEN_LINES_S = 1.0
"""A line of progress at least when the plan got better, at most this often, as search reports many times a second."""

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_problem = click.argument("problem_file", metavar="PROBLEM", type=_FILE)
_plan = click.argument("plan_file", metavar="PLAN", type=_FILE)
_format = click.option(
    "--format",
    "kind",
    type=click.Choice(["auto", "json", "top", "toptw"]),
    default="auto",
    help="How to read PROBLEM; auto looks at how it begins.",
)
_paths = click.option("--paths", type=click.IntRange(1), help="How many paths; a TOPTW instance does not say.")


class _Refused(click.ClickException):
    """A file that cannot be used."""

    exit_code = 2


@click.group(help=HELP)
def cli() -> None:
    """What HELP says."""


@cli.command()
@_problem
@click.option("--seconds", type=click.FloatRange(0, min_open=True), default=20.0, show_default=True, help="Time limit.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="One thread: same seed, same plan.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where the plan goes; else stdout."
)
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
@_format
@_paths
def solve(
    *,
    problem_file: Path,
    seconds: float,
    threads: int,
    seed: int,
    output: Path | None,
    quiet: bool,
    kind: Format,
    paths: int | None,
) -> None:
    """Plan the evening in PROBLEM and write the plan as JSON."""
    problem = _instance(problem_file, kind, paths).problem
    with _stopped_by_ctrl_c() as stop:
        try:
            found = plan(
                problem,
                PlanParams(seconds=seconds, threads=threads),
                seed=seed,
                stop=stop,
                on_progress=_unheard if quiet else _Lines(),
            )
        except ProblemError as error:
            raise _refusal(problem_file, f"/{error.where}: {error.what}") from error
        except PlanBrokenError as error:
            raise click.ClickException(f"the solver made a plan that its checker refuses: {error}") from error
    content = write_plan(problem, found)
    try:
        if output is None:
            sys.stdout.buffer.write(content)
        else:
            write_whole(output, content)
    except OSError as error:
        raise click.BadParameter(f"{output}: {error.strerror}", param_hint="--output") from error
    if not quiet:
        click.echo(_summary(found), err=True)


@cli.command("verify")
@_problem
@_plan
@_format
@_paths
def verify_(problem_file: Path, plan_file: Path, kind: Format, paths: int | None) -> None:
    """Walk every route of PLAN again by the numbers of PROBLEM, and say which promises it breaks."""
    instance = _instance(problem_file, kind, paths)
    made = _made(instance, plan_file)
    broken = [f"{one.where}: {one.what} ({one.code})" for one in verify(instance.problem, made)]
    if instance.prize is not None:
        scored = instance.prize([[stop.block for stop in route.stops] for route in made.routes])
        if not abs(scored - made.weight) <= 1e-6:
            broken.append(f"plan: says weight {made.weight:g}; by the file's own reckoning it is {scored:g} (file)")
    for line in broken:
        click.echo(line)
    if broken:
        sys.exit(1)
    click.echo(f"The plan keeps every promise. {_summary(made)}")


@cli.command()
@_problem
@_plan
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_format
@_paths
def explain(*, problem_file: Path, plan_file: Path, as_json: bool, kind: Format, paths: int | None) -> None:
    """Say why each block is left out of PLAN, which extra teams would help, and what each team adds."""
    instance = _instance(problem_file, kind, paths)
    problem, made = instance.problem, _made(instance, plan_file)
    if verify(problem, made):
        raise _Refused(f"{plan_file}: breaks promises, which `verify` lists; there is nothing to explain")
    explanation = explain_plan(problem, made)
    if as_json:
        click.echo(json.format(json.encode(plain(problem, explanation)), indent=1))
    else:
        click.echo("\n".join(lines(problem, explanation)))


@cli.command()
@click.argument("name", type=click.Choice(sorted(RECORDS)))
def schema(name: str) -> None:
    """Print the JSON Schema of a format."""
    click.echo(schema_text(name), nl=False)


def _instance(path: Path, kind: Format, paths: int | None) -> Instance:
    try:
        return read_instance(path, kind=kind, paths=paths)
    except FileError as error:
        raise _refusal(path, str(error)) from error
    except OSError as error:
        raise _refusal(path, error.strerror or "cannot be read") from error


def _made(instance: Instance, path: Path) -> Plan:
    try:
        return read_plan(path.read_bytes(), instance.problem)
    except FileError as error:
        raise _refusal(path, str(error)) from error


def _refusal(path: Path, what: str) -> "_Refused":
    return _Refused(f"{path}: {what}")


@contextlib.contextmanager
def _stopped_by_ctrl_c() -> Iterator[Callable[[], bool]]:
    """A `stop` that says yes after the first Ctrl-C; the second is the usual one."""
    asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        click.echo("Stopping; the best plan so far is kept. Ctrl-C again gives it up.", err=True)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        signal.signal(signal.SIGINT, before)


def _unheard(progress: Progress) -> None:
    """No progress is wanted."""


class _Lines:
    """Progress as lines on stderr: seconds, best weight, bound, gap."""

    def __init__(self) -> None:
        self._said_s = -BETWEEN_LINES_S

    def __call__(self, progress: Progress) -> None:
        """One line, unless the last was a moment ago."""
        if progress.elapsed_s - self._said_s < BETWEEN_LINES_S and progress.phase != "done":
            return
        self._said_s = progress.elapsed_s
        click.echo(
            f"{progress.elapsed_s:7.1f} s  best {progress.weight:g}{_bounded(progress.bound, progress.gap)}"
            f"  {progress.phase}",
            err=True,
        )


def _bounded(bound: float | None, gap: float | None) -> str:
    return "" if gap is None else f"  bound {bound:g}  gap {gap:.2%}"


def _summary(made: Plan) -> str:
    stops = sum(len(route.stops) for route in made.routes)
    return (
        f"{len(made.routes)} teams walk {stops} blocks, weight {made.weight:g}{_bounded(made.bound, made.gap)}, "
        f"{len(made.left_out)} left out."
    )
