"""What problem files have in common: who is where, who may serve what, and the metres between places."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from routing.files.places_records import Door, Euclidean, OnEarth, Row, Rule, Spot, Table
from routing.files.refusal import FileError, known
from routing.geodesy import haversine_m
from routing.problem import Bools, Floats, Integers, Metres, Problem, ProblemError
from routing.week.problem import WeekProblem


class Layout(NamedTuple):
    """door, home [T, P], between [P, P], inside [B]: metres; place [2B]: where the block ends lie."""

    door: Floats
    home: Floats
    between: Floats
    inside: Floats
    place: Integers


def read_metres(rule: Rule, teams: Sequence[Door], blocks: Sequence[Spot]) -> Layout:
    """By coordinates or from the table, as the file has it. Raises FileError for what does not go together."""
    if isinstance(rule, Table):
        return _from_table(rule, teams, blocks)
    return _from_coordinates(rule, teams, blocks)


def numbers(what: str, names: Sequence[str]) -> dict[str, int]:
    """Id -> place in the list. Raises FileError for the second of two that are the same."""
    number: dict[str, int] = {}
    for at, name in enumerate(names):
        if name in number:
            raise FileError(f"/{what}/{at}/id", f"{name!r} appears twice")
        number[name] = at
    return number


def or_inf(values: Iterable[float | None]) -> Floats:
    """The numbers, null as inf."""
    return np.array([np.inf if value is None else value for value in values], dtype=np.float64)


def read_compatible(blocks: Sequence[Spot], team: dict[str, int]) -> Bools:
    """Which team may serve which block. Shape [T, B]."""
    may = np.ones((len(team), len(blocks)), dtype=np.bool_)
    for at, block in enumerate(blocks):
        if block.only_teams is not None:
            may[:, at] = False
            only = [known(team, name, f"/blocks/{at}/only_teams/{k}") for k, name in enumerate(block.only_teams)]
            may[only, at] = True
        barred = [known(team, name, f"/blocks/{at}/barred_teams/{k}") for k, name in enumerate(block.barred_teams)]
        may[barred, at] = False
    return may


def _from_coordinates(rule: Euclidean | OnEarth, teams: Sequence[Door], blocks: Sequence[Spot]) -> Layout:
    """Every block end is a place of its own, or both ends of a point block are one."""
    points: list[tuple[float, float]] = []
    place: list[int] = []
    for at, block in enumerate(blocks):
        if block.places is not None or (block.at is None) == (block.ends is None):
            raise FileError(f"/blocks/{at}", "must have either at or ends, as metres come from coordinates")
        ends = (block.at,) if block.at is not None else block.ends or ()
        _check_points(rule, f"/blocks/{at}/{'at' if block.at is not None else 'ends'}", ends)
        place += [len(points), len(points) + len(ends) - 1]
        points += ends
    for at, team in enumerate(teams):
        if team.door is None or team.door_m is not None or team.home_m is not None:
            raise FileError(
                f"/teams/{at}", "must have a door, and no door_m or home_m, as metres come from coordinates"
            )
        _check_points(rule, f"/teams/{at}/door", [team.door])
        _check_points(rule, f"/teams/{at}/home", [team.home or team.door])
    ends_at = np.array(points, dtype=np.float64).reshape(-1, 2)
    door = np.array([team.door for team in teams], dtype=np.float64).reshape(-1, 2)
    home = np.array([team.home or team.door for team in teams], dtype=np.float64).reshape(-1, 2)
    where = np.array(place, dtype=np.int64)
    between = _apart(rule, ends_at, ends_at)
    inside = _lengths(blocks, between[where[0::2], where[1::2]])
    return Layout(_apart(rule, door, ends_at), _apart(rule, home, ends_at), between, inside, where)


def _check_points(rule: Euclidean | OnEarth, where: str, points: Sequence[tuple[float, float]]) -> None:
    """On the earth, refuse what lies nowhere: latitude written first is the usual mistake."""
    for longitude, latitude in points:
        if isinstance(rule, OnEarth) and not (abs(longitude) <= 180 and abs(latitude) <= 90):
            raise FileError(where, "must be longitude, up to 180 degrees, and then latitude, up to 90")


def _apart(rule: Euclidean | OnEarth, here: Floats, there: Floats) -> Floats:
    """Metres between each of these points and each of those, by the rule of the file. Shape [len(here), len(there)]."""
    x, y = here[:, :1], here[:, 1:]
    across, along = there[:, 0], there[:, 1]
    straight = haversine_m(x, y, across, along) if isinstance(rule, OnEarth) else np.hypot(x - across, y - along)
    metres: Floats = straight * rule.detour
    return metres


def _lengths(blocks: Sequence[Spot], between_ends: Floats) -> Floats:
    lengths = [block.length_m for block in blocks]
    return np.array([way if own is None else own for own, way in zip(lengths, between_ends, strict=True)], dtype=float)


def _from_table(table: Table, teams: Sequence[Door], blocks: Sequence[Spot]) -> Layout:
    places = len(table.between)
    place: list[int] = []
    for at, block in enumerate(blocks):
        if block.places is None or block.at is not None or block.ends is not None:
            raise FileError(f"/blocks/{at}", "must have places, and no at or ends, as metres come from a table")
        for nth, number in enumerate(block.places):
            if number >= places:
                raise FileError(f"/blocks/{at}/places/{nth}", f"must be below {places}, the number of places")
        place += [block.places[0], block.places[-1]]
    for at, team in enumerate(teams):
        if team.door_m is None or team.door is not None or team.home is not None:
            raise FileError(f"/teams/{at}", "must have door_m, and no door or home, as metres come from a table")
    between = _rows(table.between, places, "/metres/between")
    door = _rows([team.door_m or [] for team in teams], places, "/teams", "door_m")
    home = _rows([team.home_m or team.door_m or [] for team in teams], places, "/teams", "home_m")
    where = np.array(place, dtype=np.int64)
    return Layout(door, home, between, _lengths(blocks, between[where[0::2], where[1::2]]), where)


def _rows(rows: Sequence[Row], places: int, where: str, field: str = "") -> Floats:
    """The rows as one array [len(rows), P], null as inf."""
    metres = np.empty((len(rows), places))
    for at, row in enumerate(rows):
        if len(row) != places:
            pointer = f"{where}/{at}/{field}".rstrip("/")
            raise FileError(pointer, f"has {len(row)} entries, must have {places}, one for each place")
        metres[at] = or_inf(row)
    return metres


def pointed(error: ProblemError, team: dict[str, int], block: dict[str, int], fields: Sequence[str]) -> FileError:
    """What a problem says of "team A" or "block 7", with the place in the file; fields: those of the two."""
    kind, _, name = error.where.partition(" ")
    number = {"team": team, "block": block}.get(kind, {})
    if name not in number:
        return FileError(f"/groups/{name}" if kind == "group" else f"/{error.where}", error.what)
    place = f"/{kind}s/{number[name]}"
    if error.what.startswith("each band"):
        return FileError(f"{place}/bands", error.what)
    field, _, rest = error.what.partition(" ")
    if field == "between_m":
        return FileError("/metres/between", f"{rest}: the row of {place}")
    return FileError(f"{place}/{field}", rest) if field in fields else FileError(place, error.what)


def door_fields(problem: Problem | WeekProblem, t: int) -> dict[str, Any]:
    """What a team's row says of where it starts and ends, by a table."""
    same = bool((problem.last_leg_m[t] == problem.door_m[t]).all())
    return {
        "id": problem.team_ids[t],
        "speed_mps": float(problem.speed_mps[t]),
        "door_m": row(problem.door_m[t]),
        "home_m": None if same else row(problem.last_leg_m[t]),
        "start_at_most_m": finite(problem.first_leg_m[t]),
        "walk_at_most_m": finite(problem.walk_limit_m[t]),
    }


def spot_fields(problem: Problem | WeekProblem, b: int) -> dict[str, Any]:
    """What a block's row says of where it lies and who may serve it, by a table."""
    may = problem.compatible[:, b]
    few = 2 * int(may.sum()) < len(may)
    return {
        "id": problem.block_ids[b],
        "places": problem.place_of_end[2 * b : 2 * b + 2].tolist(),
        "length_m": float(problem.length_m[b]),
        "dwell_s": float(problem.dwell_s[b]),
        "bands": list(problem.bands[b]),
        "only_teams": [problem.team_ids[t] for t in np.flatnonzero(may)] if few else None,
        "barred_teams": [] if few else [problem.team_ids[t] for t in np.flatnonzero(~may)],
    }


def finite(value: float) -> float | None:
    """The number, inf as null."""
    return float(value) if np.isfinite(value) else None


def row(metres: Metres) -> Row:
    """The metres, inf as null."""
    if np.isfinite(metres).all():
        return list(metres.tolist())
    return [finite(value) for value in metres]
