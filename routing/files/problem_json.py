"""An evening's problem from JSON and back."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import json

from routing.files.problem_records import (
    FORMAT,
    Block,
    EarlierPlan,
    EarlierRoute,
    JointPatrol,
    OnEarth,
    ProblemFile,
    Row,
    Table,
    Team,
)
from routing.files.refusal import FileError, decoded, known
from routing.geodesy import haversine_m
from routing.problem import Bools, Floats, Group, Integers, Previous, Problem, ProblemError


class _Metres(NamedTuple):
    """door, home [T, P], between [P, P], inside [B]: metres; place [2B]: where the block ends lie."""

    door: Floats
    home: Floats
    between: Floats
    inside: Floats
    place: Integers


def read_problem(content: bytes) -> Problem:
    """The problem in a `patrol-problem/1` file. Raises FileError with a JSON pointer for whatever is wrong with it."""
    given = decoded(content, ProblemFile)
    team = _numbers("teams", [one.id for one in given.teams])
    block = _numbers("blocks", [one.id for one in given.blocks])
    metres = _from_table(given, given.metres) if isinstance(given.metres, Table) else _from_coordinates(given)
    try:
        return Problem(
            team_ids=tuple(team),
            block_ids=tuple(block),
            weight=np.array([one.weight for one in given.blocks]),
            length_m=metres.inside,
            dwell_s=np.array([one.dwell_s for one in given.blocks]),
            bands=tuple(tuple(one.bands) for one in given.blocks),
            speed_mps=np.array([one.speed_mps for one in given.teams]),
            budget_s=np.array([one.budget_s for one in given.teams]),
            earliest_s=np.array([one.earliest_s for one in given.teams]),
            latest_s=_or_inf(one.latest_s for one in given.teams),
            door_m=metres.door,
            home_m=metres.home,
            between_m=metres.between,
            place=metres.place,
            compatible=_compatible(given, team),
            start_at_most_m=_or_inf(one.start_at_most_m for one in given.teams),
            walk_at_most_m=_or_inf(one.walk_at_most_m for one in given.teams),
            repeat_weight=_repeats(given.blocks),
            pinned_to=_pins(given.blocks, team),
            groups=tuple(_group(team, one, f"/groups/{at}") for at, one in enumerate(given.groups)),
            previous=_previous(team, block, given.previous) if given.previous else None,
        )
    except ProblemError as error:
        raise _pointed(error, team, block) from error


def write_problem(problem: Problem, *, title: str = "") -> bytes:
    """The problem as a `patrol-problem/1` file, with a table of metres."""
    given = ProblemFile(
        format=FORMAT,
        title=title,
        metres=Table(between=[_row(row) for row in problem.between_m]),
        teams=[_team(problem, t) for t in range(problem.teams)],
        blocks=[_block(problem, b) for b in range(problem.blocks)],
        groups=[
            JointPatrol(teams=[problem.team_ids[t] for t in group.teams], approach_s=list(group.approach_s))
            for group in problem.groups
        ],
        previous=_earlier(problem),
    )
    return json.encode(given)


def _numbers(what: str, names: Sequence[str]) -> dict[str, int]:
    number: dict[str, int] = {}
    for at, name in enumerate(names):
        if name in number:
            raise FileError(f"/{what}/{at}/id", f"{name!r} appears twice")
        number[name] = at
    return number


def _or_inf(values: Iterable[float | None]) -> Floats:
    return np.array([np.inf if value is None else value for value in values], dtype=np.float64)


def _from_coordinates(given: ProblemFile) -> _Metres:
    """Every block end is a place of its own, or both ends of a point block are one."""
    points: list[tuple[float, float]] = []
    place: list[int] = []
    for at, block in enumerate(given.blocks):
        if block.places is not None or (block.at is None) == (block.ends is None):
            raise FileError(f"/blocks/{at}", "must have either at or ends, as metres come from coordinates")
        ends = (block.at,) if block.at is not None else block.ends or ()
        place += [len(points), len(points) + len(ends) - 1]
        points += ends
    for at, team in enumerate(given.teams):
        if team.door is None or team.door_m is not None or team.home_m is not None:
            raise FileError(
                f"/teams/{at}", "must have a door, and no door_m or home_m, as metres come from coordinates"
            )
    ends_at = np.array(points, dtype=np.float64).reshape(-1, 2)
    door = np.array([team.door for team in given.teams], dtype=np.float64).reshape(-1, 2)
    home = np.array([team.home or team.door for team in given.teams], dtype=np.float64).reshape(-1, 2)
    where = np.array(place, dtype=np.int64)
    between = _apart(given, ends_at, ends_at)
    inside = _lengths(given, between[where[0::2], where[1::2]])
    return _Metres(_apart(given, door, ends_at), _apart(given, home, ends_at), between, inside, where)


def _apart(given: ProblemFile, here: Floats, there: Floats) -> Floats:
    """Metres between each of these points and each of those, by the rule of the file. Shape [len(here), len(there)]."""
    x, y = here[:, :1], here[:, 1:]
    across, along = there[:, 0], there[:, 1]
    if isinstance(given.metres, Table):
        raise TypeError("a table has its metres already")
    straight = (
        haversine_m(x, y, across, along) if isinstance(given.metres, OnEarth) else np.hypot(x - across, y - along)
    )
    metres: Floats = straight * given.metres.detour
    return metres


def _lengths(given: ProblemFile, between_ends: Floats) -> Floats:
    lengths = [block.length_m for block in given.blocks]
    return np.array([way if own is None else own for own, way in zip(lengths, between_ends, strict=True)], dtype=float)


def _from_table(given: ProblemFile, table: Table) -> _Metres:
    places = len(table.between)
    place: list[int] = []
    for at, block in enumerate(given.blocks):
        if block.places is None or block.at is not None or block.ends is not None:
            raise FileError(f"/blocks/{at}", "must have places, and no at or ends, as metres come from a table")
        for nth, number in enumerate(block.places):
            if number >= places:
                raise FileError(f"/blocks/{at}/places/{nth}", f"must be below {places}, the number of places")
        place += [block.places[0], block.places[-1]]
    for at, team in enumerate(given.teams):
        if team.door_m is None or team.door is not None or team.home is not None:
            raise FileError(f"/teams/{at}", "must have door_m, and no door or home, as metres come from a table")
    between = _rows(table.between, places, "/metres/between")
    door = _rows([team.door_m or [] for team in given.teams], places, "/teams", "door_m")
    home = _rows([team.home_m or team.door_m or [] for team in given.teams], places, "/teams", "home_m")
    where = np.array(place, dtype=np.int64)
    return _Metres(door, home, between, _lengths(given, between[where[0::2], where[1::2]]), where)


def _rows(rows: Sequence[Row], places: int, where: str, field: str = "") -> Floats:
    """The rows as one array [len(rows), P], null as inf."""
    metres = np.empty((len(rows), places))
    for at, row in enumerate(rows):
        if len(row) != places:
            pointer = f"{where}/{at}/{field}".rstrip("/")
            raise FileError(pointer, f"has {len(row)} entries, must have {places}, one for each place")
        metres[at] = _or_inf(row)
    return metres


def _compatible(given: ProblemFile, team: dict[str, int]) -> Bools:
    may = np.ones((len(given.teams), len(given.blocks)), dtype=np.bool_)
    for at, block in enumerate(given.blocks):
        if block.only_teams is not None:
            may[:, at] = False
            only = [known(team, name, f"/blocks/{at}/only_teams/{k}") for k, name in enumerate(block.only_teams)]
            may[only, at] = True
        barred = [known(team, name, f"/blocks/{at}/barred_teams/{k}") for k, name in enumerate(block.barred_teams)]
        may[barred, at] = False
    return may


def _repeats(blocks: Sequence[Block]) -> Floats:
    """The prizes of repeat visits, shorter lists filled up with 0. Shape [B, R]."""
    repeats = np.zeros((len(blocks), max((len(block.repeat_weight) for block in blocks), default=0)))
    for at, block in enumerate(blocks):
        repeats[at, : len(block.repeat_weight)] = block.repeat_weight
    return repeats


def _pins(blocks: Sequence[Block], team: dict[str, int]) -> Integers:
    pins = [
        -1 if block.pinned_to is None else known(team, block.pinned_to, f"/blocks/{at}/pinned_to")
        for at, block in enumerate(blocks)
    ]
    return np.array(pins, dtype=np.int64)


def _group(team: dict[str, int], group: JointPatrol, where: str) -> Group:
    if len(group.teams) != len(group.approach_s):
        raise FileError(f"{where}/approach_s", f"must be a list of {len(group.teams)}, one for each team")
    teams = tuple(known(team, name, f"{where}/teams/{at}") for at, name in enumerate(group.teams))
    return Group(teams, tuple(group.approach_s))


def _previous(team: dict[str, int], block: dict[str, int], earlier: EarlierPlan) -> Previous:
    routes = []
    for at, route in enumerate(earlier.routes):
        where = f"/previous/routes/{at}"
        blocks = tuple(known(block, name, f"{where}/blocks/{k}") for k, name in enumerate(route.blocks))
        routes.append((known(team, route.team, f"{where}/team"), blocks))
    return Previous(tuple(routes), earlier.keep_weight)


def _pointed(error: ProblemError, team: dict[str, int], block: dict[str, int]) -> FileError:
    """What Problem says of "team A", with the place in the file."""
    kind, _, name = error.where.partition(" ")
    if kind == "group":
        return FileError(f"/groups/{name}", error.what)
    if kind == "team" and name in team:
        row = f"/teams/{team[name]}"
    elif kind == "block" and name in block:
        row = f"/blocks/{block[name]}"
    else:
        return FileError(f"/{error.where}", error.what)
    if error.what.startswith("each band"):
        return FileError(f"{row}/bands", error.what)
    field, _, rest = error.what.partition(" ")
    if field == "between_m":
        return FileError("/metres/between", f"{rest}: the row of {row}")
    fields = (*Team.__struct_fields__, *Block.__struct_fields__)
    return FileError(f"{row}/{field}", rest) if field in fields else FileError(row, error.what)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _row(row: Floats) -> Row:
    if np.isfinite(row).all():
        return list(row.tolist())
    return [_finite(value) for value in row]


def _team(problem: Problem, t: int) -> Team:
    same = bool((problem.last_leg_m[t] == problem.door_m[t]).all())
    return Team(
        id=problem.team_ids[t],
        budget_s=float(problem.budget_s[t]),
        speed_mps=float(problem.speed_mps[t]),
        earliest_s=float(problem.earliest_s[t]),
        latest_s=_finite(problem.latest_s[t]),
        door_m=_row(problem.door_m[t]),
        home_m=None if same else _row(problem.last_leg_m[t]),
        start_at_most_m=_finite(problem.first_leg_m[t]),
        walk_at_most_m=_finite(problem.walk_limit_m[t]),
    )


def _block(problem: Problem, b: int) -> Block:
    may = problem.compatible[:, b]
    pinned = int(problem.pinned[b])
    few = 2 * int(may.sum()) < problem.teams
    return Block(
        id=problem.block_ids[b],
        weight=float(problem.weight[b]),
        places=problem.place_of_end[2 * b : 2 * b + 2].tolist(),
        length_m=float(problem.length_m[b]),
        dwell_s=float(problem.dwell_s[b]),
        bands=list(problem.bands[b]),
        repeat_weight=problem.visit_weight[b, 1:].tolist(),
        pinned_to=None if pinned < 0 else problem.team_ids[pinned],
        only_teams=[problem.team_ids[t] for t in np.flatnonzero(may)] if few else None,
        barred_teams=[] if few else [problem.team_ids[t] for t in np.flatnonzero(~may)],
    )


def _earlier(problem: Problem) -> EarlierPlan | None:
    if problem.previous is None:
        return None
    routes = [
        EarlierRoute(team=problem.team_ids[team], blocks=[problem.block_ids[b] for b in blocks])
        for team, blocks in problem.previous.routes
    ]
    return EarlierPlan(routes=routes, keep_weight=problem.previous.keep_weight)
