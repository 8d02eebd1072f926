"""Verbs about shifts."""
