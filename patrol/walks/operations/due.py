"""What happens to walks by itself: silent ones end, as do those of a team that is stopped or agrees no longer.

Tracks are forgotten, and with the consent all of them at once.
"""

from datetime import datetime
from typing import Any

from config.database import transaction
from config.due import one_by_one
from notifications.outbox import Words, enqueue
from patrol.people.models import Person
from patrol.places.models import City
from patrol.teams.models import Team
from patrol.walks import rules
from patrol.walks.models import Position, Walk
from patrol.walks.operations.going import finish

ENDED: Words = {
    "ko": {
        "title": "순찰 자동 종료",
        "body": "한동안 소식이 없어 순찰을 종료로 기록했습니다. 틀리면 앱에서 종료해 주세요.",
    },
    "en": {
        "title": "Walk ended",
        "body": "Nothing was heard for a while, so the walk was ended. If that is wrong, end it in the app.",
    },
}


def end_silent(now: datetime) -> int:
    """End walks whose phone was not heard of for rules.SILENT, or which last for rules.LONGEST; returns how many.

    They end where they were last seen; the handler is told.
    """
    silent = (Walk.heard_at < now - rules.SILENT) | (Walk.started_at < now - rules.LONGEST)
    found = Walk.select(Walk.id).where(Walk.state.in_(rules.UNDER_WAY) & silent)
    return sum(one_by_one("walks", found, lambda walk: _end_silent(walk, now)))


def forget_tracks(city: City, *, before: datetime) -> int:
    """Delete the tracks of walks that ended before then; their walked blocks stay. Returns how many."""
    old = (Walk.city == city) & (Walk.ended_at < before) & ~Walk.forgotten
    return len(one_by_one("retention", Walk.select(Walk.id).where(old), _forget_one))


def _forget_one(walk: Walk) -> None:
    with transaction():
        forget(walk)


def on_consent_withdrawn(person: Person, kind: str, now: datetime) -> None:
    """Without consent to the service or to location a walk under way ends.

    Without the latter every track and last place of the person's teams goes, too.
    """
    if kind not in ("service", "location"):
        return
    with transaction():
        Team.update(code=Team.code).where(Team.handler == person).execute()  # before its walks, as whoever suspends it
        mine = Walk.team.in_(Team.select(Team.id).where(Team.handler == person))
        _end(mine & (Walk.state != "ended"), by="consent", now=now)
        if kind == "location":
            for walk in Walk.select().where(mine & ~Walk.forgotten).order_by(Walk.id):
                forget(walk)


def on_team_stopped(team: Team, now: datetime) -> None:
    """A team was paused, suspended or retired: a walk under way ends. Inside the transaction that stopped it."""
    _end((Walk.team == team) & (Walk.state != "ended"), by="standing", now=now)


def _end(under_way: Any, *, by: str, now: datetime) -> None:
    """Hold the walks first: a batch on its way comes before or after."""
    Walk.update(heard_at=Walk.heard_at).where(under_way).execute()
    for walk in Walk.select().where(under_way).order_by(Walk.id):
        finish(walk, ended_at=max(now, walk.started_at), by=by, now=now)


def _end_silent(walk: Walk, now: datetime) -> bool:
    with transaction():
        still = (Walk.id == walk.id) & (Walk.state != "ended")
        if not Walk.update(heard_at=Walk.heard_at).where(still).execute():
            return False
        held = Walk.get_by_id(walk.id)
        if not (held.heard_at < now - rules.SILENT or held.started_at < now - rules.LONGEST):
            return False  # heard of in between
        finish(held, ended_at=held.last_at or held.started_at, by="silence", now=now)
        enqueue(
            city=held.city_id,
            people=[held.team.handler_id],
            kind="walk_ended",
            words=ENDED,
            link="/walk",
            subject=held.id,
            urgent=False,
            dedupe_key=f"walk:{held.id}:ended",
            now=now,
        )
    return True


def forget(walk: Walk) -> None:
    """Delete a walk's track and last place. Inside a transaction."""
    Position.delete().where(Position.walk == walk.id).execute()
    Walk.update(last_lon=None, last_lat=None, last_at=None, forgotten=True).where(Walk.id == walk.id).execute()
