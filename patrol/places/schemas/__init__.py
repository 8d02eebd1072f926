"""Places on the wire."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from patrol.http.paging import PageQuery
from patrol.http.schemas import Day, Lat, Lon, Moment, Schema, Text, Whole
from patrol.places.rules import (
    BLOCK_KINDS,
    BLOCK_SOURCES,
    LEAST_WEIGHT,
    LONGEST_CODE,
    MOST_DWELL_S,
    MOST_VISITS,
    MOST_WEIGHT,
    Unfit,
    bands_of,
    bbox_of,
)

MOST_BANDS, MOST_REASONS = 14, 20
Words = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)


class Bbox(ma.fields.String):
    """West,south,east,north in degrees."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return bbox_of(text)
        except Unfit as unfit:
            raise ma.ValidationError(unfit.en) from None


class FormatsOut(Schema):
    """How phone and registration numbers look in the city."""

    phone_country_code = ma.fields.String(required=True)
    phone_pattern = ma.fields.String(required=True, metadata={"description": "For digits only."})
    phone_example = ma.fields.String(required=True)
    registration_pattern = ma.fields.String(required=True)
    registration_example = ma.fields.String(required=True)


class ConsentText(Schema):
    """A consent the city asks for; the text in Korean and English."""

    kind = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    required = ma.fields.Boolean(required=True)
    text = Words


class HotlineOut(Schema):
    """A number that the app offers to dial."""

    number = ma.fields.String(required=True)
    name = Words


class SightingKindOut(Schema):
    """A kind of sighting, as the app offers it."""

    code = ma.fields.String(required=True)
    name = Words
    urgency = ma.fields.String(required=True)
    goes_to = ma.fields.String(required=True)
    call_first = ma.fields.String(required=True, metadata={"description": "Number to dial first, or empty."})
    refer_to = ma.fields.List(ma.fields.String(), required=True)
    restricted = ma.fields.Boolean(required=True)
    suspends_on_bite = ma.fields.Boolean(
        required=True, metadata={"description": "Here a walker reports that the own dog has bitten."}
    )


class EveningOut(Schema):
    """The hours a plan covers unless others are asked for, in the city's time."""

    begins = ma.fields.String(required=True)
    ends = ma.fields.String(required=True)


class PublicCity(Schema):
    """What a page for joining needs to know of a city."""

    slug = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    languages = ma.fields.List(ma.fields.String(), required=True)
    formats = ma.fields.Nested(FormatsOut, required=True)
    consents = ma.fields.List(ma.fields.Nested(ConsentText), required=True)


class CityOut(PublicCity):
    """The caller's city."""

    timezone = ma.fields.String(required=True)
    bbox = ma.fields.List(
        ma.fields.Float(), allow_none=True, required=True, metadata={"description": "West, south, east, north."}
    )
    evening = ma.fields.Nested(EveningOut, required=True)
    hotlines = ma.fields.List(ma.fields.Nested(HotlineOut), required=True)
    kinds = ma.fields.List(ma.fields.Nested(SightingKindOut), required=True)


class StreetsQuery(Schema):
    """How to cut a street file."""

    bbox = Bbox(load_default=None, metadata={"description": "West,south,east,north in degrees; else the file's own."})


class NetworkOut(Schema):
    """The city's streets after an import."""

    source = ma.fields.String(required=True)
    sha256 = ma.fields.String(required=True)
    nodes = ma.fields.Integer(required=True)
    edges = ma.fields.Integer(required=True)
    length_m = ma.fields.Float(required=True)
    bbox = ma.fields.List(ma.fields.Float(), required=True)
    imported_at = Moment(required=True)


class FeatureCollection(ma.Schema):
    """GeoJSON (RFC 7946)."""

    type = ma.fields.String(required=True, validate=ma.validate.Equal("FeatureCollection"))
    bbox = ma.fields.List(ma.fields.Float())
    features = ma.fields.List(ma.fields.Dict(), required=True)


class ReportOut(Schema):
    """What an import did. `warnings` are sentences for a person."""

    added = ma.fields.Integer(required=True)
    updated = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    left_out = ma.fields.Integer(required=True)
    warnings = ma.fields.List(ma.fields.String(), required=True)


class LayerReportOut(ReportOut):
    """What an import of safety data did; the points now in each layer it replaced."""

    layers = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)


