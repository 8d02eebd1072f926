"""The register of facilities: bringing it in, and which of them lies at a place."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from config.database import transaction
from patrol.errors import Invalid, InvalidRows, NotFound, Stale
from patrol.places.models import City, Facility
from patrol.places.operations.cities import hold, policy_of
from patrol.places.operations.files import LAT, LON, Report, Row, each, read_table, twice
from patrol.places.rules import Unfit, degrees_of, is_address
from routing.geodesy import haversine_m

NAME, KIND = ("시설명", "name"), ("종류", "kind")
DUTY, EMAIL = ("담당", "duty"), ("전자우편", "email")


class UnknownDuty(Invalid):
    """The city's policy has no such duty. Facts: `duty`, `known`."""

    words = {
        "ko": "'{duty}' 임무가 없습니다. 있는 임무: {known}",
        "en": "There is no duty {duty!r}; there are: {known}.",
    }


@dataclass(frozen=True, slots=True)
class _Given:
    name: str
    kind: str
    duty: str
    email: str
    lon: float
    lat: float


def import_facilities(city: City, source: Path | bytes, *, name: str = "", now: datetime) -> Report:
    """Bring in facilities from CSV or GeoJSON points; one of the same kind and name is updated. All rows or none.

    Headers: 시설명/name, 종류/kind, 경도/lon, 위도/lat and whose it is: 담당/duty (one of the policy), 전자우편/email.
    Raises FileRefused, InvalidRows.
    """
    table = read_table(source, name=name)
    table.need(NAME, KIND, *(() if any(row.geometry for row in table.rows) else (LON, LAT)))
    duties = _duties(city)
    given, problems = each(table, lambda row: _facility(row, duties))
    problems += twice(table, NAME, KIND, field="name")
    if problems:
        raise InvalidRows(sorted(problems))
    report = Report()
    with transaction():
        hold(city)
        known = {(each.kind, each.name): each for each in Facility.select().where(Facility.city == city)}
        for facility in given:
            _put(city, facility, known.get((facility.kind, facility.name)), report, now=now)
    return report


def facility_of(city: UUID, facility_id: UUID) -> Facility:
    """One of the city's facilities. Raises NotFound."""
    found: Facility | None = Facility.get_or_none((Facility.id == facility_id) & (Facility.city == city))
    if found is None:
        raise NotFound
    return found


def edit_facility(
    city: UUID, facility_id: UUID, changes: dict[str, Any], *, expected: int | None, now: datetime
) -> Facility:
    """Change whose it is or where it stands. Raises NotFound, Stale, UnknownDuty."""
    known = _duties(city)
    if changes.get("duty") and changes["duty"] not in known:
        raise UnknownDuty("/duty", duty=changes["duty"], known=", ".join(known))
    with transaction():
        facility = facility_of(city, facility_id)
        seen = facility.version if expected is None else expected
        unchanged = (Facility.id == facility_id) & (Facility.version == seen)
        changed = {**changes, "version": Facility.version + 1, "changed_at": now}
        if not Facility.update(**changed).where(unchanged).execute():
            raise Stale
        return facility_of(city, facility_id)


def remove_facility(city: UUID, facility_id: UUID) -> None:
    """It is there no more; what was reported of it stays. Raises NotFound."""
    with transaction():
        Facility.delete().where(Facility.id == facility_of(city, facility_id).id).execute()


def nearest_facility(city: City, lon: float, lat: float, *, within_m: float) -> tuple[Facility | None, int | None]:
    """The facility nearest to a place and its distance in metres; (None, None) with none within `within_m`."""
    wide, high = degrees_of(within_m, lat=lat)
    beside = Facility.lat.between(lat - high, lat + high) & Facility.lon.between(lon - wide, lon + wide)
    found = list(Facility.select().where((Facility.city == city) & beside).order_by(Facility.id))
    if not found:
        return None, None
    away = haversine_m(lon, lat, [each.lon for each in found], [each.lat for each in found])
    best = int(away.argmin())
    return (found[best], round(float(away[best]))) if away[best] <= within_m else (None, None)


def _duties(city: City | UUID) -> list[str]:
    return [duty.code for duty in policy_of(city).every_duty()]


def _facility(row: Row, duties: list[str]) -> _Given:
    lon, lat = row.place()
    made = _Given(
        name=row.text(*NAME, most=80),
        kind=row.text(*KIND, most=40),
        duty=row.text(*DUTY, most=40),
        email=row.text(*EMAIL, most=254).casefold(),
        lon=lon,
        lat=lat,
    )
    for field in ("name", "kind"):
        if not getattr(made, field):
            raise Unfit(field, "비어 있습니다", "is missing")
    if made.duty and made.duty not in duties:
        raise Unfit("duty", f"없는 임무입니다: {made.duty}", f"must be one of {', '.join(duties)}, not {made.duty!r}")
    if made.email and not is_address(made.email):
        raise Unfit("email", f"전자우편 주소가 아닙니다: {made.email}", f"is no e-mail address: {made.email!r}")
    return made


def _put(city: City, given: _Given, facility: Facility | None, report: Report, *, now: datetime) -> None:
    values = asdict(given)
    if facility is None:
        Facility.create(city=city, created_at=now, changed_at=now, **values)
        report.added += 1
    elif any(getattr(facility, name) != value for name, value in values.items()):
        changed = {**values, "version": Facility.version + 1, "changed_at": now}
        Facility.update(**changed).where(Facility.id == facility.id).execute()
        report.updated += 1
    else:
        report.unchanged += 1
