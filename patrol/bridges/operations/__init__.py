"""Verbs about what other systems read and send."""
