"""Contested evenings in a made-up city: many doors, more blocks than the teams can cover.

`python -m benchmarks.city --teams 100 --blocks 2000 --seed 1 2 3 4 5 --seconds 60 --threads 2 --against pyvrp`
"""

from functools import partial

from benchmarks.city_evening import EverythingCoveredError, contested_evening
from benchmarks.measure import Job, run
from benchmarks.running import finish, parser, solvers
from routing.files.instance import Instance


def main() -> None:
    """Measure and print."""
    command = parser(__doc__, against=("pyvrp", "greedy", "ortools"))
    command.add_argument("--teams", type=int, default=100)
    command.add_argument("--blocks", type=int, default=2_000)
    command.add_argument("--service-s", type=float, default=120.0, help="seconds to stay at each block (120)")
    given = command.parse_args()
    jobs: list[Job[Instance]] = []
    for seed in given.seed:
        make = partial(evening, given.teams, given.blocks, given.service_s, seed)
        try:
            contested_evening(teams=given.teams, blocks=given.blocks, service_s=given.service_s, seed=seed)
        except EverythingCoveredError as error:
            command.error(f"seed {seed}: {error}")
        name = f"{given.teams}x{given.blocks} seed {seed}"
        jobs += [Job(name, make, solver, given.seconds, seed, given.threads) for solver in solvers(given)]
    finish(jobs, run, {}, given)


def evening(teams: int, blocks: int, service_s: float, seed: int) -> Instance:
    """As `main` has found it contested."""
    return Instance(
        contested_evening(teams=teams, blocks=blocks, service_s=service_s, seed=seed, covered_too=True), None
    )


if __name__ == "__main__":
    main()
