"""The states of a team and what leads from one to the next."""

TEAM_STATES = (
    "applied",
    "documents_ok",
    "test_booked",
    "passed",
    "failed",
    "active",
    "paused",
    "suspended",
    "lapsed",
    "retired",
)

UNFINISHED = ("applied", "documents_ok", "test_booked", "failed")
"""States of an application that may come to nothing."""

KOREAN = {
    "applied": "신청",
    "documents_ok": "서류 확인",
    "test_booked": "실기 평가 예약",
    "passed": "합격",
    "failed": "불합격",
    "active": "활동 중",
    "paused": "쉬는 중",
    "suspended": "활동 정지",
    "lapsed": "기한 지남",
    "retired": "활동 종료",
}
"""What a state is called in Korean."""


RENEWABLE = ("active", "paused", "lapsed")
"""States with a year that is running, or has just run out."""
NOTED = ("edit", "vaccinate", "bite", "keep_dog", "lose_dog")
"""Actions that are written down and change nothing of what a team waits for."""
_RENEWING = (
    "ask_renewal",
    "accept_renewal",
    "refuse_renewal",
    "book_renewal_test",
    "pass_renewal_test",
    "fail_renewal_test",
    "miss_renewal_test",
    "renew",
)


TRANSITIONS: dict[tuple[str, str], str] = {
    ("applied", "accept_documents"): "documents_ok",
    ("applied", "refuse_documents"): "applied",
    ("lapsed", "accept_documents"): "documents_ok",
    ("lapsed", "refuse_documents"): "lapsed",
    ("documents_ok", "book_test"): "test_booked",
    ("test_booked", "book_test"): "test_booked",
    ("failed", "book_test"): "test_booked",
    ("test_booked", "pass_test"): "passed",
    ("test_booked", "fail_test"): "failed",
    ("passed", "activate"): "active",
    ("active", "pause"): "paused",
    ("paused", "resume"): "active",
    ("suspended", "reinstate"): "active",
    ("active", "suspend"): "suspended",
    ("paused", "suspend"): "suspended",
    ("lapsed", "suspend"): "suspended",
    ("active", "lapse"): "lapsed",
    ("paused", "lapse"): "lapsed",
    ("lapsed", "return"): "active",
    ("lapsed", "return_paused"): "paused",
    ("test_booked", "miss_test"): "documents_ok",
    # Training comes between the test and the patrols, and again when it has lapsed.
    **{(state, "train"): state for state in ("passed", *RENEWABLE)},
    # A team that renews goes on patrolling meanwhile.
    **{(state, action): state for state in RENEWABLE for action in _RENEWING},
    # A new dog has not been screened: its papers come first.
    ("applied", "add_dog"): "applied",
    ("documents_ok", "add_dog"): "applied",
    ("failed", "add_dog"): "applied",
    ("lapsed", "add_dog"): "applied",
    **{(state, action): state for state in TEAM_STATES if state != "retired" for action in NOTED},
    **{(state, "retire"): "retired" for state in TEAM_STATES if state != "retired"},
}
"""(state, action) → state. What is not here is refused."""

SUSPENSION_REASONS: dict[str, dict[str, str]] = {
    "bite": {"ko": "물림 사고", "en": "a bite"},
    "breach": {"ko": "활동 수칙 위반", "en": "a breach of the rules of patrol"},
    "complaint": {"ko": "민원", "en": "a complaint"},
    "welfare": {"ko": "반려견 건강과 복지", "en": "a dog's health or welfare"},
    "papers": {"ko": "서류 문제", "en": "papers that are not right"},
    "other": {"ko": "기타", "en": "something else"},
}
"""Why a team is suspended."""


DECIDING = frozenset(
    {
        "accept_documents",
        "refuse_documents",
        "book_test",
        "pass_test",
        "fail_test",
        "miss_test",
        "train",
        "activate",
        "suspend",
        "reinstate",
        "keep_dog",
        "lose_dog",
        *_RENEWING,
    }
) - {"ask_renewal"}
"""Actions that judge a team, or favour it before others: nobody takes them about their own. The rest is its handler's
own to do, or told as it happened."""


STOPPING = frozenset({"pause", "suspend", "lapse", "retire"})
"""Actions after which the team's shifts cannot be walked."""
