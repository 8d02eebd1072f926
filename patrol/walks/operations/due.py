"""What happens to walks by itself: silent ones end, tracks are forgotten, and with the consent all of them at once."""

from datetime import datetime

from config.database import transaction
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
    found = Walk.select(Walk.id).where((Walk.state != "ended") & silent)
    return sum(_end_silent(walk, now) for walk in found)


def forget_tracks(city: City, *, before: datetime) -> int:
    """Delete the tracks of walks that ended before then; their walked blocks stay. Returns how many."""
    old = (Walk.city == city) & (Walk.ended_at < before) & ~Walk.forgotten
    count = 0
    for walk in Walk.select(Walk.id).where(old):
        with transaction():
            forget(walk)
        count += 1
    return count


def on_consent_withdrawn(person: Person, kind: str, now: datetime) -> None:
    """Without consent to location a walk under way ends, and every track and last place of the person's teams goes."""
    if kind != "location":
        return
    mine = Team.select(Team.id).where(Team.handler == person)
    with transaction():
        theirs = Walk.team.in_(mine) & ~Walk.forgotten
        Walk.update(heard_at=Walk.heard_at).where(
            theirs
        ).execute()  # hold them: a batch on its way comes before or after
        for walk in Walk.select().where(theirs).order_by(Walk.id):
            if walk.state != "ended":
                finish(walk, ended_at=max(now, walk.started_at), by="consent", now=now)
            forget(walk)


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
