"""The best plan of a tiny week by trying everything; shares nothing with the solver but its records."""

from itertools import chain, combinations, pairwise, permutations, product

from routing.week.problem import WeekProblem

Chosen = tuple[int, ...]


def greatest_week(problem: WeekProblem) -> float:
    """Every set of blocks that can be walked, for every team and day; the burden with its least seconds."""
    shares = []
    for team in range(problem.teams):
        by_day = [list(_walkable(problem, team, day).items()) for day in range(problem.days)]
        shares.append([days for days in product(*by_day) if _bearable(problem, team, days)])
    weeks = ([[loop for loop, _ in days] for days in week] for week in product(*shares))
    return max(_worth(problem, week) for week in weeks)


def _walkable(problem: WeekProblem, team: int, day: int) -> dict[Chosen, float]:
    """Sets of blocks, with their least seconds."""
    sets: dict[Chosen, float] = {(): 0.0}
    if problem.budget_s[team, day] > 0:
        for size in range(1, problem.blocks + 1):
            for chosen in combinations(range(problem.blocks), size):
                took = _least_s(problem, team, day, chosen)
                if took is not None:
                    sets[chosen] = took
    return sets


def _bearable(problem: WeekProblem, team: int, days: tuple[tuple[Chosen, float], ...]) -> bool:
    out = [day for day, (loop, _) in enumerate(days) if loop]
    rested = all(later - sooner > problem.rest_days[team] for sooner, later in pairwise(out))
    burden_s = problem.before_s[team] + sum(seconds for _, seconds in days)
    return len(out) <= problem.walks_at_most[team] and rested and (not out or burden_s <= problem.burden_limit_s[team])


def _worth(problem: WeekProblem, week: list[list[Chosen]]) -> float:
    """What all of these walks earn; -inf where a block is visited too often or too soon again."""
    total = 0.0
    for block in range(problem.blocks):
        visits = [(day, t) for t, days in enumerate(week) for day, loop in enumerate(days) if block in loop]
        on = sorted(day for day, _ in visits)
        wanted = int((problem.visit_weight[block] > 0).sum())
        apart = all(later - sooner >= problem.spacing_days[block] for sooner, later in pairwise(on))
        if len(on) > wanted or not apart:
            return float("-inf")
        total += float(problem.visit_weight[block, : len(on)].sum())
        total += float(sum(problem.liking[t, block] for _, t in visits))
    for (one, other), worth in zip(problem.pairs.tolist(), problem.pair_weight.tolist(), strict=True):
        total += worth * sum(bool(a and b) for a, b in zip(week[one], week[other], strict=True))
    return total


def _least_s(problem: WeekProblem, team: int, day: int, chosen: Chosen) -> float | None:
    """Least seconds within the limits of the team and day, over every order, direction and useful start."""
    if not problem.compatible[team, list(chosen)].all():
        return None
    ways = chain.from_iterable(
        (list(zip(order, ends, strict=True)) for ends in product((0, 1), repeat=len(order)))
        for order in permutations(chosen)
    )
    took = [seconds for way in ways if (seconds := _least_for(problem, team, day, way)) is not None]
    return min(took, default=None)


def _least_for(problem: WeekProblem, team: int, day: int, way: list[tuple[int, int]]) -> float | None:
    legs, stays, metres = _legs(problem, team, way)
    if legs[0] * problem.speed_mps[team] > problem.first_leg_m[team] or metres > problem.walk_limit_m[team]:
        return None
    earliest, latest = float(problem.earliest_s[team, day]), float(problem.latest_s[team, day])
    starts = {earliest, latest - sum(legs) - sum(stays)}
    for at, (block, _) in enumerate(way):
        reached = sum(legs[: at + 1]) + sum(stays[:at])
        for opens, closes in problem.bands[block]:
            starts |= {opens - reached, closes - stays[at] - reached}
    most = float(problem.budget_s[team, day])
    took = []
    for start in starts:
        home = _home_s(problem, start, way, legs, stays)
        if start >= earliest and home is not None and home <= latest + 1e-6 and home - start <= most + 1e-6:
            took.append(home - start)
    return min(took, default=None)


def _legs(problem: WeekProblem, team: int, way: list[tuple[int, int]]) -> tuple[list[float], list[float], float]:
    """Seconds of each leg, the one home included, and of each stay; all metres."""
    place, speed = problem.place_of_end, float(problem.speed_mps[team])
    enter = [place[2 * block + end] for block, end in way]
    leave = [place[2 * block + 1 - end] for block, end in way]
    metres = [float(problem.door_m[team, enter[0]])]
    metres += [float(problem.between_m[one, other]) for one, other in zip(leave, enter[1:], strict=False)]
    metres += [float(problem.last_leg_m[team, leave[-1]])]
    inside = [float(problem.length_m[block]) for block, _ in way]
    stays = [length / speed + float(problem.dwell_s[block]) for length, (block, _) in zip(inside, way, strict=True)]
    return [one / speed for one in metres], stays, sum(metres) + sum(inside)


def _home_s(
    problem: WeekProblem, start: float, way: list[tuple[int, int]], legs: list[float], stays: list[float]
) -> float | None:
    now = start
    for (block, _), leg, stay in zip(way, legs, stays, strict=False):
        now += leg
        bands = problem.bands[block]
        begins = [max(now, opens) for opens, closes in bands if max(now, opens) + stay <= closes + 1e-6]
        if bands and not begins:
            return None
        now = min(begins, default=now) + stay
    return now + legs[-1]
