"""Published team-orienteering instances with time windows, for any number of paths.

`python -m benchmarks.toptw --instances FOLDER --paths 1 2 3 4 --seconds 30 --seed 1 2 3 --against pyvrp`
"""

from functools import partial
from pathlib import Path

from benchmarks.instances import best_known, published
from benchmarks.measure import Job, run
from benchmarks.running import finish, parser, solvers
from routing.files.instance import read_instance


def main() -> None:
    """Measure and print."""
    command = parser(__doc__, against=("pyvrp", "ortools", "greedy"))
    command.add_argument("--instances", type=Path, required=True, metavar="DIR", help="the files, at any depth")
    command.add_argument("--paths", type=int, nargs="+", default=[1], metavar="M", help="a run for each number (1)")
    command.add_argument("--best-known", type=Path, metavar="CSV", help="columns: instance (like c101.m2), best_known")
    command.add_argument("--only", default="*", metavar="GLOB", help="of their names, without .txt")
    given = command.parse_args()
    if min(given.paths) < 1:
        command.error("--paths must be whole numbers from 1")
    files = published(given.instances, given.only, windows=True)
    jobs = [
        Job(
            f"{file.stem}.m{paths}",
            partial(read_instance, file, kind="toptw", paths=paths),
            solver,
            given.seconds,
            seed,
            given.threads,
        )
        for file in files
        for paths in given.paths
        for seed in given.seed
        for solver in solvers(given)
    ]
    finish(jobs, run, best_known(given.best_known), given)


if __name__ == "__main__":
    main()