class BuiltOut(Schema):
    """What a build of blocks did."""

    blocks = ma.fields.Integer(required=True)
    added = ma.fields.Integer(required=True)
    changed = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    switched_off = ma.fields.Integer(required=True)
    stretches = ma.fields.Integer(required=True, metadata={"description": "Stretches of street to choose from."})
    length_m = ma.fields.Float(required=True)
    weight = ma.fields.Float(required=True)
    source = ma.fields.String(required=True, metadata={"description": "`safety data` or `streets alone`."})


District = ma.fields.UUID(
    attribute="district_id", allow_none=True, required=True, metadata={"description": "The district's id, if known."}
)


class BoxOut(Schema):
    """A police box."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    station = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    lon = Lon(required=True)
    lat = Lat(required=True)
    jurisdiction = ma.fields.Dict(
        allow_none=True, required=True, metadata={"description": "GeoJSON; null: the nearest box on foot answers."}
    )
    district = District


class DistrictOut(Schema):
    """A district."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    outlined = ma.fields.Function(
        lambda row: row.outline is not None,
        required=True,
        metadata={"type": "boolean", "description": "Whether what lies in it is known by position."},
    )


class Reason(Schema):
    """Why a block is one: a code of the policy, and the points it gave."""

    code = Text(most=60, least=1, required=True)
    points = ma.fields.Float(required=True, validate=ma.validate.Range(0))


class BlockQuery(Schema):
    """Which blocks."""

    active = ma.fields.Boolean(load_default=None)
    min_weight = ma.fields.Float(load_default=None, validate=ma.validate.Range(LEAST_WEIGHT, MOST_WEIGHT))
    district = ma.fields.UUID(load_default=None)


class BlockPageQuery(PageQuery, BlockQuery):
    """Which blocks, and which page of them."""


def _check_bands(value: list[list[str]]) -> None:
    try:
        bands_of(value)
    except Unfit as unfit:
        raise ma.ValidationError(unfit.en) from None


class BlockPatch(Schema):
    """What a coordinator may change of a block."""

    street = Text(most=200)
    weight = ma.fields.Float(validate=ma.validate.Range(LEAST_WEIGHT, MOST_WEIGHT))
    dwell_s = Whole(validate=ma.validate.Range(0, MOST_DWELL_S))
    visits_per_week = Whole(validate=ma.validate.Range(1, MOST_VISITS))
    bands = ma.fields.List(
        ma.fields.List(ma.fields.String(), validate=ma.validate.Length(equal=2)),
        validate=[ma.validate.Length(max=MOST_BANDS), _check_bands],
        metadata={"description": 'Hours it may be walked in, city time: [["19:00", "23:00"]]; empty: any time.'},
    )
    valid_from = Day(allow_none=True)
    valid_until = Day(allow_none=True)
    reasons = ma.fields.List(ma.fields.Nested(Reason), validate=ma.validate.Length(max=MOST_REASONS))
    active = ma.fields.Boolean(metadata={"description": "false takes it out of planning; its past stays."})


class BlockIn(BlockPatch):
    """A block drawn by hand."""

    class Meta:
        unknown = ma.RAISE
        exclude = ("active",)

    code = Text(most=LONGEST_CODE, least=1, metadata={"description": "Left out: the next free B-number."})
    geometry = ma.fields.Dict(
        required=True, metadata={"description": "GeoJSON LineString, walked end to end, or Point, with a dwell."}
    )
    weight = ma.fields.Float(required=True, validate=ma.validate.Range(LEAST_WEIGHT, MOST_WEIGHT))


class BlockOut(Schema):
    """A target block."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(BLOCK_KINDS))
    street = ma.fields.String(required=True)
    geometry = ma.fields.Dict(required=True)
    lon = Lon(required=True)
    lat = Lat(required=True)
    length_m = ma.fields.Float(required=True)
    dwell_s = ma.fields.Integer(required=True)
    weight = ma.fields.Float(required=True)
    visits_per_week = ma.fields.Integer(required=True)
    bands = ma.fields.List(ma.fields.List(ma.fields.String()), required=True)
    valid_from = ma.fields.Date(allow_none=True, required=True)
    valid_until = ma.fields.Date(allow_none=True, required=True)
    reasons = ma.fields.List(ma.fields.Nested(Reason), required=True)
    source = ma.fields.String(required=True, validate=ma.validate.OneOf(BLOCK_SOURCES))
    active = ma.fields.Boolean(required=True)
    district = District
    version = ma.fields.Integer(required=True)
    created_at = Moment(required=True)
    changed_at = Moment(required=True)
