"""Which teams a plan kept in or cut short for their dogs' sake."""

from typing import Any
from uuid import UUID

from patrol.planning.models import PlanGate, PlanRun
from patrol.teams.models import Team
from patrol.teams.operations.welfare import in_words, names_of


def gates_of(run: PlanRun) -> list[dict[str, Any]]:
    """What the dogs allowed where that was less than usual, as the run saw it; kept in first, by evening and team."""
    gates = list(
        PlanGate.select(PlanGate, Team)
        .join(Team)
        .where(PlanGate.run == run)
        .order_by(PlanGate.most_min > 0, PlanGate.evening, Team.code)
    )
    known = names_of(UUID(dog) for gate in gates for dog in gate.dogs)
    told = []
    for gate in gates:
        names = [known[UUID(dog)] for dog in gate.dogs if UUID(dog) in known]
        told.append(
            {
                **{name: getattr(gate, name) for name in SHOWN},
                "dogs": names,
                "words": in_words(gate.reasons, names),
            }
        )
    return told


SHOWN = ("team", "evening", "verdict", "most_min", "begins_at", "ends_at", "reasons")
