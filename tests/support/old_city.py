"""A city as version 0011 of the database kept it: a row or more in every table of that time.

The rows are made by the scripts' own frozen models; today's know other columns.
"""

import importlib.util
import sys
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import ModuleType
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from config.database import database, is_sqlite
from config.migrating import SCRIPTS
from patrol.people.operations.passwords import digest
from patrol.people.operations.sessions import sha256

VERSION = "0011_pins_and_weeks"
THEN = datetime(2026, 6, 5, 10, 30, tzinfo=UTC)
LATER = THEN + timedelta(hours=1)
EVENING = date(2026, 6, 5)
LON, LAT = 129.0590, 35.1575
PHONE, EMAIL, PASSWORD = "+821012345678", "officer@example.org", "an old sample password"
TOKEN = "a token that a phone has kept since then"
REPEATED = "x" * 64

POLICY: dict[str, Any] = {
    "name": "Busan",
    "languages": ["ko", "en"],
    "formats": {
        "phone_country_code": "82",
        "phone_pattern": r"^0(1[016789]\d{7,8}|2\d{7,8})$",
        "phone_example": "010-0000-0000",
        "registration_pattern": r"^\d{15}$",
        "registration_example": "410000000000000",
    },
    "evening": {"begins": "19:00", "ends": "23:00"},
    "walk": {
        "speed_kmh": 3.0,
        "default_min": 30,
        "soft_cap_min": 45,
        "hard_cap_min": 60,
        "start_early_min": 30,
        "leash_m": 2.0,
    },
    "planning": {
        "seconds": 10.0,
        "start_within_m": 800.0,
        "reach_m": 3000.0,
        "answer_within_min": 60,
        "remind_before_min": [60],
    },
    "screening": {
        "pass_mark": 70,
        "rubric": {"heel": 60, "people": 40},
        "fails_at_once": ["bite"],
        "adult_years": 19,
        "restricted_breeds": ["Tosa"],
        "active_days": 365,
        "requires_rabies_vaccination": True,
    },
    "welfare": {
        "caution_c": 25.0,
        "halve_c": 28.0,
        "stop_c": 32.0,
        "heavy_kg": 50.0,
        "heavy_stop_c": 29.0,
        "sensitive_lower_c": 3.0,
        "senior_years": 8.0,
        "cold_short_c": -1.0,
        "cold_max_min": 15,
    },
    "retention": {"tracks_days": 30, "access_log_days": 365, "stream_days": 3},
    "service_levels": {"immediate_min": 3, "expected_min": 30, "future_min": 1440},
    "blocks": {
        "min_m": 40.0,
        "max_m": 120.0,
        "share": 0.2,
        "at_most": 300,
        "visits_per_week": 2,
        "dwell_s": 720,
        "features": [],
        "gaps": [],
        "street_points": {"residential": 3.0},
    },
    "consents": [{"kind": "service", "version": 1, "required": True, "text": {"ko": "이용", "en": "Use"}}],
    "hotlines": [{"number": "112", "name": {"ko": "경찰", "en": "Police"}}],
    "kinds": [
        {
            "code": "P1",
            "name": {"ko": "수상한 상황", "en": "Suspicious, not in progress"},
            "urgency": "Expected",
            "goes_to": "box",
        }
    ],
}
"""A policy with no more in it than had to be there then."""


def id_of(name: str) -> UUID:
    """The same id whenever the same thing is meant."""
    return uuid5(NAMESPACE_URL, f"old:{name}")


def settle() -> None:
    """A walker with a team, its shift, walk and sighting; an officer who has it; what the house keeps beside."""
    _places()
    _people()
    _told()
    _team()
    _evening()
    _sighting()
    _house()


def tables() -> dict[str, list[dict[str, str]]]:
    """Every row of every table, as the database itself shows it, column by column; tables without a row, too."""
    return {name: _rows(name) for name in sorted(database.get_tables()) if name != "schema_migration"}


def changed(before: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """The rows of `before` that are no longer there with all that they held, by table."""
    after = tables()
    missing: dict[str, list[dict[str, str]]] = {}
    for name, rows in before.items():
        found = [{column: row.get(column, "") for column in rows[0]} for row in after.get(name, [])] if rows else []
        missing[name] = [row for row in rows if row not in found]
    return {name: rows for name, rows in missing.items() if rows}


def _rows(name: str) -> list[dict[str, str]]:
    cursor = database.execute_sql(f'SELECT * FROM "{name}"')  # noqa: S608 - our own names
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, map(_shown, row), strict=True)) for row in cursor.fetchall()]


