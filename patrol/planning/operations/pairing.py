"""Pins and bars: which team a block is for, and which it is not for. They stand until somebody takes them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import peewee

from config.database import transaction
from patrol.errors import Conflict, Invalid, NotFound, Stale
from patrol.places.models import Block
from patrol.places.operations.blocks import within as block_within
from patrol.planning.models import LeftOut, Pairing, PlanRoute, PlanRun
from patrol.planning.operations.reach import districts_of, pairing_within
from patrol.teams.models import Team
from patrol.teams.operations.reading import within as team_within


class PairedAlready(Conflict):
    """The team and the block have a pin or bar."""

    words = {
        "ko": "{team} 팀과 {block} 구간에는 이미 고정이나 제외가 있습니다.",
        "en": "Team {team} and block {block} have a pin or bar already; change that one.",
    }


class PinnedElsewhere(Conflict):
    """Another team has the block pinned."""

    words = {
        "ko": "{block} 구간은 이미 {team} 팀에 고정되어 있습니다.",
        "en": "Block {block} is pinned to team {team} already; take that pin back first.",
    }


class NoSuchThing(Invalid):
    """The team or block named is none of the city's."""

    words = {"ko": "이 도시에 없습니다.", "en": "There is no such thing in this city."}


class TeamRetired(Invalid):
    """A team that will never walk again."""

    words = {"ko": "활동을 마친 팀입니다.", "en": "The team has retired."}


@dataclass(frozen=True, slots=True)
class Unmet:
    """A pin or bar that could not be heeded, with codes that stay readable; `reason`: see rules.UNMET."""

    pairing: str
    kind: str
    team: str
    block: str
    reason: str


def pair(
    city: UUID,
    *,
    kind: str,
    team: UUID,
    block: UUID,
    note: str,
    districts: frozenset[UUID] = frozenset(),
    by: UUID | None,
    now: datetime,
) -> Pairing:
    """Pin or bar a block for a team, both of `districts` where any is named, in every plan from now on.

    Raises NoSuchThing, TeamRetired, PairedAlready, PinnedElsewhere.
    """
    wanted_team = Team.get_or_none((Team.id == team) & (Team.city == city) & team_within(districts))
    wanted_block = Block.get_or_none((Block.id == block) & (Block.city == city) & block_within(districts))
    if wanted_team is None:
        raise NoSuchThing("/team")
    if wanted_team.state == "retired":
        raise TeamRetired("/team")
    if wanted_block is None:
        raise NoSuchThing("/block")
    try:
        with transaction():
            return Pairing.create(
                city=city, kind=kind, team=team, block=block, note=note, created_by=by, created_at=now
            )
    except peewee.IntegrityError:  # the database decides, also between two who do it at once
        _refuse_pin(kind, block, team)
        raise PairedAlready(team=wanted_team.code, block=wanted_block.code) from None


def change(
    city: UUID,
    pairing_id: UUID,
    changes: dict[str, Any],
    *,
    expected: int | None,
    districts: frozenset[UUID] = frozenset(),
) -> Pairing:
    """Turn a pin into a bar or back, or change its note. Raises NotFound, Stale, PinnedElsewhere."""
    found = pairing_of(city, pairing_id, districts=districts)
    seen = found.version if expected is None else expected
    try:
        with transaction():
            here = (Pairing.id == pairing_id) & (Pairing.version == seen)
            if not Pairing.update(**changes, version=Pairing.version + 1).where(here).execute():
                raise Stale
    except peewee.IntegrityError:
        _refuse_pin("pin", found.block_id, found.team_id)
        raise
    return pairing_of(city, pairing_id)


def unpair(city: UUID, pairing_id: UUID, *, districts: frozenset[UUID] = frozenset()) -> None:
    """Take a pin or bar back. Raises NotFound."""
    with transaction():
        pairing_of(city, pairing_id, districts=districts)
        if not Pairing.delete().where((Pairing.id == pairing_id) & (Pairing.city == city)).execute():
            raise NotFound


def pairing_of(city: UUID, pairing_id: UUID, *, districts: frozenset[UUID] = frozenset()) -> Pairing:
    """A city's pin or bar with its team and block. Raises NotFound."""
    found: Pairing | None = pairings(city, districts=districts).where(Pairing.id == pairing_id).first()
    if found is None:
        raise NotFound
    return found


def pairings(city: UUID, *, districts: frozenset[UUID] = frozenset()) -> Any:
    """The city's pins and bars with their teams and blocks, as a query, unordered; those within `districts`."""
    return (
        Pairing.select(Pairing, Team, Block)
        .join_from(Pairing, Team)
        .join_from(Pairing, Block)
        .where((Pairing.city == city) & pairing_within(districts))
    )


def stands_in_the_way(pairing: Pairing, *, on: date) -> str | None:
    """Why a pin or bar holds nobody to anything on that day, or None: see rules.UNMET."""
    if pairing.team.state != "active":
        return "team_stopped"
    block = pairing.block
    valid = (block.valid_from is None or block.valid_from <= on) and (
        block.valid_until is None or block.valid_until >= on
    )
    return None if block.active and valid else "block_off"


def unmet_pins(found: Sequence[Pairing], *, on: date, out: set[UUID], open_blocks: set[UUID]) -> list[Unmet]:
    """The pins that a plan for that day cannot heed, given who is out and which blocks are open."""
    told = []
    for pairing in found:
        if pairing.kind == "pin":
            reason = stands_in_the_way(pairing, on=on)
            if reason is None and pairing.team_id not in out:
                reason = "team_away"
            if reason is None and pairing.block_id not in open_blocks:
                reason = "block_given"
            if reason is not None:
                told.append(_unmet(pairing, reason))
    return told


def pins_left_out(run: PlanRun) -> list[Unmet]:
    """The pins whose block the run's plan does not visit at all, although nothing else is told of them yet."""
    told = {entry["pairing"] for entry in run.unmet}
    routes = PlanRoute.select(PlanRoute.route).where(PlanRoute.run == run)
    visited = {stop["block"] for route in routes for stop in route.route["stops"]}
    blocks = LeftOut.select(LeftOut.block).where(LeftOut.run == run)
    found = pairings(run.city_id, districts=districts_of(run)).where(
        (Pairing.kind == "pin") & Pairing.block.in_(blocks)
    )
    return [
        _unmet(pairing, "left_out")
        for pairing in found
        if str(pairing.id) not in told and str(pairing.block_id) not in visited
    ]


def _unmet(pairing: Pairing, reason: str) -> Unmet:
    return Unmet(str(pairing.id), pairing.kind, pairing.team.code, pairing.block.code, reason)


def _refuse_pin(kind: str, block: UUID, team: UUID) -> None:
    """Raise PinnedElsewhere where another team's pin is what stands in the way."""
    other = (Pairing.block == block) & (Pairing.kind == "pin") & (Pairing.team != team)
    standing = Pairing.select(Pairing, Team, Block).join_from(Pairing, Team).join_from(Pairing, Block).where(other)
    found = standing.first() if kind == "pin" else None
    if found is not None:
        raise PinnedElsewhere(block=found.block.code, team=found.team.code) from None
