"""Verbs about teams."""
