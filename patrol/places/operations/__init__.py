"""Verbs about places."""
