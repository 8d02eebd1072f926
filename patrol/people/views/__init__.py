"""People over HTTP: registering, signing in and out, consents, who read what, staff and their rota."""

from patrol.people.views import accounts, consents, privacy, rota, sessions, staff
from patrol.people.views.blueprint import blueprint
from patrol.people.views.sessions import authenticate

__all__ = ["accounts", "authenticate", "blueprint", "consents", "privacy", "rota", "sessions", "staff"]
