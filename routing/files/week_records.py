"""The records of the JSON format `patrol-week/1`; week.schema.json is made from them."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from routing.files.places_records import Door, From0, Name, Rule, Spot

FORMAT: Final = "patrol-week/1"

Whole0 = Annotated[int, Meta(ge=0)]


class Free(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A day on which a team can walk. Times are seconds after the origin of that day."""

    day: Annotated[int, Meta(ge=0, description="from 0, the first day of the week")]
    budget_s: Annotated[float, Meta(ge=0, description="most seconds from leaving the door to being back, all included")]
    earliest_s: Annotated[float, Meta(description="leave not before")] = 0.0
    latest_s: Annotated[float | None, Meta(description="be back not after; null: at any time")] = None


class Liked(Struct, forbid_unknown_fields=True):
    """A block that a team likes."""

    block: Name
    worth: Annotated[float, Meta(ge=0, description="what its visit is worth beyond the weight")]


class WeekTeam(Door):
    """A team for one week; it walks at most once a day."""

    free: Annotated[list[Free], Meta(description="the days on which it can walk")]
    walks_at_most: Annotated[int, Meta(ge=0, description="in this week")]
    rest_days: Annotated[int, Meta(ge=0, description="whole days between two walks at least")] = 0
    walked_before_s: Annotated[float, Meta(ge=0, description="seconds walked in the three weeks before")] = 0.0
    burden_at_most_s: Annotated[
        From0 | None, Meta(description="most seconds in those three weeks and this one; null: no bound")
    ] = None
    liked: list[Liked] = []


class WeekBlock(Spot):
    """A block with the visits it wants in the week."""

    visit_weight: Annotated[
        list[From0], Meta(description="the prize of its first, second, ... visit of the week, never rising")
    ]
    spacing_days: Annotated[
        int, Meta(ge=0, description="days between two visits at least; 1: never twice a day; 0: whenever")
    ] = 1


class Partners(Struct, forbid_unknown_fields=True):
    """Two teams that like to walk on the same day."""

    teams: tuple[Name, Name]
    together: Annotated[float, Meta(ge=0, description="what each such day is worth")]


class WeekFile(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One week to plan. Distances are metres, times seconds after the origin of their day."""

    format: Literal["patrol-week/1"]
    days: Annotated[int, Meta(ge=1, description="how many the week has")]
    metres: Rule
    teams: list[WeekTeam]
    blocks: list[WeekBlock]
    partners: list[Partners] = []
    title: str = ""
