"""What a push says: short enough for a locked screen, neutral, in both languages."""

import pytest

from notifications.templates import BODY_MOST, COUNT_MOST, PUSH, TITLE_MOST, push_text

TELLING = ("신고", "sighting", "순찰", "patrol", "shift", "team", "photo", "사진", "police", "경찰", "{", "}")


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", PUSH)
@pytest.mark.parametrize("count", [1, 2, COUNT_MOST, 10**9])
def test_a_push_fits_and_tells_nothing_of_its_message(name, language, count):
    said = push_text(name, language, count=count)
    assert 0 < len(said["title"]) <= TITLE_MOST
    assert 0 < len(said["body"]) <= BODY_MOST
    assert [word for word in TELLING if word in said["title"] + said["body"]] == []


def test_both_languages_have_every_push():
    assert all(set(words) == {"ko", "en"} for words in PUSH.values())


def test_a_bundle_says_how_many():
    assert push_text("bundle", "en", count=3)["title"] == "3 new messages"
    assert push_text("bundle", "ko", count=12)["title"] == "새 알림 12건"
    assert push_text("bundle", "ko", count=5000)["title"] == "새 알림 999+건"
