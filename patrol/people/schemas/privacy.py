"""Consents, purposes and the access log on the wire."""

import marshmallow as ma

from patrol.http.paging import PageQuery
from patrol.http.schemas import Moment, Schema
from patrol.people.rules import ERASURE_REASONS, MOST_PASSWORD, PURPOSES, READ_THINGS, in_words


class ConsentOut(Schema):
    """A consent the city asks for, and whether it stands."""

    kind = ma.fields.String(required=True, attribute="consent.kind")
    version = ma.fields.Integer(required=True, attribute="consent.version")
    required = ma.fields.Boolean(required=True, attribute="consent.required")
    text = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True, attribute="consent.text")
    valid_days = ma.fields.Integer(
        required=True,
        allow_none=True,
        attribute="consent.valid_days",
        metadata={"description": "It lapses so many days after it was given; null: it does not."},
    )
    given = ma.fields.Boolean(required=True, metadata={"description": "It stands, in its present version."})
    given_at = Moment(required=True, allow_none=True, metadata={"description": "When it was given last."})
    ends_at = Moment(required=True, allow_none=True, metadata={"description": "When it lapses, if it stands."})
    renew = ma.fields.Boolean(
        required=True,
        metadata={"description": "It was given and stands no longer: its text has changed, or it has lapsed."},
    )


class PurposeQuery(Schema):
    """What somebody's identity or place is read for. The header X-Purpose says the same."""

    purpose = ma.fields.String(
        load_default=None,
        validate=ma.validate.OneOf(list(PURPOSES)),
        metadata={"description": "Logged, and shown to the person; may be given as header X-Purpose, too."},
    )


class PagedPurposeQuery(PageQuery, PurposeQuery):
    """A page of a list whose reading is logged."""


class ErasureIn(Schema):
    """That it is oneself who asks."""

    password = ma.fields.String(required=True, validate=ma.validate.Length(1, MOST_PASSWORD), load_only=True)


class ErasureReason(Schema):
    """Why somebody's account is erased by another."""

    reason = ma.fields.String(
        required=True, validate=ma.validate.OneOf(list(ERASURE_REASONS)), metadata={"description": "Logged."}
    )


class ReceiptOut(Schema):
    """So many things of a kind from before then were kept no longer."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True)
    before = Moment(required=True)
    count = ma.fields.Integer(required=True)
    at = Moment(required=True)
    whole_installation = ma.fields.Function(
        lambda receipt: receipt.city_id is None, required=True, metadata={"type": "boolean"}
    )


class AccessOut(Schema):
    """Somebody read the caller's data: in which role and office, what, when and what for. Not who."""

    id = ma.fields.UUID(required=True)
    at = Moment(required=True)
    role = ma.fields.String(required=True, attribute="reader_role", metadata={"description": "Empty when unknown."})
    office = ma.fields.String(
        required=True, attribute="reader_office", metadata={"description": "A police box or a district."}
    )
    what = ma.fields.String(required=True)
    what_text = ma.fields.Function(
        lambda entry: in_words(entry.what, READ_THINGS), required=True, metadata={"type": "object"}
    )
    purpose = ma.fields.String(required=True)
    purpose_text = ma.fields.Function(
        lambda entry: in_words(entry.purpose, PURPOSES | ERASURE_REASONS), required=True, metadata={"type": "object"}
    )
