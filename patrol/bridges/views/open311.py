"""Open311 GeoReport v2: city systems read and file what is no emergency.

Outside /api/v1 and its OpenAPI document, as the standard says what paths, fields and errors are: docs/bridges.md.
Every problem is a list of {code, description} that names the parameter.
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, json, request
from werkzeug.exceptions import HTTPException

from config.policy import Kind
from patrol.bridges import rules
from patrol.bridges.models import BridgeKey
from patrol.bridges.operations.filing import NoSuchService, file_request, note_wrong_key
from patrol.bridges.operations.keys import WrongKey, key_for
from patrol.bridges.operations.requests import Asked, requests_of
from patrol.bridges.operations.xml import as_xml
from patrol.bridges.views.open311_parameters import (
    FORMS,
    NOT_KEPT,
    READ,
    SEEN_AT,
    TAKEN,
    Unusable,
    asked_of,
    city_of,
    ids_of,
    in_word,
    notice_of,
    only,
    request_of,
)
from patrol.errors import DomainError, Forbidden, Invalid, NotFound, TooMany
from patrol.http.caller import now
from patrol.http.problems import language
from patrol.places.models import City
from patrol.places.operations.cities import policy_of

open311 = Blueprint("open311", __name__, url_prefix="/open311")

FORM = "<any(json, xml):form>"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-23T00:00:00+00:00"
STATUS: dict[type[DomainError], int] = {NotFound: 404, Forbidden: 403, TooMany: 429}


class NoSuchRequest(NotFound):
    """No request that other systems may know of has this id."""

    words = {"ko": "service_request_id가 없습니다.", "en": "There is no such service_request_id."}


@open311.errorhandler(DomainError)
def refused(error: DomainError) -> Response:
    """404 unknown jurisdiction, service or request; 403 wrong api_key; 429 too often; 400 anything else."""
    status = next((STATUS[kind] for kind in STATUS if isinstance(error, kind)), 400)
    said = error.say(language())
    if isinstance(error, Invalid) and not isinstance(error, Unusable):
        name = error.pointer.strip("/")
        said = f"{SEEN_AT if name == 'seen_at' else name}: {said}"
    answer = _errors(status, said)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.facts["retry_after_s"])
    return answer


@open311.errorhandler(HTTPException)
def failed(error: HTTPException) -> Response:
    """What HTTP itself refuses, such as a body that is too large."""
    return _errors(error.code or 400, error.description or error.name)


@open311.get(f"/discovery.{FORM}")
@open311.get(f"/v2/discovery.{FORM}")
def discovery(form: str) -> Response:
    """Where the service is, and in which formats."""
    only(request.args, ("jurisdiction_id",))
    settings = current_app.extensions["settings"]
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{settings.public_url}/open311/v2",
        "changeset": CHANGED,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    content = {
        "changeset": CHANGED,
        "contact": settings.public_url,
        "key_service": "An admin of the city makes api_keys: POST /api/v1/bridge-keys.",
        "endpoints": [endpoint],
    }
    return _answer(form, content, "discovery")


@open311.get(f"/v2/services.{FORM}")
def services(form: str) -> Response:
    """The kinds that other systems may read and file."""
    only(request.args, ("jurisdiction_id",))
    kinds = rules.public_kinds(policy_of(city_of(request.args)))
    return _answer(form, [_service(kind) for kind in kinds.values()], "services", "service")


@open311.get(f"/v2/services/<code>.{FORM}")
def definition(code: str, form: str) -> Response:
    """What may be said of a request of one kind beyond its place and description."""
    only(request.args, ("jurisdiction_id",))
    if code not in rules.public_kinds(policy_of(city_of(request.args))):
        raise NoSuchService(code=code)
    seen_at = {
        "variable": True,
        "code": "seen_at",
        "datatype": "datetime",
        "required": False,
        "datatype_description": in_word("시간대가 붙은 시각", "A time with its offset"),
        "order": 1,
        "description": in_word("본 시각", "When it was seen"),
        "values": [],
    }
    return _answer(form, {"service_code": code, "attributes": [seen_at]}, "service_definition")


@open311.get(f"/v2/requests.{FORM}")
def read_requests(form: str) -> Response:
    """Requests of a span of time, or those of the ids that are named."""
    only(request.args, READ)
    city, asked = city_of(request.args), asked_of(request.args)
    return _answer(form, _in_words(requests_of(city, asked)), "service_requests", "request")


@open311.get(f"/v2/requests/<request_id>.{FORM}")
def read_request(request_id: str, form: str) -> Response:
    """A list of one."""
    only(request.args, ("jurisdiction_id", "api_key"))
    ids = ids_of(request_id)
    found = requests_of(city_of(request.args), Asked(start=now(), end=now(), ids=ids))
    if not found:
        raise NoSuchRequest
    return _answer(form, _in_words(found), "service_requests", "request")


@open311.get(f"/v2/tokens/<token>.{FORM}")
def read_token(token: str, form: str) -> Response:
    """Ids are given at once here, so a token is its request's id."""
    only(request.args, ("jurisdiction_id", "api_key"))
    found = requests_of(city_of(request.args), Asked(start=now(), end=now(), ids=ids_of(token)))
    if not found:
        raise NoSuchRequest
    known = found[0]["service_request_id"]
    return _answer(form, [{"service_request_id": known, "token": known}], "service_requests", "request")


