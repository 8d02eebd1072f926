"""What a sighting's steps, thread and likes look like to whoever reads it."""

from typing import Any
from uuid import UUID

from config.policy import Policy
from patrol.alerts.models import Escalation
from patrol.alerts.rules import RUNG_WORDS
from patrol.sightings import rules
from patrol.sightings.models import Corroboration, Sighting, SightingStep
from patrol.sightings.operations.near import metres_between


def told_of(row: Sighting, steps: list[SightingStep], passed: list[Escalation], viewer: rules.Viewer) -> dict[str, Any]:
    """What happened, in order; for the reporter in plain words, too: somebody has it, but not who."""
    own = row.reporter_id == viewer.person
    if own:
        for step in steps:
            step.note = _for_reporter(step, viewer.person)
    found: dict[str, Any] = {"steps": _in_order(_step, steps, _escalation, passed), "own": own}
    if own:
        found["acknowledged_by"] = None
        found["walk"] = row.walk
        firsts = [one for one in passed if not one.again]
        found["receipts"] = _in_order(_receipt, steps, _passed_receipt, firsts)
    return found


def _in_order(of_step: Any, steps: list[SightingStep], of_escalation: Any, passed: list[Escalation]) -> list[Any]:
    """Steps and escalations by time. An escalation is shown in the state that the step before it left."""
    found, left = [], list(passed)
    for number, step in enumerate(steps):
        found.append(of_step(step))
        until = steps[number + 1].at if number + 1 < len(steps) else None
        while left and (until is None or left[0].at < until):
            found.append(of_escalation(left.pop(0), step.state))
    return found


def _step(step: SightingStep) -> dict[str, Any]:
    values = {name: getattr(step, name) for name in ("action", "state", "outcome", "at", "note", "by_role")}
    return {**values, "to": None, "to_words": None, "people": None}


def _escalation(one: Escalation, state: str) -> dict[str, Any]:
    return {
        "action": "remind" if one.again else "escalate",
        "state": state,
        "outcome": None,
        "at": one.at,
        "note": "",
        "by_role": "service_level",
        "to": one.passed_to,
        "to_words": RUNG_WORDS[one.passed_to],
        "people": one.people,
    }


def _receipt(step: SightingStep) -> dict[str, Any]:
    return {"at": step.at, "state": step.state, "text": rules.receipt(step.action, step.outcome), "note": step.note}


def _passed_receipt(one: Escalation, state: str) -> dict[str, Any]:
    return {"at": one.at, "state": state, "text": rules.passed_on(RUNG_WORDS[one.passed_to]), "note": ""}


def _for_reporter(step: SightingStep, reporter: UUID) -> str:
    """The note, without what officers write to each other, and what another reporter of the same wrote."""
    theirs = step.action in rules.NOTES_TOLD and (step.by_role != "reporter" or step.by == reporter)
    return step.note if theirs else ""


def same(standing: Corroboration | None, count: int, *, own: bool) -> dict[str, Any]:
    """How many others reported the same. Which they are is for those who answer."""
    first, same_as = (standing.first_id, standing.same_as_id) if standing else (None, None)
    hidden = (
        {"first": None, "same_as": None} if own else {"first": first, "same_as": same_as if first is None else None}
    )
    return {"linked": first is not None, "corroborations": count, **hidden}


def lines(by_side: dict[str, tuple[int, int]], *, own: bool) -> dict[str, Any]:
    """How much its thread holds, and how much of that is new to the viewer."""
    other = "answerer" if own else "reporter"
    return {
        "messages": sum(written for written, _ in by_side.values()),
        "unread_messages": by_side.get(other, (0, 0))[1],
    }


def alike(row: Sighting, other: Sighting, policy: Policy) -> dict[str, Any]:
    """Another sighting, as much as it takes to tell whether it is the same."""
    kind = policy.kind(row.kind)
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_name": kind.name if kind else {"ko": row.kind, "en": row.kind},
        "text": row.text,
        "state": row.state,
        "seen_at": row.seen_at,
        "received_at": row.received_at,
        "distance_m": round(metres_between((row.lon, row.lat), (other.lon, other.lat))),
        "version": row.version,
    }
