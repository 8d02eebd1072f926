"""The bridges' blueprint and what its views share."""

from flask import current_app

from config.secret_key import Keyring, keys_of
from config.settings import Settings
from patrol.http.api import subject

blueprint = subject("bridges", "Other systems: keys, CAP, webhooks and exports. Open311 lies at /open311/v2.")


def settings() -> Settings:
    """The process's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def keys() -> Keyring:
    """The installation's keys."""
    return keys_of(settings())