def _shown(value: Any) -> str:
    return repr(bytes(value)) if isinstance(value, memoryview) else repr(value)


@cache
def _script(number: str) -> ModuleType:
    """A script's own models, as they were frozen when it was written."""
    (path,) = SCRIPTS.glob(f"{number}_*.py")
    spec = importlib.util.spec_from_file_location(f"frozen_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _places() -> None:
    of = _script("0001")
    city, at = id_of("city"), {"lon": LON, "lat": LAT}
    of.City.create(id=city, slug="busan", name="Busan", timezone="Asia/Seoul", policy=POLICY, created_at=THEN)
    of.StreetNetwork.create(
        city=city,
        sha256=REPEATED,
        content=b"streets",
        source="OpenStreetMap",
        nodes=2,
        edges=1,
        length_m=89.0,
        imported_at=THEN,
    )
    of.PoliceBox.create(id=id_of("box"), city=city, name="Seomyeon", station="Busanjin", created_at=THEN, **at)
    of.SafetyPoint.create(city=city, layer="bar", label="Bar 1", **at)
    of.Block.create(
        id=id_of("block"),
        city=city,
        code="B-0001",
        kind="line",
        street="Seomyeon-ro",
        geometry={"type": "LineString", "coordinates": [[LON, LAT], [LON, LAT + 0.0008]]},
        length_m=89.0,
        weight=5.0,
        source="drawn",
        created_at=THEN,
        changed_at=THEN,
        **at,
    )


def _people() -> None:
    of, city = _script("0002"), id_of("city")
    kept = digest(PASSWORD, cost=(1, 8, 1))
    for role, contact in (("walker", {"phone": PHONE}), ("officer", {"email": EMAIL})):
        person = id_of(role)
        of.Person.create(id=person, city=city, name=f"Sample {role}", password_hash=kept, created_at=THEN, **contact)
        box = id_of("box") if role == "officer" else None
        of.Role.create(id=id_of(f"role of {role}"), city=city, person=person, role=role, box=box, created_at=THEN)
        of.Consent.create(
            id=id_of(f"consent of {role}"), city=city, person=person, kind="service", version=1, given_at=THEN
        )
    walker, officer = id_of("walker"), id_of("officer")
    of.Duty.create(id=id_of("duty"), city=city, person=officer, duty="station_officer", created_at=THEN)
    of.Session.create(
        id=id_of("session"),
        city=city,
        person=walker,
        token_sha256=sha256(TOKEN),
        channel="device",
        device="Old phone",
        created_at=THEN,
        seen_at=THEN,
        expires_at=THEN + timedelta(days=60),
    )
    of.Link.create(
        id=id_of("link"),
        city=city,
        person=officer,
        purpose="invitation",
        token_sha256=REPEATED,
        created_at=THEN,
        expires_at=LATER,
        used_at=THEN,
    )
    of.AccessEntry.create(
        id=id_of("read"), city=city, reader=officer, subject=walker, what="team", purpose="roster", at=THEN
    )
    of.Throttle.create(key=REPEATED, window_began=THEN, count=3)


def _told() -> None:
    of, city, officer = _script("0003"), id_of("city"), id_of("officer")
    of.Message.create(
        id=id_of("message"),
        city=city,
        person=officer,
        kind="sighting_new",
        words={"ko": {"title": "새 신고", "body": "확인"}, "en": {"title": "New sighting", "body": "Look"}},
        link="/officer",
        subject=id_of("sighting"),
        urgent=True,
        dedupe_key="new",
        created_at=THEN,
    )
    of.Address.create(id=id_of("address"), city=city, person=officer, channel="email", value=EMAIL, created_at=THEN)
    of.Delivery.create(
        id=id_of("delivery"),
        message=id_of("message"),
        channel="email",
        address=EMAIL,
        state="sent",
        due_at=THEN,
        settled_at=THEN,
    )
    of.Event.create(city=city, person=officer, kind="message", content={"urgent": True}, created_at=THEN)


def _team() -> None:
    of, city, team = _script("0005"), id_of("city"), id_of("team")
    of.Team.create(
        id=team,
        city=city,
        handler=id_of("walker"),
        code="T-0001",
        name="Sample team",
        state="active",
        door_lon=LON,
        door_lat=LAT,
        walk_min=30,
        active_until=date(2027, 6, 1),
        created_at=THEN,
    )
    of.Dog.create(
        id=id_of("dog"),
        city=city,
        team=team,
        name="Bori",
        registration_no="410000000000001",
        breed="Jindo",
        born_on=date(2022, 5, 1),
        weight_kg=18.0,
        created_at=THEN,
    )
    of.PracticalTest.create(
        id=id_of("test"),
        city=city,
        team=team,
        attempt=1,
        state="passed",
        booked_for=THEN,
        scores={"heel": 50, "people": 30},
        total=80,
        examiner=id_of("officer"),
        scored_at=THEN,
    )
    of.Availability.create(id=id_of("hours"), team=team, weekday=4, begins_min=1140, ends_min=1260)
    of.TeamStep.create(id=id_of("step"), city=city, team=team, action="apply", state="applied", at=THEN)


def _evening() -> None:
    city, team, block, run = id_of("city"), id_of("team"), id_of("block"), id_of("run")
    span = {"starts_at": THEN, "ends_at": LATER}
    size = {"distance_m": 1500.0, "duration_s": 1800.0, "weight": 5.0}
    route = {"line": [[LON, LAT], [LON, LAT + 0.0008]], "shown": [0, 1], "stops": [], "turns": []}
    planning, shifts, walks = _script("0011"), _script("0006"), _script("0007")
    planning.PlanRun.create(
        id=run,
        city=city,
        evening=EVENING,
        begins_at=THEN,
        ends_at=LATER,
        seconds=10.0,
        seed=1,
        state="published",
        created_at=THEN,
    )
    planning.PlanRoute.create(run=run, team=team, evening=EVENING, latest_start_at=LATER, route=route, **span, **size)
    planning.LeftOut.create(run=run, block=block, reason="out_of_reach", amount=12.0)
    planning.Pairing.create(id=id_of("pin"), city=city, kind="pin", team=team, block=block, created_at=THEN)
    shifts.Shift.create(
        id=id_of("shift"),
        city=city,
        team=team,
        plan_run=run,
        evening=EVENING,
        state="walked",
        opens_at=THEN,
        closes_at=LATER,
        answer_by=THEN,
        route=route,
        created_at=THEN,
        **span,
        **size,
    )
    shifts.ShiftBlock.create(shift=id_of("shift"), block=block, position=1)
    walk = id_of("walk")
    walks.Walk.create(
        id=walk,
        city=city,
        team=team,
        shift=id_of("shift"),
        state="ended",
        digest=REPEATED,
        gate={"verdict": "go", "most_min": 30, "reasons": []},
        started_at=THEN,
        ended_at=LATER,
        ended_by="walker",
        heard_at=LATER,
        created_at=THEN,
    )
    walks.PositionBatch.create(id=id_of("batch"), walk=walk, digest=REPEATED, count=1, received_at=THEN)
    walks.Position.create(walk=walk, at=THEN, lon=LON, lat=LAT, accuracy_m=8.0)
    walks.WalkedBlock.create(walk=walk, block=block, share=1.0, dose_s=89.0, at=THEN)


def _sighting() -> None:
    of, alerts, sighting = _script("0008"), _script("0004"), id_of("sighting")
    of.Sighting.create(
        id=sighting,
        city=id_of("city"),
        reporter=id_of("walker"),
        walk=id_of("walk"),
        kind="P1",
        urgency="Expected",
        urgency_rank=1,
        restricted=False,
        text="Somebody looks into cars",
        lon=LON,
        lat=LAT,
        seen_at=THEN,
        received_at=THEN,
        digest=REPEATED,
        box=id_of("box"),
        routed_to="box",
        routed_why={"because": "nearest", "distance_m": 120.0},
    )
    of.SightingStep.create(
        id=id_of("report"),
        sighting=sighting,
        version=1,
        action="report",
        state="alerted",
        by=id_of("walker"),
        by_role="reporter",
        at=THEN,
    )
    alerts.Alert.create(
        id=id_of("alert"),
        city=id_of("city"),
        subject=sighting,
        urgency="Expected",
        raised_at=THEN,
        due_at=THEN + timedelta(minutes=30),
    )
    alerts.Recipient.create(alert=id_of("alert"), person=id_of("officer"), told_at=THEN)


def _house() -> None:
    of = _script("0010")
    of.Lease.create(name="clock", holder="a worker of then", expires_at=THEN)
    of.Replay.create(
        person=id_of("walker"), key="once", digest=REPEATED, status=201, content={"id": "x"}, created_at=THEN
    )


def broken_keys() -> list[Any]:
    """Rows that refer to what is not there. PostgreSQL never has any: it checks each key as it is made again."""
    if not is_sqlite():
        return []
    return [*database.execute_sql("PRAGMA foreign_key_check").fetchall()]
