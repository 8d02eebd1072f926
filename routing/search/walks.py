"""The plan under search: every team's stops in order, and what they take. Changed in place by the kernels.

A stop is the end e = 2b + (0 | 1) by which block b is entered; e ^ 1 is the end by which it is left. With bands, each
stop also has the band chosen for it, and the route the slacks that price an insertion in constant time (Savelsbergh
1992, doi:10.1287/ijoc.4.2.146): the earliest and latest start of each service, and what the least duration needs.
"""

from typing import NamedTuple

import numpy as np

from routing.compiled import compiled
from routing.problem import Floats, Integers
from routing.search.ground import Ground

TOLERANCE_S = 1e-7


class Walks(NamedTuple):
    """T teams, at most M stops each; W = M with bands, else 0.

    stop, enter, leave [T, M]: block end, place of entering, place of leaving. leg_m [T, M + 1]: metres to each stop,
    and home. size, time_s, metres [T]. who [B, K]: teams on a block, count [B] of them.
    With bands, [T, W]: open_s, due_s: the service must start between; early_s, late_s: it can start between;
    work_s: seconds of walking and service from the door to the start of the service; first_s: no later start at
    the door meets all earlier due times; rest_s: work from the start of the service until home; home_s: home no
    earlier than this because of what opens later.
    """

    stop: Integers
    enter: Integers
    leave: Integers
    leg_m: Floats
    size: Integers
    time_s: Floats
    metres: Floats
    who: Integers
    count: Integers
    open_s: Floats
    due_s: Floats
    early_s: Floats
    late_s: Floats
    work_s: Floats
    first_s: Floats
    rest_s: Floats
    home_s: Floats


def empty_walks(ground: Ground) -> Walks:
    """Nobody walks anything."""
    teams, blocks = len(ground.pace), len(ground.ways)
    most = _most_stops(ground)
    banded = (teams, most if ground.banded else 0)
    return Walks(
        stop=np.zeros((teams, most), dtype=np.int64),
        enter=np.zeros((teams, most), dtype=np.int64),
        leave=np.zeros((teams, most), dtype=np.int64),
        leg_m=np.zeros((teams, most + 1)),
        size=np.zeros(teams, dtype=np.int64),
        time_s=np.zeros(teams),
        metres=np.zeros(teams),
        who=np.full((blocks, ground.prize.shape[1]), -1, dtype=np.int64),
        count=np.zeros(blocks, dtype=np.int64),
        open_s=np.zeros(banded),
        due_s=np.zeros(banded),
        early_s=np.zeros(banded),
        late_s=np.zeros(banded),
        work_s=np.zeros(banded),
        first_s=np.zeros(banded),
        rest_s=np.zeros(banded),
        home_s=np.zeros(banded),
    )


def _most_stops(ground: Ground) -> int:
    """No loop has more stops than its shortest services fit into its budget; and one to spare for an exchange."""
    most = 0
    for team in range(len(ground.pace)):
        reach = ground.reach[ground.reach_of[team] : ground.reach_of[team + 1]]
        service = np.sort(ground.length_m[reach] * ground.pace[team] + ground.dwell_s[reach])
        fitting = int((np.cumsum(service) <= ground.limit_s[team] + TOLERANCE_S).sum())
        most = max(most, fitting)
    return most + 1


@compiled
def walked_by(walks: Walks, block: int, team: int) -> bool:
    """Whether the team walks the block."""
    for visit in range(walks.count[block]):
        if walks.who[block, visit] == team:
            return True
    return False


@compiled
def worth(ground: Ground, walks: Walks, block: int, team: int) -> float:
    """What the team would earn by one more visit; below 0: there is nothing more to earn."""
    visits = walks.count[block]
    if visits >= ground.prize.shape[1]:
        return -1.0
    bonus = ground.bonus[block] if ground.owner[block] == team else 0.0
    return ground.prize[block, visits] + bonus


@compiled
def loss(ground: Ground, walks: Walks, block: int, team: int) -> float:
    """What is lost when the team leaves the block out."""
    bonus = ground.bonus[block] if ground.owner[block] == team else 0.0
    return ground.prize[block, walks.count[block] - 1] + bonus


@compiled
def join(walks: Walks, block: int, team: int) -> None:
    """Note that the team walks the block."""
    walks.who[block, walks.count[block]] = team
    walks.count[block] += 1


@compiled
def leave_out(walks: Walks, block: int, team: int) -> None:
    """Note that the team no longer walks the block."""
    last = walks.count[block] - 1
    for visit in range(last):
        if walks.who[block, visit] == team:
            walks.who[block, visit] = walks.who[block, last]
            break
    walks.who[block, last] = -1
    walks.count[block] = last


