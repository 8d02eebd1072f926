"""The pages of messages: everybody's inbox, the coordinators' deliveries, and the worker that shows pushes."""

from pathlib import Path

from flask import Response, send_file

from patrol.http.caller import Caller
from patrol.people.rules import ROLES
from web.views import blueprint, for_roles, page

WORKER = Path(__file__).parent / "static" / "sw.js"


@blueprint.get("/inbox")
@for_roles(*ROLES)
def inbox(_found: Caller) -> str:
    """One's messages, and how one wants to be reached."""
    return page("inbox.html")


@blueprint.get("/deliveries")
@for_roles("coordinator", "admin")
def deliveries(_found: Caller) -> str:
    """What became of messages on their way."""
    return page("deliveries.html")


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """The worker that shows pushes. It stands here, as one below /static would not serve the pages."""
    return send_file(WORKER, mimetype="text/javascript")
