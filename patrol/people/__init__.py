"""Accounts, roles, sign-in, consents and the audit of who read whose data."""
