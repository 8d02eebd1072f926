"""A contested week on the streets of a real city: more visits wanted than the teams have walks for.

`python -m benchmarks.week --teams 277 --blocks 3000 --streets seomyeon --seconds 120 --threads 2`
"""

from dataclasses import replace
from functools import partial

import numpy as np

from benchmarks.measure import OURS, WARM_S, Clock, Job, Outcome, Said, judged, until_timely
from benchmarks.recount import Step, Walked, recount_week
from benchmarks.running import finish, parser
from benchmarks.week_streets import StreetsMissingError, contested_week
from routing.week.check import verify_week
from routing.week.plan import WeekParams, plan_week
from routing.week.problem import WeekProblem

_WARM_TEAMS, _WARM_BLOCKS = 3, 12


def main() -> None:
    """Measure and print."""
    command = parser(__doc__, against=())
    command.add_argument("--teams", type=int, default=277)
    command.add_argument("--blocks", type=int, default=3_000)
    command.add_argument("--streets", metavar="CITY", choices=["seomyeon", "gangseo"], default="seomyeon")
    command.add_argument("--service-s", type=float, default=120.0, help="seconds to stay in each block (120)")
    given = command.parse_args()
    jobs: list[Job[WeekProblem]] = []
    for seed in given.seed:
        make = partial(week, given.teams, given.blocks, given.streets, given.service_s, seed)
        try:
            make(covered_too=False)
        except (ValueError, StreetsMissingError) as error:
            command.error(f"seed {seed}: {error}")
        name = f"{given.streets} {given.teams}x{given.blocks} seed {seed}"
        jobs.append(Job(name, make, OURS, given.seconds, seed, given.threads))
    finish(jobs, run, {}, given)


def week(teams: int, blocks: int, city: str, service_s: float, seed: int, *, covered_too: bool = True) -> WeekProblem:
    """As `main` has found it contested."""
    return contested_week(
        teams=teams, blocks=blocks, city=city, service_s=service_s, seed=seed, covered_too=covered_too
    )


def run(job: Job[WeekProblem]) -> Outcome:
    """Plan and recount, here."""
    problem = job.make()
    small = few(problem)
    until_timely(lambda: plan_week(small, WeekParams(seconds=WARM_S, threads=job.threads), seed=1))
    clock = Clock()
    made = plan_week(problem, WeekParams(seconds=job.seconds, threads=job.threads), seed=job.seed)
    took = clock.took()
    walks = [
        (day, Walked(route.team, tuple(Step(stop.block, stop.entered_at) for stop in route.stops), route.start_s))
        for day, route in made.walks
    ]
    broken = "; ".join(f"{one.where}: {one.what}" for one in verify_week(problem, made)[:3])
    said = Said(made.weight, made.bound, None)
    return judged(job, recount_week(problem, walks), took=took, said=said, broken=broken)


def few(problem: WeekProblem) -> WeekProblem:
    """The first teams and blocks of it, as a week of the same kind."""
    teams, blocks = min(problem.teams, _WARM_TEAMS), min(problem.blocks, _WARM_BLOCKS)
    places, place = np.unique(problem.place_of_end[: 2 * blocks], return_inverse=True)
    per_team = ("speed_mps", "budget_s", "earliest_s", "latest_s", "walks_at_most", "rest_days", "walked_before_s")
    limits = ("burden_at_most_s", "start_at_most_m", "walk_at_most_m")
    per_block = ("visit_weight", "length_m", "dwell_s", "spacing_days")
    cut = {name: getattr(problem, name)[:teams] for name in (*per_team, *limits)}
    cut |= {name: getattr(problem, name)[:blocks] for name in per_block}
    return replace(
        problem,
        team_ids=problem.team_ids[:teams],
        block_ids=problem.block_ids[:blocks],
        bands=problem.bands[:blocks],
        door_m=problem.door_m[:teams, places],
        home_m=problem.last_leg_m[:teams, places],
        between_m=problem.between_m[np.ix_(places, places)],
        place=place,
        compatible=problem.compatible[:teams, :blocks],
        liked=problem.liking[:teams, :blocks],
        partners=None,
        together=None,
        **cut,
    )


if __name__ == "__main__":
    main()
