"""Plan runs, pins and bars on the wire."""

from typing import Any

import marshmallow as ma

from patrol.http.paging import PageQuery
from patrol.http.schemas import Day, Moment, Schema, Text, Whole
from patrol.planning.rules import KINDS, PAIRINGS, STATES, UNMET
from patrol.teams.rules import REASONS, VERDICTS
from patrol.teams.schemas import TeamRef

MOST_SECONDS = 600.0
MOST_KEEP_WEIGHT = 1000.0


class RunIn(Schema):
    """An evening or a week to plan. Times outside the policy's evening are given as begins_at and ends_at."""

    kind = ma.fields.String(load_default="evening", validate=ma.validate.OneOf(KINDS))
    evening = Day(required=True, metadata={"description": "The day in the city's time; of a week the first of seven."})
    begins_at = Moment(load_default=None)
    ends_at = Moment(load_default=None)
    seconds = ma.fields.Float(
        load_default=None, validate=ma.validate.Range(0, MOST_SECONDS, min_inclusive=False), allow_none=True
    )
    seed = Whole(load_default=None, allow_none=True, validate=ma.validate.Range(0, 2**31 - 1))
    near = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "A run of the same day to change as little as may be, and to be published in place of."
        },
    )
    keep_weight = ma.fields.Float(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(0, MOST_KEEP_WEIGHT),
        metadata={"description": "With `near`: a block changes hands only for so much weight or more."},
    )


class FreeOut(Schema):
    """What free walking from the same doors for the same minutes would have covered, in the mean."""

    weight = ma.fields.Float()
    blocks = ma.fields.Float()
    share_on_blocks = ma.fields.Float()
    minutes = ma.fields.Float()


class FairnessOut(Schema):
    """Minutes over four weeks, the planned one included, of the teams that can walk in it."""

    least_min = ma.fields.Float()
    mean_min = ma.fields.Float()
    most_min = ma.fields.Float()


class SurpriseOut(Schema):
    """How hard the week is to foresee: entropies in bits, and the weight that it cost."""

    plans = ma.fields.Integer(metadata={"description": "Near-best plans, one of which was drawn."})
    entropy_bits = ma.fields.Float(metadata={"description": "Of who comes when, a mean over the blocks."})
    where_bits = ma.fields.Float(metadata={"description": "Of whether a block is visited at all, likewise."})
    price = ma.fields.Float()


class SummaryOut(Schema):
    """The table that a plan comes with."""

    teams = ma.fields.Integer()
    routes = ma.fields.Integer()
    blocks = ma.fields.Integer()
    blocks_covered = ma.fields.Integer()
    visits = ma.fields.Integer(metadata={"description": "Of a week: planned, where a block may be visited again."})
    visits_wanted = ma.fields.Integer(metadata={"description": "Of a week."})
    weight_covered = ma.fields.Float()
    weight_reachable = ma.fields.Float()
    weight_total = ma.fields.Float()
    minutes_walked = ma.fields.Float()
    walked_m = ma.fields.Float()
    share_on_blocks = ma.fields.Float(metadata={"description": "Share of walked metres on target blocks."})
    solve_s = ma.fields.Float()
    solver = ma.fields.String()
    seed = ma.fields.Integer()
    bound = ma.fields.Float(allow_none=True)
    free = ma.fields.Nested(FreeOut, allow_none=True)
    fairness = ma.fields.Nested(FairnessOut, metadata={"description": "Of a week."})
    surprise = ma.fields.Nested(SurpriseOut, metadata={"description": "Of a week."})


class UnmetOut(Schema):
    """A pin that the run could not keep, and why."""

    pairing = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(PAIRINGS))
    team = ma.fields.String(required=True, metadata={"description": "The team's code."})
    block = ma.fields.String(required=True, metadata={"description": "The block's code."})
    reason = ma.fields.String(required=True, validate=ma.validate.OneOf(tuple(UNMET)))
    words = ma.fields.Function(lambda entry: UNMET[entry["reason"]], required=True, metadata={"type": "object"})


