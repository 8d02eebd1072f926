"""What a handler is told about their team, and coordinators about applications."""

from datetime import datetime

from notifications.outbox import Words, enqueue
from patrol.people.operations.accounts import coordinators_or_admins
from patrol.teams.models import Team

WORDS: dict[str, tuple[str, str]] = {
    "accept_documents": (
        "서류 확인이 끝났습니다. 실기 평가 일정을 기다려 주세요.",
        "Your papers are in order; a test date follows.",
    ),
    "refuse_documents": ("서류를 보완해 주세요: {note}", "Your papers need mending: {note}"),
    "book_test": ("실기 평가: {note}", "Practical test: {note}"),
    "pass_test": ("실기 평가에 합격했습니다 ({note}점).", "You passed the practical test ({note} points)."),
    "fail_test": (
        "이번 실기 평가는 불합격입니다. 다시 볼 수 있습니다.",
        "Not passed this time; you may take the test again.",
    ),
    "activate": ("활동을 시작할 수 있습니다. 기한: {note}", "You may patrol now, until {note}."),
    "pause": ("팀 활동을 쉽니다.", "The team is paused."),
    "resume": ("팀 활동을 다시 시작합니다.", "The team is active again."),
    "reinstate": ("활동 정지가 풀렸습니다.", "The suspension is over."),
    "suspend": ("팀 활동이 정지되었습니다: {note}", "The team is suspended: {note}"),
    "lapse": ("활동 기한이 지났습니다. 다시 신청해 주세요.", "Your active period is over; please renew."),
    "retire": ("팀 활동이 끝났습니다. 함께해 주셔서 고맙습니다.", "The team is retired. Thank you."),
}


def tell_handler(team: Team, action: str, *, note: str = "", now: datetime) -> None:
    """A message to the handler about what happened to the team. Inside the transaction that did it."""
    ko, en = (text.format(note=note) for text in WORDS[action])
    words: Words = {
        "ko": {"title": f"{team.name} 팀", "body": ko},
        "en": {"title": f"Team {team.name}", "body": en},
    }
    enqueue(
        city=team.city_id,
        people=[team.handler_id],
        kind="team",
        words=words,
        link="/walk",
        subject=team.id,
        urgent=action == "suspend",
        dedupe_key=f"team:{team.id}:{team.version}",
        now=now,
    )


def tell_coordinators(team: Team, *, now: datetime) -> None:
    """A message to the coordinators about a new application. Inside the transaction that made it."""
    words: Words = {
        "ko": {"title": "새 팀 신청", "body": f"{team.code} {team.name}: 서류를 확인해 주세요."},
        "en": {"title": "A team has applied", "body": f"{team.code} {team.name}: its papers await you."},
    }
    enqueue(
        city=team.city_id,
        people=coordinators_or_admins(team.city_id, team.district_id),
        kind="team_applied",
        words=words,
        link="",
        subject=team.id,
        urgent=False,
        dedupe_key=f"team-applied:{team.id}",
        now=now,
    )
