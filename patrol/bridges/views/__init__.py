"""Bridges over HTTP."""

from patrol.bridges.views import cap, exports, keys, webhooks
from patrol.bridges.views.blueprint import blueprint
from patrol.bridges.views.open311 import open311

__all__ = ["blueprint", "cap", "exports", "keys", "open311", "webhooks"]
