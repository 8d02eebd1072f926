"""Records of people. Secrets are kept as digests only."""

from patrol.people.models.accounts import Link, Person, Session, Throttle
from patrol.people.models.privacy import AccessEntry, Consent
from patrol.people.models.roles import Duty, Role, RotaEntry, StaffStep

__all__ = ["AccessEntry", "Consent", "Duty", "Link", "Person", "Role", "RotaEntry", "Session", "StaffStep", "Throttle"]
