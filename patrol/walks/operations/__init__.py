"""Verbs about walks."""
