"""Schemathesis over the OpenAPI document, in process: any caller, any id, any content, held to what is documented."""

from contextlib import suppress
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.world import ROLES, World

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ENDLESS = {"/api/v1/stream"}


def operations_of(app: Flask) -> list[Any]:
    """Every operation of the document but those whose answer never ends."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app, config=SchemathesisConfig())
    found = [result.ok() for result in schema.get_all_operations()]
    return [operation for operation in found if operation.path not in ENDLESS]


def try_out(operation: Any, world: World, *, examples: int) -> None:
    """Ask `operation` for `examples` fitting and as many unfitting things, and check each answer against the document.

    Callers are mostly those it is for; half of the ids are real. Raises what schemathesis finds.
    """
    stated = [role for role in ROLES if role in operation.definition.raw["x-roles"]] or list(ROLES)

    def one(case: Any, role: str, real: bool) -> None:  # noqa: FBT001 - hypothesis hands them over by name
        if real:
            known = {name: world.ids[name] for name in case.path_parameters or {} if name in world.ids}
            case.path_parameters = {**(case.path_parameters or {}), **known}
        # unpacked: in process nobody stands between who undoes the packing, as a browser or a real client does
        answer = case.call(headers=world.headers.get(role, {}) | {"Accept-Encoding": "identity"})
        case.validate_response(answer, checks=CHECKS)

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        asked = given(
            case=operation.as_strategy(generation_mode=mode),
            role=st.sampled_from([*stated, *stated, *ROLES, "nobody"]),
            real=st.booleans(),
        )(one)
        bounded = settings(
            max_examples=examples,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(asked)
        with suppress(Unsatisfiable):  # nothing can be asked for wrongly where nothing is asked
            seed(1)(bounded)()
