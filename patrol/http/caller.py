"""Who is asking, and whether they may."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import current_app, g

from patrol.errors import DomainError, Forbidden
from patrol.http.access import SIGNED_IN

View = TypeVar("View", bound=Callable[..., Any])

OWN_ONLY = (SIGNED_IN,)
"""For `allow(own=…)`: everybody signed in, each what is theirs."""


class NotSignedIn(DomainError):
    """No valid token came with the request."""

    words = {"ko": "로그인이 필요합니다.", "en": "Sign in first."}


class MissingCsrfToken(Forbidden):
    """A page's request that changes something came without its token."""

    words = {"ko": "페이지를 새로 고친 뒤 다시 해 주세요.", "en": "Reload the page and try again."}


class SecondFactorNeeded(Forbidden):
    """The sign-in waits for a code, or this member of staff must first set up a second factor."""

    words = {
        "ko": "2단계 인증이 먼저 필요합니다. 인증 번호를 넣거나 계정 화면에서 설정해 주세요.",
        "en": "The second step of signing in comes first: enter the code, or set it up on the account page.",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A signed-in person. `boxes` are those an officer serves at; empty with role officer: the whole city.

    `districts` are those a coordinator looks after; empty: the whole city. `duties` are those the person is on now.
    `needs` is what the sign-in lacks, "code" or "enrolment" of a second factor; until then the caller has no rights.
    """

    person: UUID
    city: UUID
    session: UUID
    name: str
    language: str
    roles: frozenset[str]
    boxes: frozenset[UUID]
    districts: frozenset[UUID]
    duties: frozenset[str]
    needs: str = ""

    def has(self, *roles: str) -> bool:
        """Whether the caller has one of `roles`."""
        return not self.roles.isdisjoint(roles)


def caller() -> Caller:
    """The signed-in caller of this request. Raises NotSignedIn."""
    found = g.get("caller")
    if found is None:
        raise NotSignedIn
    return cast("Caller", found)


def now() -> datetime:
    """The time of this request, read once."""
    if "now" not in g:
        g.now = current_app.extensions["clock"]()
    return cast("datetime", g.now)


def require_role(roles: tuple[str, ...] | None, *, before: tuple[str, ...] = ()) -> None:
    """Raise NotSignedIn or Forbidden unless the caller has one of `roles`. None: nothing is asked of anybody.

    Raises SecondFactorNeeded when the sign-in lacks what is not in `before`.
    """
    if roles is None:
        return
    asking = caller()
    if asking.needs and asking.needs not in before:
        raise SecondFactorNeeded
    if SIGNED_IN not in roles and not asking.has(*roles):
        raise Forbidden


def allow(
    *roles: str, within: tuple[str, ...] = (), own: tuple[str, ...] = (), before: tuple[str, ...] = ()
) -> Callable[[View], View]:
    """State who may call an endpoint, and what of their city they reach by it. Without any, everybody signed in, all.

    Any of `roles` reaches all of the city; those of `within` what is given into their charge (an officer's boxes, a
    coordinator's districts, what was sent to them), or to whom none is given all; those of `own` only what is theirs.
    OWN_ONLY says the last of everybody signed in. Who holds several roles reaches what the widest does. That nobody
    reaches more is the view's to see to, and tests/http/test_access.py's to check.

    `before`: also for whose sign-in still lacks that, "code" or "enrolment" of a second factor.
    """
    reach = dict.fromkeys(own, "own") | dict.fromkeys(within, "within") | dict.fromkeys(roles, "all")
    reach = reach or {SIGNED_IN: "all"}
    admitted = tuple(reach)

    def mark(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            require_role(admitted, before=before)
            return view(*args, **kwargs)

        guarded.allowed_roles = admitted  # type: ignore[attr-defined]  # read by the endpoint test and OpenAPI
        guarded.reach = reach  # type: ignore[attr-defined]  # the same
        return cast("View", guarded)

    return mark


def stated(view: Any, what: str) -> Any:
    """What a decorator noted on a view, however many others wrap it; None when none did."""
    while view is not None:
        if hasattr(view, what):
            return getattr(view, what)
        view = getattr(view, "__wrapped__", None)
    return None


def view_of(view: Any, method: str) -> Any:
    """The function that answers `method`: of a class of several its method, else the view itself."""
    kind = getattr(view, "view_class", None)
    return getattr(kind, method.lower(), view) if kind else view


def anyone(view: View) -> View:
    """State that an endpoint needs no sign-in."""
    view.allowed_roles = None  # type: ignore[attr-defined]  # read by the endpoint test and OpenAPI
    view.reach = {"anyone": "all"}  # type: ignore[attr-defined]  # the same
    return view
