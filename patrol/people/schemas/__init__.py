"""People on the wire."""

from patrol.people.schemas.accounts import (
    PASSWORD_LENGTH,
    InvitationIn,
    LinkIn,
    Me,
    PersonOut,
    Registration,
    SessionOut,
    SignIn,
    TokenOut,
)
from patrol.people.schemas.privacy import AccessOut, ConsentOut, PagedPurposeQuery, PurposeQuery, ReceiptOut
from patrol.people.schemas.rota import DutyOut, EntryOut, RotaIn, RotaOut, RotaQuery, WeekCopyIn
from patrol.people.schemas.staff import (
    DutiesIn,
    Invited,
    MemberOut,
    RolesIn,
    StaffIn,
    StaffQuery,
    StaffStepOut,
    WholeMemberOut,
    WhyIn,
)

__all__ = [
    "PASSWORD_LENGTH",
    "AccessOut",
    "ConsentOut",
    "DutiesIn",
    "DutyOut",
    "EntryOut",
    "InvitationIn",
    "Invited",
    "LinkIn",
    "Me",
    "MemberOut",
    "PagedPurposeQuery",
    "PersonOut",
    "PurposeQuery",
    "ReceiptOut",
    "Registration",
    "RolesIn",
    "RotaIn",
    "RotaOut",
    "RotaQuery",
    "SessionOut",
    "SignIn",
    "StaffIn",
    "StaffQuery",
    "StaffStepOut",
    "TokenOut",
    "WeekCopyIn",
    "WholeMemberOut",
    "WhyIn",
]
