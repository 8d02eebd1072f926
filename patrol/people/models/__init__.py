"""Records of people. Secrets are kept as digests only."""

from patrol.people.models.accounts import Link, Person, Session, Throttle
from patrol.people.models.privacy import AccessEntry, Consent, RetentionReceipt
from patrol.people.models.roles import Duty, Role, RotaEntry, StaffStep

__all__ = [
    "AccessEntry",
    "Consent",
    "Duty",
    "Link",
    "Person",
    "RetentionReceipt",
    "Role",
    "RotaEntry",
    "Session",
    "StaffStep",
    "Throttle",
]
