"""Published team-orienteering instances: our prizes beside the best known ones, and beside other solvers'.

`python -m benchmarks.top --instances FOLDER --best-known TABLE.csv --seconds 10 --against pyvrp,ortools,vroom`
"""

from functools import partial
from pathlib import Path

from benchmarks.instances import best_known, published
from benchmarks.measure import Job, run
from benchmarks.running import finish, parser, solvers
from routing.files.instance import read_instance


def main() -> None:
    """Measure and print."""
    command = parser(__doc__)
    command.add_argument(
        "--instances", type=Path, required=True, metavar="DIR", help="files in either format, any depth"
    )
    command.add_argument("--best-known", type=Path, metavar="CSV", help="columns: set, instance, best_known")
    command.add_argument("--only", default="*", metavar="GLOB", help="of their names, without .txt")
    given = command.parse_args()
    files = published(given.instances, given.only, windows=False)
    jobs = [
        Job(file.stem, partial(read_instance, file, kind="top"), solver, given.seconds, seed, given.threads)
        for file in files
        for seed in given.seed
        for solver in solvers(given)
    ]
    finish(jobs, run, best_known(given.best_known), given)


if __name__ == "__main__":
    main()
