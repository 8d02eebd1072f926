"""The inbox's blueprint and what it holds for each application."""

from flask.blueprints import BlueprintSetupState

from patrol.http.api import subject
from patrol.inbox.operations.streams import Streams

blueprint = subject("inbox", "A person's messages, how they reach them, and what happens while a page is open.")


@blueprint.record_once
def hold_streams(state: BlueprintSetupState) -> None:
    """One set of streams an application, unless it brings its own."""
    held = state.app.extensions
    if "streams" not in held:
        held["streams"] = Streams(limit=held["settings"].streams)
