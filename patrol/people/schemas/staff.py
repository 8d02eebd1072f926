"""Staff on the wire."""

import marshmallow as ma

from patrol.http.paging import PageQuery
from patrol.http.schemas import Moment, Schema, Text
from patrol.people.rules import CHANNELS, LANGUAGES, PERSON_STATES, ROLES, STAFF_ACTIONS
from patrol.people.schemas.privacy import PurposeQuery

STAFF_ROLES = [role for role in ROLES if role != "walker"]
MOST_ROLES, MOST_DUTIES = 30, 20
WHY = {"description": "Written down, and told to the person concerned."}


class StaffIn(Schema):
    """A member of staff to invite. An officer may have a box, a coordinator a district; without, the whole city."""

    name = Text(most=80, least=1, required=True)
    email = Text(most=254, load_default=None)
    phone = Text(most=30, load_default=None)
    role = ma.fields.String(required=True, validate=ma.validate.OneOf(STAFF_ROLES))
    box = ma.fields.UUID(load_default=None, allow_none=True)
    district = ma.fields.UUID(load_default=None, allow_none=True)
    language = ma.fields.String(load_default="ko", validate=ma.validate.OneOf(LANGUAGES))


class InvitationQuery(ma.Schema):
    """How an invitation reaches its owner."""

    hand_over = ma.fields.Boolean(
        load_default=False, metadata={"description": "Show the link instead of sending it, such as to a wrong number."}
    )


class InvitationOut(Schema):
    """An invitation: on its way to its owner, or a link to hand over."""

    link = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Shown once, good for 7 days; null when it was sent."}
    )
    sent_by = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf(CHANNELS),
        metadata={"description": "Channel by which it went to its owner; null when none of them is set up."},
    )


class Invited(InvitationOut):
    """The invitation of a member of staff."""

    person = ma.fields.UUID(required=True)


class StaffQuery(PageQuery, PurposeQuery):
    """Which members of staff."""

    role = ma.fields.String(load_default=None, validate=ma.validate.OneOf(STAFF_ROLES))
    district = ma.fields.UUID(load_default=None)
    box = ma.fields.UUID(load_default=None)
    duty = Text(most=40, load_default=None)
    former = ma.fields.Boolean(load_default=False, metadata={"description": "Those who were staff and are no more."})


class PlaceOut(Schema):
    """A police box or a district by name."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)


class RoleOut(Schema):
    """A role, for a box or a district, or with neither the whole city."""

    role = ma.fields.String(required=True, validate=ma.validate.OneOf(STAFF_ROLES))
    box = ma.fields.Nested(PlaceOut, required=True, allow_none=True)
    district = ma.fields.Nested(PlaceOut, required=True, allow_none=True)
    since = Moment(required=True, attribute="created_at")


class MemberOut(Schema):
    """A member of staff."""

    id = ma.fields.UUID(required=True, attribute="person.id")
    name = ma.fields.String(required=True, attribute="person.name")
    phone = ma.fields.String(required=True, allow_none=True, attribute="person.phone")
    email = ma.fields.String(required=True, allow_none=True, attribute="person.email")
    state = ma.fields.String(required=True, attribute="person.state", validate=ma.validate.OneOf(PERSON_STATES))
    sample = ma.fields.Boolean(required=True, attribute="person.sample")
    roles = ma.fields.List(ma.fields.Nested(RoleOut), required=True)
    duties = ma.fields.List(ma.fields.String(), required=True)
    on_duty = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Of the duties, those the person is on now."}
    )
    invited_until = Moment(
        required=True, allow_none=True, metadata={"description": "Until when an invitation holds, if one is out."}
    )


class EndedRoleOut(RoleOut):
    """A role with its end."""

    until = Moment(required=True, allow_none=True, attribute="ended_at")


class HeldDutyOut(Schema):
    """A duty with its end."""

    duty = ma.fields.String(required=True)
    since = Moment(required=True, attribute="created_at")
    until = Moment(required=True, allow_none=True, attribute="ended_at")


class WholeMemberOut(MemberOut):
    """A member of staff with every role and duty they ever had, oldest first."""

    all_roles = ma.fields.List(ma.fields.Nested(EndedRoleOut), required=True)
    all_duties = ma.fields.List(ma.fields.Nested(HeldDutyOut), required=True)
    version = ma.fields.Integer(required=True, metadata={"description": "The ETag's: counts what was changed."})


class StaffStepOut(Schema):
    """What was changed of a member of staff. `by` null: by command line."""

    action = ma.fields.String(required=True, validate=ma.validate.OneOf(STAFF_ACTIONS))
    facts = ma.fields.Dict(required=True)
    why = ma.fields.String(required=True)
    by = ma.fields.UUID(required=True, allow_none=True)
    at = Moment(required=True)


class ChargeIn(Schema):
    """A role to have: for a box (officers), a district (coordinators), or with neither the whole city."""

    role = ma.fields.String(required=True, validate=ma.validate.OneOf(STAFF_ROLES))
    box = ma.fields.UUID(load_default=None, allow_none=True)
    district = ma.fields.UUID(load_default=None, allow_none=True)


class RolesIn(Schema):
    """All roles that the person is to have; none: no longer of the staff."""

    roles = ma.fields.List(ma.fields.Nested(ChargeIn), required=True, validate=ma.validate.Length(max=MOST_ROLES))
    why = Text(most=500, least=1, required=True, metadata=WHY)


class DutiesIn(Schema):
    """All duties that the person is to hold."""

    duties = ma.fields.List(Text(most=40, least=1), required=True, validate=ma.validate.Length(max=MOST_DUTIES))
    why = Text(most=500, least=1, required=True, metadata=WHY)


class WhyIn(Schema):
    """Why an account is disabled or enabled."""

    why = Text(most=500, least=1, required=True, metadata=WHY)
