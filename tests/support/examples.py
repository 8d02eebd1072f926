"""A request for every endpoint that takes a body or needs a parameter: what the access matrix is tried with.

A request that its endpoint would do something with, from whoever may ask for it. {braces} stand for things of a World.
"""

import json
from datetime import timedelta
from typing import Any

from tests.support.factories import LAT, LON, NOW
from tests.support.patrols import a_photo, seen
from tests.support.places import BOXES, DISTRICTS, LAYERS, SEGMENTS
from tests.support.spreadsheets import a_row, csv_of

NOTE = {"note": "For a test."}
WHY = {"why": "For a test."}
PASSWORD = "a sample password"
TOKEN = "a" * 43
CODE = "123456"
NOBODYS = "00000000-0000-4000-8000-000000000000"
SOON = "2026-11-20T10:00:00+09:00"
TABLE = {"content_type": "text/csv"}
RUBRIC = ["heel", "wait_and_recall", "people", "other_dogs", "objects_and_noise"]
DOG = {
    "name": "Choco",
    "registration_no": "410000000000777",
    "breed": "Maltese",
    "born_on": "2023-05-01",
    "weight_kg": 4.0,
    "vaccinated_until": "2027-05-01",
}
HOURS = [{"weekday": 4, "begins": "19:00", "ends": "23:00"}]
HERE = {"type": "Point", "coordinates": [LON, LAT]}
HEAD = "code,weight,wkt"

