"""Records of people. Secrets are kept as digests only, but for the second factor's, which is sealed."""

from patrol.people.models.accounts import Link, Person, Session, Throttle
from patrol.people.models.privacy import AccessEntry, Consent, RetentionReceipt
from patrol.people.models.proofs import Challenge, Factor, RecoveryCode
from patrol.people.models.roles import Duty, Role, RotaEntry, StaffStep

__all__ = [
    "AccessEntry",
    "Challenge",
    "Consent",
    "Duty",
    "Factor",
    "Link",
    "Person",
    "RecoveryCode",
    "RetentionReceipt",
    "Role",
    "RotaEntry",
    "Session",
    "StaffStep",
    "Throttle",
]
