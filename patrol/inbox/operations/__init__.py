"""Verbs about messages, how they reach people, and what became of them."""