EXAMPLES: dict[str, dict[str, Any]] = {
    "PUT /city/streets": {**TABLE, "data": SEGMENTS.read_bytes()},
    "POST /city/districts/import": {"content_type": "application/geo+json", "data": DISTRICTS.read_bytes()},
    "POST /city/boxes/import": {**TABLE, "data": BOXES.read_bytes()},
    "POST /city/facilities/import": {**TABLE, "data": f"name,kind,lon,lat\nMirror 2,mirror,{LON},{LAT}\n"},
    "PATCH /facilities/{facility_id}": {"json": {"duty": "traffic_authority"}},
    "POST /city/safety/{layer}/import": {**TABLE, "data": LAYERS["cctv"].read_bytes()},
    "POST /blocks": {"json": {"geometry": HERE, "weight": 5, "dwell_s": 600}},
    "PATCH /blocks/{block_id}": {"json": {"weight": 9}},
    "POST /blocks/import": {**TABLE, "data": f'{HEAD}\nX-1,5,"POINT({LON} {LAT})"\n'},
    "POST /accounts": {
        "json": {
            "city": "{slug}",
            "name": "Sample newcomer",
            "phone": "010-9999-0001",
            "born_on": "1990-05-01",
            "password": PASSWORD,
            "consents": ["service", "location"],
        }
    },
    "POST /accounts/confirm": {"json": {"registration": NOBODYS, "code": CODE}},
    "POST /password-resets": {"json": {"city": "{slug}", "name": "nobody@example.org"}},
    "POST /password-resets/confirm": {"json": {"reset": NOBODYS, "code": CODE, "password": PASSWORD}},
    "PUT /me/password": {"json": {"old": PASSWORD, "new": f"{PASSWORD} that is longer"}},
    "POST /me/contacts": {"json": {"email": "another@example.org", "password": PASSWORD}},
    "POST /me/contacts/confirm": {"json": {"contact": "{contact}", "code": CODE}},
    "POST /me/factor": {"json": {}},
    "POST /me/factor/confirm": {"json": {"code": CODE}},
    "POST /me/factor/recovery-codes": {"json": {"code": CODE}},
    "POST /me/factor/remove": {"json": {"code": CODE}},
    "POST /sessions/factor": {"json": {"code": CODE}},
    "POST /sessions": {"json": {"city": "{slug}", "name": "nobody@example.org", "password": PASSWORD}},
    "POST /sessions/link": {"json": {"token": TOKEN}},
    "POST /invitations/accept": {"json": {"token": TOKEN, "password": PASSWORD}},
    "POST /staff": {"json": {"name": "Sample officer", "email": "new@example.org", "role": "officer"}},
    "PUT /staff/{person_id}/roles": {"json": {"roles": [{"role": "officer", "box": "{box_id}"}], "why": "For a test."}},
    "PUT /staff/{person_id}/duties": {"json": {"duties": ["station_officer"], "why": "For a test."}},
    "POST /staff/{person_id}/disable": {"json": WHY},
    "POST /staff/{person_id}/enable": {"json": WHY},
    "POST /notices": {
        "json": {
            "kind": "look_out",
            "words": {"ko": "파란 트럭"},
            "lon": LON,
            "lat": LAT,
            "radius_m": 500,
            "expires_at": (NOW + timedelta(hours=1)).isoformat(),
        },
    },
    "POST /notices/{notice_id}/extend": {"json": {"expires_at": (NOW + timedelta(hours=3)).isoformat()}},
    "POST /rota": {
        "json": {
            "duty": "child_protection",
            "person": "{holder_id}",
            "begins_at": "2026-11-10T00:00:00+09:00",
            "ends_at": "2026-11-11T00:00:00+09:00",
        }
    },
    "POST /rota/copy": {"json": {"duty": "child_protection", "source": "2026-11-02", "target": "2026-11-09"}},
    "POST /teams": {
        "json": {"name": "Sample team", "door": {"lon": LON, "lat": LAT}, "dogs": [DOG], "availability": HOURS}
    },
    "DELETE /me": {"json": {"password": PASSWORD}},
    "POST /people/{account_id}/erasure": {"json": {"reason": "request"}},
    "POST /teams/{team_id}/handler-erasure": {"json": {"reason": "request"}},
    "GET /teams/{team_id}": {"query_string": {"purpose": "screening"}},
    "PATCH /teams/{team_id}": {"json": {"name": "Other name"}},
    "PATCH /teams/{team_id}/dogs/{dog_id}": {"json": {"rest_days": 1}},
    "POST /teams/{team_id}/dogs": {"json": DOG},
    "PUT /teams/{team_id}/availability": {"json": HOURS},
    "POST /teams/{team_id}/documents": {"json": {"ok": True}},
    "POST /teams/search": {"json": {"filters": {"text": "Sample"}, "purpose": "roster"}},
    "POST /teams/documents": {"json": {"teams": ["{team_id}"], "ok": True}},
    "POST /teams/imports": {**TABLE, "data": csv_of(a_row())},
    "POST /teams/exports": {"json": {"reason": "For a test."}},
    "POST /teams/{team_id}/notes": {"json": {"text": "For a test."}},
    "PUT /teams/{team_id}/pinned-note": {"json": {"note": None}},
    "POST /teams/{team_id}/tests": {"json": {"booked_for": SOON}},
    "PUT /teams/{team_id}/tests/{attempt}": {
        "json": {"scores": {"heel": 25, "wait_and_recall": 20, "people": 20, "other_dogs": 20, "objects_and_noise": 15}}
    },
    "POST /teams/{team_id}/suspend": {"json": {**NOTE, "reason": "breach"}},
    "POST /teams/{team_id}/bites": {"json": NOTE},
    "POST /teams/{team_id}/reinstate": {"json": NOTE},
    "POST /teams/{team_id}/training": {"json": {"trained_on": "2026-11-01"}},
    "PUT /teams/{team_id}/dogs/{dog_id}/vaccination": {"json": {"vaccinated_until": "2027-06-01"}},
    "POST /screening-days": {
        "json": {
            "begins_at": SOON,
            "place": "Park",
            "capacity": 100,
            "stations": [{"name": "Lawn", "items": RUBRIC}],
        }
    },
    "PATCH /screening-days/{day_id}": {"json": {"place": "Gym"}},
    "POST /screening-days/{day_id}/candidates": {"json": {"next": 3}},
    "PUT /screening-days/{day_id}/marks/{mark_id}": {
        "json": {"number": 1, "item": "heel", "points": 20, "made_at": NOW.isoformat()}
    },
    "PUT /screening-days/{day_id}/faults/{mark_id}": {
        "json": {"number": 1, "fault": "bite", "made_at": NOW.isoformat()}
    },
    "POST /screening-days/{day_id}/candidates/{number}/settlements": {"json": {"item": "heel", "points": 18}},
    "POST /screening-days/{day_id}/candidates/{number}/lift": {"json": NOTE},
    "POST /dog-disputes/{dispute_id}/decision": {"json": {"keeps": "holder"}},
    "POST /shifts/{shift_id}/decline": {"json": {"reason": "Rain."}},
    "PUT /walks/{walk_id}": {
        "json": {"shift": "{shift_id}", "started_at": NOW.isoformat(), "leash_attested": True},
    },
    "GET /walks/under-way": {"query_string": {"purpose": "safety"}},
    "PUT /walks/{walk_id}/positions/{batch_id}": {
        "json": {"positions": [{"at": NOW.isoformat(), "lon": LON, "lat": LAT, "accuracy_m": 5.0}]},
    },
    "POST /walks/{walk_id}/pause": {"json": {}},
    "POST /walks/{walk_id}/resume": {"json": {}},
    "POST /walks/{walk_id}/end": {"json": {"ended_at": NOW.isoformat()}},
    "PUT /sightings/{sighting_id}": {"json": seen(text="Another thing.")},
    "PUT /sightings/{sighting_id}/photos/{photo_id}": {"content_type": "image/jpeg", "data": a_photo(32)},
    "POST /sightings/{sighting_id}/route": {"json": {"to": "duty", "duty": "child_protection", "reason": "Theirs."}},
    "POST /sightings/{sighting_id}/messages": {"json": {"text": "Which side of the street?"}},
    "POST /sightings/{sighting_id}/link": {"json": {"first": "{sighting_id}"}},
    "POST /sightings/{sighting_id}/split": {"json": {}},
    "POST /sightings/{sighting_id}/hand-over": {"json": {"to": None}},
    "POST /sightings/hand-over": {"json": {"to": None}},
    "POST /sightings/{sighting_id}/resolve": {"json": {"outcome": "fixed"}},
    "POST /sightings/{sighting_id}/reopen": {"json": {"reason": "Still open."}},
    "PUT /me/devices/{device_id}": {"json": {"kind": "fcm_fid", "address": "fid-renewed"}},
    "PUT /me/notifications": {
        "json": {
            "language": "en",
            "channels": {"sightings": ["fcm"], "shifts": ["email"], "team": [], "other": []},
            "quiet_from": "22:00",
            "quiet_until": "07:00",
            "weekly_budget": 10,
            "bundle_min": 5,
        }
    },
    "POST /bridge-keys": {"json": {"name": "City hall", "rights": ["file"]}},
    "POST /webhooks": {
        "json": {"name": "City hall", "url": "https://example.org/hook", "events": ["sighting.resolved"]}
    },
    "POST /webhooks/{webhook_id}/secret": {"json": {"after_h": 24}},
    "POST /exports": {
        "json": {
            "what": "sightings",
            "form": "csv",
            "reason": "For a test.",
            "begins_on": "2026-11-01",
            "ends_on": "2026-11-06",
        }
    },
    "POST /plan-runs": {"json": {"evening": "2026-11-07", "seconds": 1}},
    "POST /pairings": {"json": {"kind": "bar", "team": "{team_id}", "block": "{block_id}"}},
    "PATCH /pairings/{pairing_id}": {"json": NOTE},
}
"""METHOD /path below /api/v1 → what the request carries, as werkzeug's test client takes it."""


def filled(text: str, ids: dict[str, str]) -> str:
    """`text` with the things of a world in its braces."""
    for name, value in ids.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def request_for(short: str, ids: dict[str, str]) -> dict[str, Any]:
    """What a request for the endpoint `METHOD /path` carries, with these things in it."""
    example = EXAMPLES.get(short, {})
    if "json" not in example:
        return example
    return {**example, "json": json.loads(filled(json.dumps(example["json"]), ids))}
