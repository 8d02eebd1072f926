"""What walks hold of a person: given out, and left without a name when its team is forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

from config.database import transaction
from config.personal import Part, part
from patrol.teams.models import Team
from patrol.walks.models import Position, PositionBatch, Walk, WalkedBlock
from patrol.walks.operations.due import forget
from patrol.walks.operations.going import finish
from patrol.walks.operations.measuring import duration_s

HOUR = timedelta(hours=1)
NO_DIGEST = "0" * 64


def exported(person: UUID) -> list[Part]:
    """The walks of a person's teams, with the tracks that are still kept and the blocks that they covered."""
    mine = Walk.select(Walk.id).join(Team).where(Team.handler == person)
    return [
        part(Walk.select().where(Walk.id.in_(mine)).order_by(Walk.started_at), ko="순찰", en="Walks"),
        part(
            Position.select().where(Position.walk.in_(mine)).order_by(Position.at),
            ko="위치 기록",
            en="Recorded positions",
        ),
        part(
            WalkedBlock.select().where(WalkedBlock.walk.in_(mine)).order_by(WalkedBlock.at),
            ko="순찰한 구간",
            en="Blocks walked",
        ),
    ]


def forget_team(team: Team, to: Team, now: datetime) -> None:
    """A team's walks stay for the counts, as those of `to`: minutes, metres, blocks; without track and exact time."""
    with transaction():
        Walk.update(heard_at=Walk.heard_at).where(Walk.team == team).execute()  # hold them, as for a withdrawal
        for walk in Walk.select().where(Walk.team == team).order_by(Walk.id):
            if walk.state != "ended":
                finish(walk, ended_at=max(now, walk.started_at), by="walker", now=now)
            forget(walk)
            _without_name(Walk.get_by_id(walk.id), to)


def _without_name(walk: Walk, to: Team) -> None:
    """The hour is kept, so that the dose ledger knows its band; the walk lasts as long as it did, pauses aside."""
    began = _hour(walk.started_at)
    PositionBatch.delete().where(PositionBatch.walk == walk).execute()
    for row in WalkedBlock.select().where(WalkedBlock.walk == walk):
        WalkedBlock.update(at=_hour(row.at)).where(
            (WalkedBlock.walk == walk) & (WalkedBlock.block == row.block_id)
        ).execute()
    Walk.update(
        team=to,
        digest=NO_DIGEST,
        gate={**walk.gate, "reasons": [], "dogs": []},
        strictest=None,
        end_by=None,
        flag=None,
        started_at=began,
        ended_at=began + timedelta(seconds=duration_s(walk) or 0.0),
        pauses=[],
        heard_at=began,
        created_at=began,
    ).where(Walk.id == walk.id).execute()


def _hour(moment: datetime) -> datetime:
    return moment - timedelta(microseconds=round((moment.timestamp() % HOUR.total_seconds()) * 1_000_000))
