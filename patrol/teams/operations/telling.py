"""What a handler is told about their team, and coordinators about applications."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

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
    "miss_test": (
        "실기 평가에 오지 않으셨습니다. 다음 일정을 기다려 주세요.",
        "You missed the practical test; a new date follows.",
    ),
    "train": ("교육을 마쳤습니다: {note}", "Training recorded: {note}"),
    "accept_renewal": (
        "갱신 서류 확인이 끝났습니다. 실기 평가 일정을 기다려 주세요.",
        "Your renewal's papers are in order; a test follows.",
    ),
    "refuse_renewal": ("갱신 서류를 보완해 주세요: {note}", "Your renewal's papers need mending: {note}"),
    "book_renewal_test": ("갱신 실기 평가: {note}", "Practical test for the renewal: {note}"),
    "fail_renewal_test": (
        "갱신 실기 평가는 불합격입니다. 다시 볼 수 있습니다.",
        "The renewal's test was not passed; you may take it again.",
    ),
    "miss_renewal_test": (
        "갱신 실기 평가에 오지 않으셨습니다. 다음 일정을 기다려 주세요.",
        "You missed the renewal's test; a new date follows.",
    ),
    "renew": ("활동 자격이 {note}까지 늘었습니다.", "You may patrol for another year, until {note}."),
    "keep_dog": (
        "{note}: 등록번호 확인이 끝났습니다. 우리 팀의 반려견입니다.",
        "{note}: the registration is settled; the dog is yours.",
    ),
    "lose_dog": (
        "{note}: 등록번호 확인 결과 우리 팀의 반려견이 아니어서 뺐습니다.",
        "{note}: by its registration the dog is not your team's and was taken off.",
    ),
    "return": ("필요한 것이 모두 갖추어져 다시 활동할 수 있습니다.", "All is in order again: the team is active."),
    "return_paused": (
        "필요한 것이 모두 갖추어졌습니다. 팀은 쉬는 중입니다.",
        "All is in order again; the team is paused.",
    ),
    "activate": ("활동을 시작할 수 있습니다. 기한: {note}", "You may patrol now, until {note}."),
    "pause": ("팀 활동을 쉽니다.", "The team is paused."),
    "resume": ("팀 활동을 다시 시작합니다.", "The team is active again."),
    "reinstate": ("활동 정지가 풀렸습니다.", "The suspension is over."),
    "suspend": ("팀 활동이 정지되었습니다: {note}", "The team is suspended: {note}"),
    "lapse": (
        "기한이 지나 순찰을 쉽니다: {note}. 갖추어지면 다시 활동합니다.",
        "The team is out of patrols, as this is no longer valid: {note}. Put it right to be active again.",
    ),
    "retire": ("팀 활동이 끝났습니다. 함께해 주셔서 고맙습니다.", "The team is retired. Thank you."),
}


def tell_handler(team: Team, action: str, *, note: str | tuple[str, str] = "", now: datetime) -> None:
    """A message to the handler about what happened to the team. Inside the transaction that did it.

    A `note` that differs by language is given in Korean and in English.
    """
    notes = (note, note) if isinstance(note, str) else note
    ko, en = (text.format(note=said) for text, said in zip(WORDS[action], notes, strict=True))
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


COORDINATORS_WORDS: dict[str, tuple[str, str, str, str]] = {
    "ask_renewal": (
        "갱신 신청",
        "{team}: 갱신 서류를 확인해 주세요.",
        "A team asks for another year",
        "{team}: its papers await you.",
    ),
    "bite": ("물림 사고", "{team}: {note}", "A bite", "{team}: {note}"),
    "dog_disputed": (
        "두 팀이 같은 반려견을 등록했습니다",
        "{team}: 등록번호 {note}. 어느 팀의 반려견인지 정해 주세요.",
        "Two teams claim the same dog",
        "{team}: registration number {note}. Decide whose it is.",
    ),
}


def tell_of(
    team: Team,
    kind: str,
    *,
    note: str = "",
    which: str = "",
    urgent: bool = False,
    besides: Iterable[UUID] = (),
    now: datetime,
) -> None:
    """A message of `kind` to the coordinators about a team, and to who is named besides.

    Inside the transaction that caused it. `which` tells it from others of its kind about the same version of the team.
    """
    facts = {"team": f"{team.code} {team.name}", "note": note}
    ko_title, ko_body, en_title, en_body = (text.format(**facts) for text in COORDINATORS_WORDS[kind])
    enqueue(
        city=team.city_id,
        people=sorted({*coordinators_or_admins(team.city_id, team.district_id), *besides}),
        kind=f"team_{kind}",
        words={"ko": {"title": ko_title, "body": ko_body}, "en": {"title": en_title, "body": en_body}},
        link="",
        subject=team.id,
        urgent=urgent,
        dedupe_key=f"{kind}:{team.id}:{team.version}:{which}",  # no note: an index holds no row of 3,000 bytes
        now=now,
    )
