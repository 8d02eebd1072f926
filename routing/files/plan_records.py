"""The records of the JSON format `patrol-plan/1`; plan.schema.json is made from them."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from routing.plan import Reason

FORMAT: Final = "patrol-plan/1"

From0 = Annotated[float, Meta(ge=0)]
End = Annotated[int, Meta(ge=0, le=1)]


class StopRow(Struct, forbid_unknown_fields=True):
    """A block on a loop. A line block entered at end 0 is left at end 1."""

    block: str
    entered_at: End
    arrival_s: Annotated[float | None, Meta(description="at the entrance; waiting for a band comes after it")] = None
    departure_s: Annotated[float | None, Meta(description="when the service is over")] = None


class RouteRow(Struct, forbid_unknown_fields=True):
    """One team's loop."""

    team: str
    start_s: Annotated[float, Meta(description="when to leave the door")]
    duration_s: Annotated[float, Meta(ge=0, description="from leaving the door to being back, all included")]
    distance_m: From0
    weight: From0
    stops: list[StopRow]


class LeftOutRow(Struct, forbid_unknown_fields=True):
    """A block on no loop, and why."""

    block: str
    reason: Reason
    amount: Annotated[From0 | None, Meta(description="seconds or weight, as the reason has it; null: without end")]


class PlanFile(Struct, forbid_unknown_fields=True):
    """Who walks what, and why the rest is left out. Times are seconds after the evening's origin."""

    format: Literal["patrol-plan/1"]
    weight: Annotated[float, Meta(ge=0, description="the prizes collected")]
    bound: Annotated[float | None, Meta(description="proven: no plan weighs more; null: unknown")]
    gap_percent: Annotated[float | None, Meta(description="of the bound, how much the plan may be short of the best")]
    solver: str
    seed: int
    solve_s: From0
    routes: list[RouteRow]
    left_out: list[LeftOutRow]
    lp: Annotated[float | None, Meta(description="what the linear relaxation over known loops weighs")] = None
