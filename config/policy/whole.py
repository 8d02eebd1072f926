"""The whole policy, table by table."""

from typing import Annotated, Literal

from msgspec import Meta

from config.policy.answering import (
    DUTIES,
    Corroboration,
    Drill,
    Duty,
    Escalation,
    Hotline,
    Kind,
    Notices,
    Notifications,
    Rota,
    Routing,
    ServiceLevels,
)
from config.policy.privacy import Bridges, Consent, Retention
from config.policy.values import Part
from config.policy.walking import Blocks, Evening, Planning, Screening, Walk, Week, Welfare


class Formats(Part, frozen=True):
    """How phone and animal registration numbers look here. Patterns are matched against digits only."""

    phone_country_code: Annotated[str, Meta(pattern=r"^[1-9]\d{0,2}$")]
    phone_pattern: str
    phone_example: str
    registration_pattern: str
    registration_example: str


class Policy(Part, frozen=True):
    """The whole file."""

    name: str
    languages: Annotated[tuple[Literal["ko", "en"], ...], Meta(min_length=1)]
    formats: Formats
    evening: Evening
    walk: Walk
    planning: Planning
    screening: Screening
    welfare: Welfare
    retention: Retention
    service_levels: ServiceLevels
    blocks: Blocks
    consents: tuple[Consent, ...]
    hotlines: tuple[Hotline, ...]
    kinds: tuple[Kind, ...]
    week: Week = Week()
    notifications: Notifications = Notifications()
    bridges: Bridges = Bridges()
    duties: tuple[Duty, ...] = DUTIES
    rota: Rota = Rota()
    routing: Routing = Routing()
    escalation: Escalation = Escalation()
    drill: Drill = Drill()
    notices: Notices = Notices()
    corroboration: Corroboration = Corroboration()

    def every_duty(self) -> tuple[Duty, ...]:
        """The duties there are: those described, and those that a kind names only."""
        described = {duty.code for duty in self.duties}
        named = dict.fromkeys(kind.duty for kind in self.kinds if kind.duty and kind.duty not in described)
        return (*self.duties, *(Duty(code=code, name={"ko": code, "en": code}) for code in named))

    def kind(self, code: str) -> Kind | None:
        """The kind with this code, or None when the policy has it no longer."""
        return next((kind for kind in self.kinds if kind.code == code), None)

    def consent(self, kind: str) -> Consent | None:
        """The consent of this kind that the city asks for."""
        return next((consent for consent in self.consents if consent.kind == kind), None)
