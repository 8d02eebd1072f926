"""Who sees which sightings, and what of them. The reporter is shown to nobody else, unless by their own wish."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from peewee import SQL

from config.policy import Policy
from patrol.alerts.models import Alert
from patrol.alerts.operations.escalating import escalations_of
from patrol.alerts.operations.reading import alerts_of, passed_on_to, reached, taken_by, told
from patrol.errors import Forbidden, NotFound
from patrol.people.operations.audit import note_read
from patrol.people.rules import STAFF
from patrol.places.models import Facility, PoliceBox
from patrol.sightings import rules
from patrol.sightings.models import Corroboration, Sighting, SightingPhoto, SightingStep
from patrol.sightings.operations import asking_back, corroborating, describing
from patrol.sightings.operations.contact import contacts
from patrol.sightings.operations.photos import photos_of
from patrol.sightings.rules import routing

OPEN = tuple(state for state in rules.STATES if state != "resolved")
NEWEST_FIRST = ((Sighting.received_at, True), (Sighting.id, True))
QUEUE_ORDER = ((Sighting.urgency_rank, False), (Sighting.received_at, False), (Sighting.id, False))


class NotYours(Forbidden):
    """The sighting went to others; the caller may read it, no more."""

    words = {"ko": "다른 담당자가 맡은 신고입니다.", "en": "This sighting is for others to answer."}


def own(viewer: rules.Viewer, *, state: str | None) -> Any:
    """Query of what the viewer reported."""
    mine = Sighting.select().where(Sighting.reporter == viewer.person)
    return mine.where(Sighting.state == state) if state else mine


def queue(viewer: rules.Viewer, *, state: str | None) -> Any:
    """Query of what a member of staff may see: in one state, or all that is not resolved.

    Of several that are the same only the one that stands for them.
    """
    linked = Corroboration.select(Corroboration.sighting).where(Corroboration.first.is_null(is_null=False))
    rows = Sighting.select().where((Sighting.city == viewer.city) & _for_staff(viewer) & Sighting.id.not_in(linked))
    return rows.where(Sighting.state == state) if state else rows.where(Sighting.state.in_(OPEN))


def taken_by_viewer(viewer: rules.Viewer) -> list[tuple[Sighting, str]]:
    """What a member of staff took, has not ended and may still answer, with the role for each; oldest first."""
    taken = Sighting.state.in_(("acknowledged", "responding")) & Sighting.id.in_(taken_by(viewer.person))
    found = Sighting.select().where((Sighting.city == viewer.city) & taken & _for_staff(viewer))
    rows = list(found.order_by(Sighting.received_at, Sighting.id))
    to_viewer = reached(viewer.person, [row.id for row in rows])
    return [(row, role) for row in rows if (role := _role(viewer, row, to_viewer))]


def sighting_for(viewer: rules.Viewer, sighting_id: UUID) -> Sighting:
    """The sighting, when the viewer may see it. Raises NotFound."""
    seen = Sighting.reporter == viewer.person
    if viewer.roles & STAFF:
        seen |= _for_staff(viewer)
    found: Sighting | None = Sighting.get_or_none((Sighting.id == sighting_id) & (Sighting.city == viewer.city) & seen)
    if found is None:
        raise NotFound
    return found


def answerer(viewer: rules.Viewer, sighting: Sighting) -> str:
    """The role in which the viewer answers. Raises NotYours."""
    role = _role(viewer, sighting, reached(viewer.person, [sighting.id]))
    if role is None:
        raise NotYours
    return role


def overseer(viewer: rules.Viewer, sighting: Sighting) -> str:
    """The role in which the viewer may pass it on: who answers it, and who oversees it. Raises NotYours."""
    role = _role(viewer, sighting, reached(viewer.person, [sighting.id]))
    if role is None and "coordinator" in viewer.roles and not sighting.restricted:
        role = "coordinator"
    if role is None:
        raise NotYours
    return role


def still_seen(viewer: rules.Viewer, sighting: Sighting) -> bool:
    """Whether the viewer may see it after it went elsewhere."""
    return bool(Sighting.select().where((Sighting.id == sighting.id) & _for_staff(viewer)).exists())


def photo_for(
    viewer: rules.Viewer, sighting_id: UUID, photo_id: UUID, *, policy: Policy, now: datetime
) -> tuple[Sighting, SightingPhoto]:
    """A photo and its sighting, when the viewer may see it: its reporter, and who answers. Raises NotFound."""
    sighting = sighting_for(viewer, sighting_id)
    to_viewer = reached(viewer.person, [sighting_id])
    if photo_id not in {photo.id for photo in _photos([sighting], viewer, to_viewer, policy, now)[sighting_id]}:
        raise NotFound
    return sighting, SightingPhoto.get_by_id(photo_id)


def described(
    sightings: Sequence[Sighting], *, viewer: rules.Viewer, policy: Policy, now: datetime
) -> list[dict[str, Any]]:
    """What the viewer sees of each, with its steps; what they reported themselves with receipts too."""
    ids = [sighting.id for sighting in sightings]
    alerts = alerts_of(ids)
    boxes = _named(PoliceBox.select(PoliceBox.id, PoliceBox.name), {row.box_id for row in sightings})
    facilities = _named(Facility.select(), {row.facility_id for row in sightings})
    steps: dict[UUID, list[SightingStep]] = {sighting_id: [] for sighting_id in ids}
    for step in SightingStep.select().where(SightingStep.sighting.in_(ids)).order_by(SightingStep.version):
        steps[step.sighting_id].append(step)
    passed, to_viewer = escalations_of(ids), reached(viewer.person, ids)
    shared = contacts(sightings, policy=policy, now=now)
    photos = _photos(sightings, viewer, to_viewer, policy, now)
    same = corroborating.standings(sightings)
    lines = asking_back.counts(sightings)
    return [
        _shown(row, alerts[row.id], policy, now)
        | {"box": boxes.get(row.box_id), "facility": _facility(facilities.get(row.facility_id), viewer)}
        | describing.told_of(row, steps[row.id], passed[row.id], viewer)
        | describing.same(*same[row.id], own=row.reporter_id == viewer.person)
        | describing.lines(lines[row.id], own=row.reporter_id == viewer.person)
        | {"escalated_to_you": to_viewer.get(row.id, 0) > 0}
        | {"reporter_contact": shared.get(row.id), "contact_shared": row.id in shared, "photos": photos[row.id]}
        for row in sightings
    ]


def alike(sighting: Sighting, *, viewer: rules.Viewer, policy: Policy) -> dict[str, list[dict[str, Any]]]:
    """What a sighting stands for, and what else that the viewer may see could be the same; the nearest first."""
    near = corroborating.near(sighting, policy) if corroborating.may_belong(policy.kind(sighting.kind)) else []
    theirs = Sighting.select(Sighting.id).where(Sighting.id.in_([row.id for row in near]) & _for_staff(viewer))
    visible = {row.id for row in theirs}
    found = {"linked": corroborating.belonging(sighting.id), "candidates": [row for row in near if row.id in visible]}
    return {name: [describing.alike(row, sighting, policy) for row in rows] for name, rows in found.items()}


def log_reads(
    sightings: Sequence[Sighting], *, viewer: rules.Viewer, purpose: str, request_id: str, now: datetime
) -> None:
    """Log that restricted ones, and those with their reporter's name, were read: whose, by whom, what for."""
    known = [row for row in sightings if row.reporter_id]
    read = {
        "restricted_sighting": [row.reporter_id for row in known if row.restricted],
        "reporter_contact": [row.reporter_id for row in known if row.contact_shared_at],
    }
    for what, subjects in read.items():
        note_read(
            city=viewer.city,
            reader=viewer.person,
            subjects=subjects,
            what=what,
            purpose=purpose,
            request_id=request_id,
            now=now,
        )


