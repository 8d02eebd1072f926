"""Inbox over HTTP."""

from typing import Any
from uuid import UUID

from notifications.models import Message
from patrol.http.api import fails
from patrol.http.caller import OWN_ONLY, allow, caller, now
from patrol.http.paging import page, page_of
from patrol.inbox import schemas
from patrol.inbox.operations import messages as operations
from patrol.inbox.views.blueprint import blueprint


@blueprint.route("/inbox")
@allow(own=OWN_ONLY)
@blueprint.arguments(schemas.InboxQuery, location="query")
@blueprint.response(200, page_of(schemas.MessageOut))
def inbox(query: dict[str, Any]) -> dict[str, Any]:
    """Own messages, newest first. Expired ones are gone."""
    found = operations.messages(caller().person, now=now())
    if query.pop("unread"):
        found = found.where(Message.read_at.is_null())
    return page(found, by=((Message.created_at, True), (Message.id, True)), **query)


@blueprint.route("/inbox/<uuid:message_id>")
@allow(own=OWN_ONLY)
@blueprint.response(200, schemas.MessageOut)
@fails(404)
def message(message_id: UUID) -> Message:
    """One of one's own messages: what a mail or push leads to."""
    return operations.message_of(caller().person, message_id, now=now())


@blueprint.route("/inbox/<uuid:message_id>/read", methods=["POST"])
@allow(own=OWN_ONLY)
@blueprint.response(200, schemas.MessageOut)
@fails(404)
def read(message_id: UUID) -> Message:
    """Note that it was read. Again: nothing changes."""
    return operations.mark_read(caller().person, message_id, now=now())
