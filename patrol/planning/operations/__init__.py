"""Verbs about plan runs: ask, solve in another process, publish."""
