"""Pure decisions about people."""

ROLES = ("walker", "coordinator", "officer", "admin")
STAFF = frozenset({"coordinator", "officer", "admin"})
PERSON_STATES = ("invited", "active", "disabled")
LINK_PURPOSES = ("invitation", "sign_in")
SESSION_CHANNELS = ("device", "page")
LANGUAGES = ("ko", "en")
CONSENTS = ("service", "location", "police", "photo")
