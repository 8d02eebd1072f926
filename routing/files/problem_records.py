"""The records of the JSON format `patrol-problem/1`, an evening; problem.schema.json is made from them.

Metres come in one of two ways. Either every place has coordinates and `metres` says how far apart two of them are;
or `metres` is a table between numbered places, blocks name places by number, and each team lists its metres to all.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

FORMAT: Final = "patrol-problem/1"

From0 = Annotated[float, Meta(ge=0)]
Above0 = Annotated[float, Meta(gt=0)]
Point = Annotated[tuple[float, float], Meta(description="x and y in metres, or longitude and latitude in degrees")]
Place = Annotated[int, Meta(ge=0, description="the number of a place in the table")]
Places = Annotated[list[Place], Meta(min_length=1, max_length=2)]
Name = Annotated[str, Meta(min_length=1)]
Row = Annotated[list[From0 | None], Meta(description="metres to each place; null: no way leads there")]


class Euclidean(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="euclidean"):
    """Straight lines on a plane, times a factor for the way round; coordinates are metres."""

    detour: Above0 = 1.0


class OnEarth(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="lonlat"):
    """Great circles, times a factor for the way round; coordinates are longitude and latitude in degrees."""

    detour: Above0 = 1.0


class Table(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="table"):
    """Metres from each place to each, the same both ways; null: no way leads there."""

    between: list[Row]


class Team(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A team for one evening. Times are seconds after the evening's origin."""

    id: Name
    budget_s: Annotated[float, Meta(ge=0, description="most seconds from leaving the door to being back, all included")]
    speed_mps: Annotated[float, Meta(gt=0, description="metres per second")]
    earliest_s: Annotated[float, Meta(description="leave not before")] = 0.0
    latest_s: Annotated[float | None, Meta(description="be back not after; null: at any time")] = None
    door: Annotated[Point | None, Meta(description="where the walk starts; with coordinates")] = None
    home: Annotated[Point | None, Meta(description="where it ends; null: at the door")] = None
    door_m: Annotated[Row | None, Meta(description="metres from the door to each place; with a table")] = None
    home_m: Annotated[Row | None, Meta(description="metres from each place home; null: as door_m")] = None
    start_at_most_m: Annotated[From0 | None, Meta(description="most metres to the first block; null: no limit")] = None
    walk_at_most_m: Annotated[From0 | None, Meta(description="most metres of the whole loop; null: no limit")] = None


class Block(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A point with a dwell, or a line that is walked from one end to the other: one of `at`, `ends` and `places`."""

    id: Name
    weight: Annotated[float, Meta(ge=0, description="the prize for covering it")]
    at: Annotated[Point | None, Meta(description="where a point block lies; with coordinates")] = None
    ends: Annotated[tuple[Point, Point] | None, Meta(description="where a line block's ends lie")] = None
    places: Annotated[Places | None, Meta(description="where its ends lie; with a table")] = None
    length_m: Annotated[From0 | None, Meta(description="metres inside; null: as `metres` has it between the ends")] = (
        None
    )
    dwell_s: Annotated[float, Meta(ge=0, description="seconds to stay, on top of the walk")] = 0.0
    bands: Annotated[
        list[tuple[float, float]],
        Meta(description="[start, end] pairs in which the whole service lies; none: any time"),
    ] = []
    repeat_weight: Annotated[
        list[From0], Meta(description="the prize of the second, third, ... visit, each by another team, never rising")
    ] = []
    pinned_to: Annotated[Name | None, Meta(description="the team that should walk it, and nobody else")] = None
    only_teams: Annotated[list[Name] | None, Meta(description="the teams that may serve it; null: all")] = None
    barred_teams: Annotated[list[Name], Meta(description="teams that may not serve it")] = []


class JointPatrol(Struct, forbid_unknown_fields=True):
    """Teams that walk one loop together, from the door of the first of them."""

    teams: Annotated[list[Name], Meta(min_length=2)]
    approach_s: Annotated[
        list[From0], Meta(min_length=2, description="seconds from each one's own door; 0 for the first")
    ]


class EarlierRoute(Struct, forbid_unknown_fields=True):
    """What a team was to walk, in order."""

    team: Name
    blocks: list[Name]


class EarlierPlan(Struct, forbid_unknown_fields=True):
    """The plan to stay near."""

    routes: list[EarlierRoute]
    keep_weight: Annotated[float, Meta(ge=0, description="a block changes hands only for at least this weight")] = 0.0


class ProblemFile(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One evening to plan. Distances are metres, times seconds after the evening's origin."""

    format: Literal["patrol-problem/1"]
    metres: Euclidean | OnEarth | Table
    teams: list[Team]
    blocks: list[Block]
    groups: list[JointPatrol] = []
    previous: EarlierPlan | None = None
    title: str = ""
