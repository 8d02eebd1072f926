"""Messages, devices, preferences and deliveries on the wire. No answer holds a device's address."""

from patrol.inbox.schemas.deliveries import DeliveriesOut, DeliveriesQuery, DeliveryOut, SummaryQuery
from patrol.inbox.schemas.messages import EventOut, EventsOut, EventsQuery, InboxQuery, LastSeen, MessageOut
from patrol.inbox.schemas.reaching import DeviceIn, DeviceOut, PreferenceIn, PreferenceOut, TemplateOut, TestSent

__all__ = [
    "DeliveriesOut",
    "DeliveriesQuery",
    "DeliveryOut",
    "DeviceIn",
    "DeviceOut",
    "EventOut",
    "EventsOut",
    "EventsQuery",
    "InboxQuery",
    "LastSeen",
    "MessageOut",
    "PreferenceIn",
    "PreferenceOut",
    "SummaryQuery",
    "TemplateOut",
    "TestSent",
]
