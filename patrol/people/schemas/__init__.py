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
from patrol.people.schemas.staff import Invited, StaffIn

__all__ = [
    "PASSWORD_LENGTH",
    "AccessOut",
    "ConsentOut",
    "InvitationIn",
    "Invited",
    "LinkIn",
    "Me",
    "PagedPurposeQuery",
    "PersonOut",
    "PurposeQuery",
    "ReceiptOut",
    "Registration",
    "SessionOut",
    "SignIn",
    "StaffIn",
    "TokenOut",
]
