"""The inbox over HTTP: messages, the live stream, devices and preferences, and what became of deliveries."""

from patrol.inbox.views import deliveries, messages, reaching, streams
from patrol.inbox.views.blueprint import blueprint

__all__ = ["blueprint", "deliveries", "messages", "reaching", "streams"]