def kinds_on_duty(duties: frozenset[str], policy: Policy) -> frozenset[str]:
    """Codes of the kinds that go to one of these duties."""
    return frozenset(kind.code for kind in policy.kinds if kind.duty in duties)


def _role(viewer: rules.Viewer, sighting: Sighting, to_viewer: Mapping[UUID, int]) -> str | None:
    """In which role the viewer answers it, if in any; `to_viewer` is what `reached` them."""
    return rules.answering_role(
        viewer,
        routed_to=sighting.routed_to,
        box=sighting.box_id,
        restricted=sighting.restricted,
        told=sighting.id in to_viewer,
        passed_on=to_viewer.get(sighting.id, 0) > 0,
    )


def _photos(
    sightings: Sequence[Sighting], viewer: rules.Viewer, to_viewer: Mapping[UUID, int], policy: Policy, now: datetime
) -> dict[UUID, list[SightingPhoto]]:
    """The photos of each sighting that the viewer may see; those of others only as long as their consent stands."""
    answered = [row for row in sightings if _role(viewer, row, to_viewer)]
    own = [row for row in sightings if row.reporter_id == viewer.person]
    return photos_of(sightings, own=own, answered=answered, policy=policy, now=now)


def _for_staff(viewer: rules.Viewer) -> Any:
    """Restricted ones, and what goes to people by name, only when told; a coordinator sees all else of theirs.

    Told of a restricted one as holder of a duty, one sees it while on that duty, and longer when one took it oneself.
    """
    in_person = Sighting.restricted | Sighting.routed_to.in_(rules.IN_PERSON)
    now_theirs = (
        ~Sighting.restricted
        | (Sighting.routed_to != "duty")
        | Sighting.kind.in_(viewer.kinds_on_duty)
        | Sighting.id.in_(taken_by(viewer.person))
    )
    seen = in_person & Sighting.id.in_(told(viewer.person)) & now_theirs
    seen |= ~Sighting.restricted & Sighting.id.in_(passed_on_to(viewer.person))
    if "officer" in viewer.roles:
        theirs = ~Sighting.restricted & (Sighting.routed_to == "box")
        seen |= theirs & Sighting.box.in_(viewer.boxes) if viewer.boxes else theirs
    if "coordinator" in viewer.roles:
        seen |= ~Sighting.restricted & _within(viewer.districts)
    if "admin" in viewer.roles:
        seen |= ~Sighting.restricted & (Sighting.routed_to == "admins")
    return seen


