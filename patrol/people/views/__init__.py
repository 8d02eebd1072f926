"""People over HTTP: registering, signing in and out, consents, staff."""

from patrol.people.views import accounts, consents, sessions, staff
from patrol.people.views.blueprint import blueprint
from patrol.people.views.sessions import authenticate

__all__ = ["accounts", "authenticate", "blueprint", "consents", "sessions", "staff"]
