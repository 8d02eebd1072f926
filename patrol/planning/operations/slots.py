"""What would cover more: remedies found with a plan, and where a newly available team would fit into it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from patrol.errors import Conflict, NotFound
from patrol.places.models import Block
from patrol.places.operations.cities import policy_of, zone_of
from patrol.planning.models import LeftOut, Pairing, PlanRoute, PlanRun
from patrol.planning.operations.asking import EveningOver
from patrol.planning.rules import offer_sentence
from patrol.teams.models import Team
from patrol.teams.operations.reading import within
from patrol.teams.operations.welfare import WeatherAt, unknown, watch_over
from patrol.teams.rules import best_stretch
from patrol.walks.operations.outings import outings_of
from routing.geodesy import haversine_m

MOST_BLOCKS = 120
LEAST_M = 100.0


class NoPlanYet(Conflict):
    """Slots are looked for in an evening's plan that is there."""

    words = {"ko": "저녁 계획의 결과가 아직 없습니다.", "en": "There is no evening's plan to look into yet."}


class DoorUnknown(Conflict):
    """The team's handler has not said where walks begin."""

    words = {
        "ko": "{team} 팀은 출발하는 곳을 아직 정하지 않았습니다.",
        "en": "Team {team} has not said yet where its walks begin.",
    }


class TeamInPlan(Conflict):
    """The team walks already."""

    words = {"ko": "{team} 팀은 이미 이 계획에 있습니다.", "en": "Team {team} is in this plan already."}


def remedies_of(run: PlanRun) -> list[dict[str, Any]]:
    """The run's remedies with their sentences; none while it is under way."""
    return _told(run, run.remedies or ())


def slots_of(
    run: PlanRun,
    team_id: UUID,
    *,
    districts: frozenset[UUID] = frozenset(),
    weather: WeatherAt = unknown,
    now: datetime,
) -> list[dict[str, Any]]:
    """The best few walks for a team that could come too, among what the run leaves out; offers like remedies.

    The team is one of `districts`, where any is named. They lie in the time in which its dogs may walk longest; there
    are none where these are kept in.

    Raises NotFound, NoPlanYet, EveningOver, DoorUnknown, TeamInPlan.
    """
    there = (Team.id == team_id) & (Team.city == run.city_id) & (Team.state != "retired")
    team = Team.get_or_none(there & within(districts))
    if team is None:
        raise NotFound
    if run.summary is None or run.kind != "evening":
        raise NoPlanYet
    if run.ends_at <= now:
        raise EveningOver("/evening")
    if team.door_lon is None or team.door_lat is None:
        raise DoorUnknown(team=team.code)
    if PlanRoute.select().where((PlanRoute.run == run) & (PlanRoute.team == team)).exists():
        raise TeamInPlan(team=team.code)
    blocks = _left_out_around(run, team, (team.door_lon, team.door_lat))
    time = _allowed(run, team, weather, now)
    if not blocks or time is None:
        return []
    from patrol.planning.operations.fitting import fit  # noqa: PLC0415 - loads SciPy and Numba, which few requests need

    return _told(run, fit(run, team, blocks, time))


def _allowed(run: PlanRun, team: Team, weather: WeatherAt, now: datetime) -> tuple[datetime, datetime, int] | None:
    """From when until when of what is left of the run the team's dogs may walk longest, and how many minutes.

    Up to the policy's cap, unless something shortens walks: then no longer than is left of the team's usual one.
    """
    watch = watch_over(team, weather=weather, on=run.evening, besides=outings_of(team, run.evening))
    begins, cap = max(run.begins_at, now), watch.policy.walk.hard_cap_min
    whole = best_stretch(watch.pieces(begins, run.ends_at, cap))
    if whole is not None and whole[2] == cap:
        return whole
    return best_stretch(watch.pieces(begins, run.ends_at, min(cap, team.walk_min)))


def _left_out_around(run: PlanRun, team: Team, door: tuple[float, float]) -> list[Block]:
    """Blocks that the run leaves out and the team may walk, those with most weight for their distance."""
    barred = Pairing.select(Pairing.block).where((Pairing.team == team) & (Pairing.kind == "bar"))
    pinned = Pairing.select(Pairing.block).where((Pairing.team != team) & (Pairing.kind == "pin"))
    policy = policy_of(run.city)
    found = (
        Block.select()
        .join(LeftOut)
        .where((LeftOut.run == run) & Block.active & Block.id.not_in(barred) & Block.id.not_in(pinned))
    )
    reach_m = policy.walk.hard_cap_min * 60.0 * policy.walk.speed_kmh / 3.6 / 2.0
    metres = {block: float(haversine_m(*door, block.lon, block.lat)) for block in found}
    near = [block for block in metres if metres[block] <= reach_m]
    return sorted(near, key=lambda block: (metres[block] + LEAST_M) / block.weight)[:MOST_BLOCKS]


def _told(run: PlanRun, offers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Offers as they were kept (see PlanRun.remedies), with moments, ids and sentences."""
    zone = zone_of(run.city)
    found = list(offers)
    near = Block.select(Block.id, Block.street).where(Block.id.in_([UUID(offer["near"]) for offer in found]))
    street = {str(block.id): block.street for block in near}
    told = []
    for offer in found:
        begins = datetime.fromisoformat(offer["begins_at"])
        sentence = offer_sentence(
            minutes=offer["minutes"],
            at=begins.astimezone(zone),
            street=street.get(offer["near"], ""),
            blocks=len(offer["blocks"]),
            weight=offer["weight"],
        )
        told.append({**offer, "begins_at": begins, "sentence": sentence})
    return told
