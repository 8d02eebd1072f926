"""What keeps a team standing, or puts it in doubt, on the wire."""

from typing import Any

import marshmallow as ma

from patrol.http.schemas import Day, Moment, Schema, Text
from patrol.people.schemas import PagedPurposeQuery
from patrol.teams.operations.eligibility import Dated
from patrol.teams.rules import DISPUTE_STATES, SUSPENSION_REASONS


class ReasonIn(Schema):
    """Why: kept with the team's steps."""

    note = Text(most=1000, least=1, required=True)


class SuspensionIn(ReasonIn):
    """Why a team is suspended, and what happened."""

    reason = ma.fields.String(required=True, validate=ma.validate.OneOf(list(SUSPENSION_REASONS)))


class TrainingIn(Schema):
    """The day on which a team was trained."""

    trained_on = Day(required=True)


class VaccinationIn(Schema):
    """Rabies: the last day on which the vaccination is valid."""

    vaccinated_until = Day(required=True)


class StandingOut(Schema):
    """Something that a team needs."""

    what = ma.fields.String(required=True, metadata={"description": "vaccination, screening, consent, training, dog."})
    name = ma.fields.String(required=True, metadata={"description": "The dog's, or the consent's kind."})
    until = ma.fields.Date(required=True, allow_none=True, metadata={"description": "Last good day; null: lacking."})
    asked_again = ma.fields.Boolean(required=True, metadata={"description": "A consent to an older text."})


class BlockedShift(Schema):
    """A shift that falls away when what ends first has ended."""

    shift = ma.fields.UUID(required=True)
    evening = ma.fields.Date(required=True)


class EligibilityOut(Schema):
    """A team's clock."""

    team = ma.fields.UUID(required=True, attribute="team.id")
    code = ma.fields.String(required=True, attribute="team.code")
    name = ma.fields.String(required=True, attribute="team.name")
    state = ma.fields.String(required=True, attribute="team.state")
    eligible = ma.fields.Method("is_eligible", required=True, metadata={"type": "boolean"})
    until = ma.fields.Date(required=True, allow_none=True, attribute="clock.until")
    days_left = ma.fields.Method("left", required=True, metadata={"type": ["integer", "null"]})
    first = ma.fields.Nested(StandingOut, required=True, allow_none=True, attribute="clock.first")
    standings = ma.fields.List(ma.fields.Nested(StandingOut), required=True, attribute="clock.standings")
    blocked_shifts = ma.fields.Method("blocked", required=True, metadata={"type": "array", "items": {"type": "object"}})

    def is_eligible(self, dated: Dated) -> bool:
        """Whether it may patrol today."""
        return dated.clock.eligible(dated.today)

    def left(self, dated: Dated) -> int | None:
        """Days until the last good one; negative when that has passed."""
        return (dated.clock.until - dated.today).days if dated.clock.until else None

    def blocked(self, dated: Dated) -> Any:
        """Shifts after it."""
        return BlockedShift(many=True).dump([{"shift": shift, "evening": evening} for shift, evening in dated.blocked])


class EligibilityQuery(PagedPurposeQuery):
    """How far to look."""

    within_days = ma.fields.Integer(load_default=30, validate=ma.validate.Range(0, 730))


class PartyOut(Schema):
    """A team in a dispute: perhaps of a district that the caller does not look after, and so without its id."""

    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    state = ma.fields.String(required=True)


class DisputeOut(Schema):
    """A dog that two teams claim; `claimant` came later."""

    id = ma.fields.UUID(required=True)
    registration_no = ma.fields.String(required=True)
    holder = ma.fields.Nested(PartyOut, required=True)
    claimant = ma.fields.Nested(PartyOut, required=True)
    state = ma.fields.String(required=True)
    note = ma.fields.String(required=True)
    created_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)


class DisputesQuery(PagedPurposeQuery):
    """Which disputes."""

    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf(DISPUTE_STATES))


class DecisionIn(Schema):
    """Whose the dog is."""

    keeps = ma.fields.String(required=True, validate=ma.validate.OneOf(("holder", "claimant")))
    note = Text(most=1000, load_default="")
