"""Pure decisions about plan runs."""

STATES = ("queued", "running", "done", "failed", "cancelled", "published")
