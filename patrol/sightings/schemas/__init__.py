"""Sightings on the wire."""

from patrol.sightings.schemas.photos import PhotoOut, PhotoQuery
from patrol.sightings.schemas.reports import Reopening, Resolution, SightingIn, SightingOut, SightingQuery
from patrol.sightings.schemas.routing import PassingOn, PassingOnWays
from patrol.sightings.schemas.together import (
    Apart,
    ColleagueOut,
    Corroborations,
    HandedOver,
    HandOver,
    MessageIn,
    NewlyRead,
    SameAs,
    SightingMessageOut,
    ThreadQuery,
)

__all__ = [
    "Apart",
    "ColleagueOut",
    "Corroborations",
    "HandOver",
    "HandedOver",
    "MessageIn",
    "NewlyRead",
    "PassingOn",
    "PassingOnWays",
    "PhotoOut",
    "PhotoQuery",
    "Reopening",
    "Resolution",
    "SameAs",
    "SightingIn",
    "SightingMessageOut",
    "SightingOut",
    "SightingQuery",
    "ThreadQuery",
]
