"""Outbox, channels and delivery. Knows messages and recipients, not dogs."""
