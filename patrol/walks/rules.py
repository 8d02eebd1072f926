"""Pure decisions about walks."""

STATES = ("walking", "paused", "ended")
