"""Verbs about sightings."""