@compiled
def put(walks: Walks, team: int, gap: int, end: int, open_s: float, due_s: float) -> None:
    """Insert a stop before the gap-th one. `measure` must follow."""
    size = walks.size[team]
    for k in range(size, gap, -1):
        walks.stop[team, k] = walks.stop[team, k - 1]
    walks.stop[team, gap] = end
    if walks.open_s.shape[1] > 0:
        for k in range(size, gap, -1):
            walks.open_s[team, k] = walks.open_s[team, k - 1]
            walks.due_s[team, k] = walks.due_s[team, k - 1]
        walks.open_s[team, gap] = open_s
        walks.due_s[team, gap] = due_s
    walks.size[team] = size + 1


@compiled
def cut(walks: Walks, team: int, at: int) -> None:
    """Take the at-th stop out. `measure` must follow."""
    for k in range(at, walks.size[team] - 1):
        walks.stop[team, k] = walks.stop[team, k + 1]
    if walks.open_s.shape[1] > 0:
        for k in range(at, walks.size[team] - 1):
            walks.open_s[team, k] = walks.open_s[team, k + 1]
            walks.due_s[team, k] = walks.due_s[team, k + 1]
    walks.size[team] -= 1


@compiled
def service_s(ground: Ground, team: int, block: int) -> float:
    """Seconds the team spends in the block."""
    return ground.length_m[block] * ground.pace[team] + ground.dwell_s[block]


@compiled
def measure(ground: Ground, walks: Walks, team: int) -> bool:
    """Work out legs, metres and seconds of a team's loop anew; False when it breaks a limit."""
    size = walks.size[team]
    if size == 0:
        walks.time_s[team] = 0.0
        walks.metres[team] = 0.0
        walks.leg_m[team, 0] = 0.0
        return True
    metres = 0.0
    dwell = 0.0
    before = -1
    for k in range(size):
        end = walks.stop[team, k]
        block = end >> 1
        enter = ground.place[end]
        walks.enter[team, k] = enter
        leg = ground.out_m[team, enter] if before < 0 else float(ground.between_m[before, enter])
        before = ground.place[end ^ 1]
        walks.leave[team, k] = before
        walks.leg_m[team, k] = leg
        metres += leg + ground.length_m[block]
        dwell += ground.dwell_s[block]
    walks.leg_m[team, size] = ground.home_m[team, before]
    metres += walks.leg_m[team, size]
    walks.metres[team] = metres
    walks.time_s[team] = metres * ground.pace[team] + dwell
    if not metres <= ground.limit_m[team]:
        return False
    if walks.open_s.shape[1] > 0:
        return _time(ground, walks, team)
    return bool(walks.time_s[team] <= ground.limit_s[team] + TOLERANCE_S)


@compiled
def _time(ground: Ground, walks: Walks, team: int) -> bool:
    """Slacks along a loop with bands; its seconds are the least duration that any start allows."""
    size = walks.size[team]
    pace = ground.pace[team]
    clock = ground.earliest_s[team]
    work = 0.0
    first = ground.latest_s[team] - walks.time_s[team]
    fits = True
    for k in range(size):
        stay = service_s(ground, team, walks.stop[team, k] >> 1)
        work += walks.leg_m[team, k] * pace
        clock = max(clock + walks.leg_m[team, k] * pace, walks.open_s[team, k])
        walks.early_s[team, k] = clock
        walks.work_s[team, k] = work
        first = min(first, walks.due_s[team, k] - work)
        walks.first_s[team, k] = first
        fits = fits and clock <= walks.due_s[team, k] + TOLERANCE_S
        clock += stay
        work += stay
    clock += walks.leg_m[team, size] * pace
    late = ground.latest_s[team]
    rest = 0.0
    home = -np.inf
    for k in range(size - 1, -1, -1):
        stay = service_s(ground, team, walks.stop[team, k] >> 1)
        rest += stay + walks.leg_m[team, k + 1] * pace
        late = min(late - walks.leg_m[team, k + 1] * pace - stay, walks.due_s[team, k])
        walks.late_s[team, k] = late
        walks.rest_s[team, k] = rest
        home = max(home, walks.open_s[team, k] + rest)
        walks.home_s[team, k] = home
    work += walks.leg_m[team, size] * pace
    walks.time_s[team] = max(work, clock - walks.first_s[team, size - 1])
    return (
        fits
        and clock <= ground.latest_s[team] + TOLERANCE_S
        and walks.time_s[team] <= ground.limit_s[team] + TOLERANCE_S
    )
