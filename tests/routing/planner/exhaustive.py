"""The best plan of a tiny problem by trying everything; shares nothing with the solver but its records."""

from itertools import permutations, product

from routing.problem import Problem


def greatest_weight(problem: Problem) -> float:
    """Each block goes to one team or to nobody; a team can walk a set of blocks if some order and directions can."""
    teams, blocks = len(problem.team_ids), len(problem.block_ids)
    walkable = [_walkable(problem, team) for team in range(teams)]
    best = 0.0
    for owners in product(range(-1, teams), repeat=blocks):
        shares = [frozenset(b for b, owner in enumerate(owners) if owner == team) for team in range(teams)]
        if all(share in can for share, can in zip(shares, walkable, strict=True)):
            best = max(best, sum(float(problem.weight[b]) for b, owner in enumerate(owners) if owner >= 0))
    return best


def least_duration(problem: Problem, team: int, chosen: tuple[int, ...]) -> float | None:
    """Least seconds within the team's limits over every order, direction and useful start; None: cannot be walked."""
    best = None
    for order in permutations(chosen):
        for entrances in product((0, 1), repeat=len(order)):
            took = least_for(problem, team, list(zip(order, entrances, strict=True)))
            if took is not None and (best is None or took < best):
                best = took
    return best


def least_for(problem: Problem, team: int, stops: list[tuple[int, int]]) -> float | None:
    """The same for one order with its directions. Only starts that meet a band's edge exactly can be the best."""
    earliest, latest = float(problem.earliest_s[team]), float(problem.latest_s[team])
    without_waiting = _home_at(problem, team, stops, 0.0, bands=False)
    if without_waiting is None:
        return None
    starts = {earliest, latest - without_waiting}
    for place, (block, _) in enumerate(stops):
        reached = _arrival(problem, team, stops[: place + 1])
        for opens, closes in problem.bands[block]:
            starts |= {opens - reached, closes - problem.service_s(team, block) - reached}
    best = None
    for start in starts:
        home = _home_at(problem, team, stops, start, bands=True) if start >= earliest else None
        took = None if home is None or home > latest + 1e-6 else home - start
        if took is not None and took <= problem.budget_s[team] + 1e-6 and (best is None or took < best):
            best = took
    return best


def _arrival(problem: Problem, team: int, stops: list[tuple[int, int]]) -> float:
    """Seconds from the door to the last stop's entrance when nothing is waited for."""
    now = at = 0.0
    at = -1
    for place, (block, entrance) in enumerate(stops):
        end = 2 * block + entrance
        leg = problem.door_m[team, end] if at < 0 else problem.between_m[at, end]
        now += float(leg) / float(problem.speed_mps[team])
        if place < len(stops) - 1:
            now += problem.service_s(team, block)
        at = 2 * block + 1 - entrance
    return now


def _home_at(problem: Problem, team: int, stops: list[tuple[int, int]], start: float, *, bands: bool) -> float | None:
    if not stops:
        return start
    block, entrance = stops[0]
    if problem.door_m[team, 2 * block + entrance] > problem.first_leg_m[team]:
        return None
    now, at = start, -1
    for block, entrance in stops:
        if not problem.compatible[team, block]:
            return None
        end, stay = 2 * block + entrance, problem.service_s(team, block)
        leg = problem.door_m[team, end] if at < 0 else problem.between_m[at, end]
        now += float(leg) / float(problem.speed_mps[team])
        if bands and problem.bands[block]:
            begins = [
                max(now, opens) for opens, closes in problem.bands[block] if max(now, opens) + stay <= closes + 1e-6
            ]
            if not begins:
                return None
            now = min(begins)
        now += stay
        at = 2 * block + 1 - entrance
    return now + float(problem.door_m[team, at]) / float(problem.speed_mps[team])


def _walkable(problem: Problem, team: int) -> set[frozenset[int]]:
    """Every set of blocks that some order and directions can walk; an order that is too long is not made longer."""
    sets: set[frozenset[int]] = set()
    waiting: list[list[tuple[int, int]]] = [[]]
    while waiting:
        stops = waiting.pop()
        chosen = frozenset(block for block, _ in stops)
        if chosen not in sets and least_for(problem, team, stops) is not None:
            sets.add(chosen)
        for block in set(range(len(problem.block_ids))) - chosen:
            longer = [[*stops, (block, entrance)] for entrance in (0, 1)]
            stay = problem.service_s(team, block) - 1e-6
            waiting += [more for more in longer if _arrival(problem, team, more) + stay <= problem.budget_s[team]]
    return sets