def _within(districts: frozenset[UUID]) -> Any:
    """Condition on sightings: they are of one of these districts; of whichever, where none is named (see Caller)."""
    return Sighting.district.in_(districts) if districts else SQL("1 = 1")


def _facility(facility: Facility | None, viewer: rules.Viewer) -> dict[str, Any] | None:
    """What is broken; the address of its owner, who may have an account here, is for staff."""
    if facility is None:
        return None
    shown = {"id": facility.id, "name": facility.name, "kind": facility.kind}
    return {**shown, "email": facility.email if viewer.roles & STAFF else ""}


def _shown(row: Sighting, alert: Alert, policy: Policy, now: datetime) -> dict[str, Any]:
    kind = policy.kind(row.kind)
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_name": kind.name if kind else {"ko": row.kind, "en": row.kind},
        "urgency": row.urgency,
        "restricted": row.restricted,
        "text": row.text,
        "lon": row.lon,
        "lat": row.lat,
        "accuracy_m": row.accuracy_m,
        "direction": row.direction,
        "outside_city": row.outside_city,
        "seen_at": row.seen_at,
        "received_at": row.received_at,
        "called_at": row.called_at,
        "bite": row.bite,
        "routed_to": row.routed_to,
        "routed_why": routing.explained(row.routed_why),
        "state": row.state,
        "outcome": row.outcome,
        "due_at": alert.due_at,
        "overdue": alert.state == "open" and alert.due_at < now,
        "acknowledged_by": alert.acknowledged_by.name if alert.acknowledged_by else None,
        "acknowledged_at": alert.acknowledged_at,
        "coarsened": row.coarsened_at is not None,
        "version": row.version,
    }


def _named(rows: Any, ids: set[UUID | None]) -> dict[UUID | None, Any]:
    """Rows of a query by their id, of those that are named."""
    wanted = ids - {None}
    return {row.id: row for row in rows.where(rows.model.id.in_(wanted))} if wanted else {}
