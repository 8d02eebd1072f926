"""What comes of a plan run, kept: what was seen of its teams before it, and its routes, reasons and remedies after."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog

from config.database import transaction
from patrol.places.models import Block
from patrol.planning.models import LeftOut, PlanGate, PlanRoute, PlanRun
from patrol.planning.operations.asking import move
from patrol.planning.operations.pairing import pins_left_out
from patrol.planning.operations.snapshot import Snapshot
from patrol.planning.operations.weekly import WeekSnapshot, evenings_of

log = structlog.get_logger(__name__)


def note(run: PlanRun, seen: Snapshot | WeekSnapshot) -> None:
    """Keep the pins that the run cannot heed, and what the dogs' gates say, in place of what an earlier try saw."""
    rows = [
        {
            "run": run,
            "team": gated.planable.team,
            "evening": gated.evening,
            "verdict": gated.planable.gate.verdict,
            "most_min": gated.planable.walk_min,
            "begins_at": gated.planable.earliest,
            "ends_at": gated.planable.latest,
            "reasons": list(gated.planable.gate.reasons),
            "dogs": [str(dog) for dog in gated.planable.gate.dogs],
        }
        for gated in seen.gated
    ]
    with transaction():
        PlanRun.update(unmet=[asdict(pin) for pin in seen.unmet]).where(PlanRun.id == run.id).execute()
        PlanGate.delete().where(PlanGate.run == run).execute()
        for start in range(0, len(rows), 100):
            PlanGate.insert_many(rows[start : start + 100]).execute()


def store(run: PlanRun, outcome: dict[str, Any], *, now: datetime) -> None:
    """Write `{"problem": words}` or `{"result": …}`, as planner.py sends it, whole, if the run is still ours."""
    with transaction():
        mine = PlanRun.get_or_none(
            (PlanRun.id == run.id) & (PlanRun.claimed_by == run.claimed_by) & (PlanRun.state == "running")
        )
        if mine is None:
            log.warning("plan run was taken over; its result is dropped", run=str(run.id))
            return
        if "problem" in outcome:
            move(run, "fail", problem=outcome["problem"], finished_at=now)
            return
        result = outcome["result"]
        _store_routes(run, result["routes"])
        rows = [{"run": run, **entry} for entry in result["left_out"]]
        for start in range(0, len(rows), 500):
            LeftOut.insert_many(rows[start : start + 500]).execute()
        move(
            run,
            "stop" if mine.cancel_asked else "finish",
            unmet=mine.unmet + [asdict(pin) for pin in pins_left_out(mine)],
            summary=result["summary"],
            remedies=[_remedy(run, one) for one in result["remedies"]],
            weight=result["weight"],
            bound=result["bound"],
            phase="done",
            progress=1,
            finished_at=now,
        )


def _remedy(run: PlanRun, one: dict[str, Any]) -> dict[str, Any]:
    """A remedy as the run keeps it, see PlanRun.remedies."""
    evening = evenings_of(run)[one["day"]]
    begins = evening.begins + timedelta(seconds=one["start_s"])
    return {
        "minutes": one["minutes"],
        "begins_at": begins.isoformat(),
        "near": one["near"],
        "blocks": one["blocks"],
        "weight": one["weight"],
    }


def _store_routes(run: PlanRun, routes: list[dict[str, Any]]) -> None:
    evenings = evenings_of(run)
    blocks = {str(block.id): block for block in Block.select().where(Block.city == run.city_id)}
    for route in routes:
        evening = evenings[route["day"]]
        starts = evening.begins + timedelta(seconds=route["start_s"])
        PlanRoute.create(
            run=run,
            team=route["team"],
            evening=evening.day,
            starts_at=starts,
            ends_at=starts + timedelta(seconds=route["duration_s"]),
            latest_start_at=evening.begins + timedelta(seconds=route["latest_start_s"]),
            distance_m=route["distance_m"],
            duration_s=route["duration_s"],
            weight=route["weight"],
            adds=route["adds"],
            route={
                "line": route["line"],
                "shown": route["shown"],
                "stops": [_stop(stop, blocks[stop["block"]]) for stop in route["stops"]],
                "turns": [_turn(turn) for turn in route["turns"]],
            },
        )


def _stop(stop: dict[str, Any], block: Block) -> dict[str, Any]:
    """A stop as the shift keeps it: what the block was when it was planned."""
    return {
        **stop,
        "code": block.code,
        "kind": block.kind,
        "street": block.street,
        "geometry": block.geometry,
        "weight": block.weight,
        "reasons": block.reasons,
        "dwell_s": block.dwell_s,
    }


def _turn(turn: dict[str, Any]) -> dict[str, Any]:
    return {"street" if name == "name" else name: value for name, value in turn.items()}
