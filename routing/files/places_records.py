"""The records that problem files have in common: rules of distance, doors, and where blocks lie."""

from typing import Annotated

from msgspec import Meta, Struct

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


Rule = Euclidean | OnEarth | Table


class Door(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Where a team starts and ends, and how far it may go."""

    id: Name
    speed_mps: Annotated[float, Meta(gt=0, description="metres per second")]
    door: Annotated[Point | None, Meta(description="where the walk starts; with coordinates")] = None
    home: Annotated[Point | None, Meta(description="where it ends; null: at the door")] = None
    door_m: Annotated[Row | None, Meta(description="metres from the door to each place; with a table")] = None
    home_m: Annotated[Row | None, Meta(description="metres from each place home; null: as door_m")] = None
    start_at_most_m: Annotated[From0 | None, Meta(description="most metres to the first block; null: no limit")] = None
    walk_at_most_m: Annotated[From0 | None, Meta(description="most metres of the whole loop; null: no limit")] = None


class Spot(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A point with a dwell, or a line that is walked from one end to the other: one of `at`, `ends` and `places`."""

    id: Name
    at: Annotated[Point | None, Meta(description="where a point block lies; with coordinates")] = None
    ends: Annotated[tuple[Point, Point] | None, Meta(description="where a line block's ends lie")] = None
    places: Annotated[Places | None, Meta(description="where its ends lie; with a table")] = None
    length_m: Annotated[From0 | None, Meta(description="metres inside; null: as `metres` has it")] = None
    dwell_s: Annotated[float, Meta(ge=0, description="seconds to stay, on top of the walk")] = 0.0
    bands: Annotated[
        list[tuple[float, float]],
        Meta(description="[start, end] pairs that hold the whole service; none: any time"),
    ] = []
    only_teams: Annotated[list[Name] | None, Meta(description="the teams that may serve it; null: all")] = None
    barred_teams: Annotated[list[Name], Meta(description="teams that may not serve it")] = []
