"""The records of the JSON format `patrol-problem/1`, an evening; problem.schema.json is made from them.

Metres come in one of two ways. Either every place has coordinates and `metres` says how far apart two of them are;
or `metres` is a table between numbered places, blocks name places by number, and each team lists its metres to all.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from routing.files.places_records import Door, From0, Name, Rule, Spot

FORMAT: Final = "patrol-problem/1"


class Team(Door):
    """A team for one evening. Times are seconds after the evening's origin."""

    budget_s: Annotated[float, Meta(ge=0, description="most seconds from leaving the door to being back, all included")]
    earliest_s: Annotated[float, Meta(description="leave not before")] = 0.0
    latest_s: Annotated[float | None, Meta(description="be back not after; null: at any time")] = None


class Block(Spot):
    """A point with a dwell, or a line that is walked from one end to the other: one of `at`, `ends` and `places`."""

    weight: Annotated[float, Meta(ge=0, description="the prize for covering it")]
    repeat_weight: Annotated[
        list[From0], Meta(description="the prize of the second, third, ... visit, each by another team, never rising")
    ] = []
    pinned_to: Annotated[Name | None, Meta(description="the team that should walk it, and nobody else")] = None


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
    metres: Rule
    teams: list[Team]
    blocks: list[Block]
    groups: list[JointPatrol] = []
    previous: EarlierPlan | None = None
    title: str = ""
