"""People over HTTP: registering, signing in and out, consents, who read what, staff and their rota."""

from patrol.people.views import accounts, consents, factors, privacy, rota, sessions, staff
from patrol.people.views.blueprint import blueprint, lifetimes
from patrol.people.views.sessions import authenticate

__all__ = [
    "accounts",
    "authenticate",
    "blueprint",
    "consents",
    "factors",
    "lifetimes",
    "privacy",
    "rota",
    "sessions",
    "staff",
]
