"""What the benchmarks of planners have in common: the command line, and running to the end or to Ctrl-C."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool

from benchmarks.against.peer import NotForThisError, NotInstalledError
from benchmarks.measure import AGAINST, OURS, Job, Made, Outcome, outcomes
from benchmarks.results import Row, line, lines, report, row, write


def parser(description: str | None, *, against: Sequence[str] = tuple(AGAINST)) -> argparse.ArgumentParser:
    """The arguments that all of them take."""
    found = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("--seconds", type=_above_0, default=10.0, help="for each solver on each instance (10)")
    found.add_argument("--threads", type=_count, default=1, help="for ours; the others are single-threaded (1)")
    found.add_argument("--seed", type=int, nargs="+", default=[1], help="one run for each (1)")
    found.add_argument(
        "--jobs", type=_count, default=1, help="so many runs at once, on a machine with cores for it (1)"
    )
    found.add_argument("--against", type=_names(against), default=[], metavar=",".join(against), help="other solvers")
    found.add_argument("--json", metavar="FILE", help="write the results there; - is stdout")
    return found


def solvers(given: argparse.Namespace) -> list[str]:
    """Ours and those that were asked for."""
    return [OURS, *given.against]


def finish(
    jobs: Sequence[Job[Made]],
    how: Callable[[Job[Made]], Outcome],
    best_known: Mapping[str, float],
    given: argparse.Namespace,
) -> None:
    """Run everything, print a line for each, and write the results; what there is, after Ctrl-C or a failure."""
    rows: list[Row] = []
    try:
        for outcome in outcomes(jobs, how, at_once=given.jobs):
            rows.append(row(outcome, best_known.get(outcome.job.name)))
            print(line(rows[-1]), file=sys.stderr, flush=True)
    except (NotInstalledError, NotForThisError) as error:
        sys.exit(str(error))
    except BrokenProcessPool:
        sys.exit("a solver's process ended before it answered; it may have run out of memory")
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if rows:
            found = report(rows)
            write(found, given.json)
            print(lines(found["summary"]), file=sys.stderr)


def _above_0(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be a number above 0")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return value


def _names(known: Sequence[str]) -> Callable[[str], list[str]]:
    """Reads a list of solvers, with commas."""

    def read(text: str) -> list[str]:
        names = [name for name in text.split(",") if name]
        strange = [name for name in names if name not in known]
        if strange:
            raise argparse.ArgumentTypeError(f"{', '.join(strange)}: none of {', '.join(known)}")
        return names

    return read