class RunOut(Schema):
    """A run: how far it is, and what came out."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(KINDS))
    evening = ma.fields.Date(required=True)
    begins_at = Moment(required=True)
    ends_at = Moment(required=True)
    seconds = ma.fields.Float(required=True)
    seed = ma.fields.Integer(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    phase = ma.fields.String(required=True)
    progress = ma.fields.Float(required=True, metadata={"description": "0 to 1."})
    weight = ma.fields.Float(allow_none=True, required=True, metadata={"description": "Of the best plan so far."})
    bound = ma.fields.Float(allow_none=True, required=True, metadata={"description": "No plan can weigh more; proven."})
    gap = ma.fields.Float(
        allow_none=True, required=True, metadata={"description": "1 - weight / bound: what is missed at most."}
    )
    districts = ma.fields.Function(
        lambda run: sorted(map(str, run.planned_for)),
        required=True,
        metadata={
            "type": "array",
            "items": {"type": "string", "format": "uuid"},
            "description": "Those it plans for; empty: the whole city.",
        },
    )
    near = ma.fields.UUID(attribute="near_id", allow_none=True, required=True)
    keep_weight = ma.fields.Float(allow_none=True, required=True)
    unmet = ma.fields.List(
        ma.fields.Nested(UnmetOut), required=True, metadata={"description": "Pins that could not be kept."}
    )
    problem = ma.fields.String(required=True, metadata={"description": "Why it failed; empty otherwise."})
    summary = ma.fields.Nested(SummaryOut, allow_none=True, required=True)
    created_at = Moment(required=True)
    finished_at = Moment(allow_none=True, required=True)
    published_at = Moment(allow_none=True, required=True)


class RunsQuery(PageQuery):
    """Which runs."""

    state = ma.fields.String(load_default=None, validate=ma.validate.OneOf(STATES))
    evening = Day(load_default=None)


class PlannedRouteOut(Schema):
    """A team's route from first to last block; the way from and to the door is the team's alone."""

    team = ma.fields.Nested(TeamRef, required=True)
    evening = ma.fields.Date(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    distance_m = ma.fields.Float(required=True)
    duration_s = ma.fields.Float(required=True)
    weight = ma.fields.Float(required=True)
    adds = ma.fields.Float(
        allow_none=True, required=True, metadata={"description": "Weight that the plan would lose without this team."}
    )
    line = ma.fields.Dict(required=True, metadata={"description": "GeoJSON LineString."})
    blocks = ma.fields.List(ma.fields.UUID(), required=True, metadata={"description": "In walking order."})


class PlanGateOut(Schema):
    """What a team's dogs allowed on an evening; `most_min` 0: they were kept in."""

    team = ma.fields.Nested(TeamRef, required=True)
    evening = ma.fields.Date(required=True)
    verdict = ma.fields.String(required=True, validate=ma.validate.OneOf(VERDICTS))
    most_min = ma.fields.Integer(required=True)
    begins_at = Moment(required=True, metadata={"description": "From then on, as far as its dogs go, until ends_at."})
    ends_at = Moment(required=True)
    reasons = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(tuple(REASONS))), required=True)
    dogs = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "Names."})
    words = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)


class LeftOutOut(Schema):
    """A block left out, and why."""

    block = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    weight = ma.fields.Float(required=True)
    reason = ma.fields.String(required=True)
    amount = ma.fields.Float(allow_none=True, required=True)
    visits = ma.fields.Integer(required=True, metadata={"description": "How many visits are missing; 1 in an evening."})
    words = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)
    sentence = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(),
        required=True,
        metadata={"description": "The reason with its amount, in whole sentences."},
    )


class OfferOut(Schema):
    """What one more walk would cover: when, for how long, near which block, and which blocks."""

    minutes = ma.fields.Integer(required=True)
    begins_at = Moment(required=True)
    near = ma.fields.UUID(required=True, metadata={"description": "The block where it would begin."})
    blocks = ma.fields.List(ma.fields.UUID(), required=True, metadata={"description": "In walking order."})
    weight = ma.fields.Float(required=True)
    sentence = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)


class PublishedOut(Schema):
    """What publishing did."""

    shifts = ma.fields.List(ma.fields.UUID(), required=True)
    passed_over = ma.fields.List(ma.fields.Nested(TeamRef), required=True)
    kept = ma.fields.List(
        ma.fields.Nested(TeamRef),
        required=True,
        metadata={"description": "Teams whose shift of the run replaced stays as it is."},
    )


class WithdrawnOut(Schema):
    """How many shifts were taken back."""

    shifts = ma.fields.Integer(required=True)


class PairingIn(Schema):
    """A pin (this team and no other walks the block) or a bar (this team does not), for every plan from now on."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(PAIRINGS))
    team = ma.fields.UUID(required=True)
    block = ma.fields.UUID(required=True)
    note = Text(most=500, load_default="")


class PairingPatch(Schema):
    """What may change of a pin or bar."""

    kind = ma.fields.String(validate=ma.validate.OneOf(PAIRINGS))
    note = Text(most=500)

    @ma.validates_schema
    def something(self, given: dict[str, Any], **_more: Any) -> None:
        """A change changes something."""
        if not given:
            raise ma.ValidationError("Nothing to change.")


class PairingsQuery(PageQuery):
    """Which pins and bars."""

    team = ma.fields.UUID(load_default=None)
    block = ma.fields.UUID(load_default=None)


class BlockRef(Schema):
    """Which block."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    street = ma.fields.String(required=True)


class PairingOut(Schema):
    """A pin or bar. `reason`, if any, says why it holds nobody to anything today."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(PAIRINGS))
    team = ma.fields.Nested(TeamRef, required=True)
    block = ma.fields.Nested(BlockRef, required=True)
    note = ma.fields.String(required=True)
    reason = ma.fields.String(allow_none=True, required=True, validate=ma.validate.OneOf(tuple(UNMET)))
    words = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), allow_none=True, required=True)
    version = ma.fields.Integer(required=True)
    created_at = Moment(required=True)
