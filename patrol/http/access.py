"""Who reaches what: every endpoint × role × tenant, read off the OpenAPI document of the running application.

The document says of an endpoint what its view was marked with, and the same mark lets callers in or turns them away;
tests/http/test_access.py asks the server and compares.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

SIGNED_IN = "any"
"""In the place of a role: everybody signed in."""
METHODS = ("get", "post", "put", "patch", "delete")
ANONYMOUS = "anonymous"
TENANTS = ("own city", "another city")
ANSWERS = {"all": "allowed", "within": "within", "own": "own only"}
"""What a role reaches by an endpoint, as `allow` in caller.py states it → the matrix's word."""
DENIED, NOT_SIGNED_IN = "denied", "not signed in"
LEGEND = {
    "allowed": "all of the city's",
    "within": "what is in their charge: box, district, or sent to them; all of the city's where none was given",
    "own only": "what is theirs",
    DENIED: "nothing",
    NOT_SIGNED_IN: "must sign in first",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint. `access` is by tenant, then by role: a key of LEGEND."""

    method: str
    path: str
    summary: str
    access: dict[str, dict[str, str]]

    @property
    def name(self) -> str:
        """As `GET /api/v1/me`."""
        return f"{self.method.upper()} {self.path}"


def matrix(document: dict[str, Any], *, roles: Sequence[str]) -> list[Endpoint]:
    """Every endpoint of an OpenAPI document with what `roles`, and anonymous, reach in their own and another city."""
    return [
        Endpoint(method, path, operation["summary"], _access(operation["x-roles"], roles))
        for method, path, operation in operations(document)
    ]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of every endpoint."""
    for path, rest in document["paths"].items():
        yield from ((method, path, rest[method]) for method in METHODS if method in rest)


def _access(reach: dict[str, str], roles: Sequence[str]) -> dict[str, dict[str, str]]:
    if "anyone" in reach:
        return {tenant: dict.fromkeys((*roles, ANONYMOUS), "allowed") for tenant in TENANTS}
    here = {role: ANSWERS.get(reach.get(role, reach.get(SIGNED_IN, "")), DENIED) for role in roles}
    own, other = TENANTS
    nobody = {ANONYMOUS: NOT_SIGNED_IN}
    return {own: here | nobody, other: dict.fromkeys(roles, DENIED) | nobody}
