"""Pure decisions about shifts."""

STATES = ("offered", "accepted", "declined", "expired", "withdrawn", "walking", "walked", "missed")