@open311.post(f"/v2/requests.{FORM}")
def post_request(form: str) -> Response:
    """File a request. `client_id`, the sender's own id for it, makes a retry safe."""
    if request.mimetype not in FORMS:
        raise Unusable("Content-Type", "양식으로 보내 주세요.", f"send one of {', '.join(FORMS)}")
    given = request.form
    only(given, (*TAKEN, *NOT_KEPT))
    for name in request.files:
        raise Unusable(name, "사진은 받지 않습니다.", "files are not taken here")
    city = city_of(given)
    key = _key(given.get("api_key", ""), city)
    sighting, new = file_request(city, request_of(given), key=key, now=now())
    row = {"service_request_id": str(sighting.id), "service_notice": notice_of(given), "account_id": None}
    return _answer(form, [row], "service_requests", "request", status=201 if new else 200)


@open311.route("/<path:_rest>")
def nothing(_rest: str) -> Response:
    """No resource of the standard, or in a format that is none."""
    raise NotFound


def _key(text: str, city: City) -> BridgeKey:
    """The key to file with. Raises WrongKey, TooMany."""
    try:
        return key_for(text, "file", city=city.id)
    except WrongKey:
        note_wrong_key(request.remote_addr or "", now=now())
        raise


def _service(kind: Kind) -> dict[str, Any]:
    return {
        "service_code": kind.code,
        "service_name": in_word(kind.name["ko"], kind.name["en"]),
        "description": in_word(kind.name["ko"], kind.name["en"]),
        "metadata": True,
        "type": "realtime",
        "keywords": "",
        "group": "",
    }


def _in_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Texts in the language of whoever asks."""
    return [
        {name: value[language()] if isinstance(value, dict) else value for name, value in row.items()} for row in rows
    ]


def _errors(status: int, said: str) -> Response:
    form = "xml" if request.path.endswith(".xml") else "json"
    return _answer(form, [{"code": status, "description": said}], "errors", "error", status=status)


def _answer(form: str, content: Any, root: str, item: str = "", *, status: int = 200) -> Response:
    if form == "xml":
        answer = Response(as_xml(content, root, item), status=status, content_type="text/xml; charset=utf-8")
    else:
        text = json.dumps(_plain(content))
        answer = Response(text, status=status, content_type="application/json; charset=utf-8")
    answer.headers["Content-Language"] = language()
    answer.vary.add("Accept-Language")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _plain(content: Any) -> Any:
    if isinstance(content, list):
        return [_plain(each) for each in content]
    if isinstance(content, dict):
        return {name: _plain(value) for name, value in content.items()}
    return content.isoformat() if isinstance(content, datetime) else content
