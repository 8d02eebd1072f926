"""What people and spreadsheet programs write into cells."""

from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.policy import read_policy, shipped
from patrol.places.rules import Unfit
from patrol.teams.rules import (
    COLUMNS,
    Window,
    bounded,
    clock_text,
    column_of,
    day_of,
    guarded,
    hours_of,
    number_of,
    phone_of,
    registration_of,
    text_of,
    truth_of,
)

FORMATS = read_policy(shipped("busan")).formats

DAYS = [
    "2021-03-04",
    "2021.3.4",
    "2021. 3. 4.",
    "2021/03/04",
    "2021년 3월 4일",
    "20210304",
    20210304,
    44259,
    44259.0,
    "44259",
    "2021-03-04 00:00:00",
    date(2021, 3, 4),
    datetime(2021, 3, 4, 9, 30),  # noqa: DTZ001 - as a workbook gives it
]


@pytest.mark.parametrize("written", DAYS)
def test_a_day_is_read_however_it_is_written(written):
    assert day_of(written, "born_on") == date(2021, 3, 4)


@pytest.mark.parametrize(
    "written", ["2021-13-04", "3/4/2021", "210304", "030421", "어제", 1.5, True, "1750-01-01", "=A1"]
)
def test_what_may_be_no_day_or_another_is_refused(written):
    with pytest.raises(Unfit) as refused:
        day_of(written, "born_on")
    assert "2021-03-04" in refused.value.ko
    assert "2021-03-04" in refused.value.en


PHONES = [
    "010-1234-5678",
    "1012345678",
    1012345678,
    1012345678.0,
    "+82 10-1234-5678",
    821012345678,
    "０１０-１２３４-５６７８",
]


@pytest.mark.parametrize("written", PHONES)
def test_a_phone_number_whose_0_was_eaten_is_whole_again(written):
    assert phone_of(written, "phone", FORMATS) == "+821012345678"


@pytest.mark.parametrize("written", ["1.01E+09", "4.1E+14"])
def test_a_number_that_a_program_shortened_is_not_guessed(written):
    with pytest.raises(Unfit, match="shortened"):
        phone_of(written, "phone", FORMATS)
    with pytest.raises(Unfit, match="shortened"):
        registration_of(written, "registration_no")


@pytest.mark.parametrize("written", ["", "12", "전화 없음", "010-1234"])
def test_what_is_no_phone_number_is_refused(written):
    with pytest.raises(Unfit, match="010-0000-0000"):
        phone_of(written, "phone", FORMATS)


def test_a_registration_number_keeps_its_digits():
    assert registration_of(410123456789012.0, "registration_no") == "410123456789012"


@pytest.mark.parametrize("written", [18.5, "18.5", "18.5kg", "18.5 KG", " 18.5 킬로 "])
def test_a_weight_may_bring_its_unit(written):
    assert number_of(written, "weight_kg", 0.1, 120, unit="(kg|킬로)") == 18.5


@pytest.mark.parametrize("written", ["무거움", "500", "-1", "1e3", "nan", "18,5"])
def test_what_is_no_weight_is_refused(written):
    with pytest.raises(Unfit, match=r"0\.1 to 120"):
        number_of(written, "weight_kg", 0.1, 120)


def test_yes_and_no_are_read_in_both_languages():
    assert [truth_of(each, "x") for each in ("예", "O", "yes", 1, True, "있음")] == [True] * 6
    assert [truth_of(each, "x") for each in ("아니오", "X", "no", 0, False, "", None)] == [False] * 7
    with pytest.raises(Unfit):
        truth_of("아마도", "x")


HOURS = {
    "월·수·금 19:00-22:00": [0, 2, 4],
    "월수금 19시~22시": [0, 2, 4],
    "Mon, Wed, Fri 19:00-22:00": [0, 2, 4],
    "월요일,수요일 오후 7시 - 오후 10시": [0, 2],
    "평일 19:00–22:00": [0, 1, 2, 3, 4],
    "Monday-Friday 19:00-22:00": [0, 1, 2, 3, 4],
    "금~월 19:00 ~ 22:00": [4, 5, 6, 0],
    "주말 19-22시": [5, 6],
    "19:00-22:00": [0, 1, 2, 3, 4, 5, 6],
    "매일: 19:00-22:00": [0, 1, 2, 3, 4, 5, 6],
}


@pytest.mark.parametrize("written", HOURS)
def test_hours_are_read_as_people_write_them(written):
    assert hours_of(written, "hours") == [Window(day, 19 * 60, 22 * 60) for day in HOURS[written]]


HALF_SAID = {
    "월 오후 7시~10시": (19, 22),
    "월 오후 7:00-10:00": (19, 22),
    "월 오전 10시~2시": (10, 14),
    "월 오후 9시~1시": (21, 25),
    "월 오후 7시~12시": (19, 24),
    "월 오후 8시~오전 12시": (20, 24),
    "월 오전 12시~6시": (0, 6),
    "월 오후 12시~3시": (12, 15),
    "월 오후 7시~22시": (19, 22),
    "월 7시~9시": (7, 9),
}


@pytest.mark.parametrize("written", HALF_SAID)
def test_what_is_said_of_the_beginning_goes_for_the_end(written):
    begins, ends = HALF_SAID[written]
    assert hours_of(written, "hours") == [Window(0, begins * 60, ends * 60)]


def test_several_hours_stand_one_after_another():
    found = hours_of("월 07:00-08:00, 19:00-21:00; 토 20:00-01:00\n일 18:00-24:00", "hours")
    assert found == [Window(0, 420, 480), Window(0, 1140, 1260), Window(5, 1200, 1500), Window(6, 1080, 1440)]


@pytest.mark.parametrize(
    "written", ["아무 때나", "월 19:00", "월 25:00-26:00", "달 19:00-20:00", "월 19:00-21:00, 20:00-22:00"]
)
def test_hours_that_cannot_be_read_are_refused(written):
    with pytest.raises(Unfit):
        hours_of(written, "hours")


WINDOWS = st.builds(
    lambda day, begins, lasts: Window(day, begins, begins + lasts),
    st.integers(0, 6),
    st.integers(0, 719),
    st.integers(1, 1440),
)


@given(WINDOWS)
def test_hours_written_out_are_read_as_they_were(window):
    written = f"{'월화수목금토일'[window.weekday]} {clock_text(window.begins_min)}-{clock_text(window.ends_min)}"
    assert hours_of(written, "hours") == [window]


@given(st.text(max_size=60))
@pytest.mark.slow
def test_no_text_makes_a_reader_stumble(text):
    readers = (
        lambda: day_of(text, "x"),
        lambda: phone_of(text, "x", FORMATS),
        lambda: number_of(text, "x", 0, 120, unit="kg"),
        lambda: truth_of(text, "x"),
        lambda: hours_of(text, "x"),
        lambda: bounded(text, "x", 10),
        lambda: column_of(text),
    )
    for read in readers:
        with suppress(Unfit):
            read()


@given(st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=20))
def test_a_guard_against_formulas_comes_off_again(text):
    shown = guarded(text_of(text))
    assert not shown.startswith(("=", "+", "-", "@", "\t"))
    assert text_of(shown) == text_of(text)


HEADERS = {
    "이름": "name",
    " 보호자 이름 ": "name",
    "휴대폰 번호": "phone",
    "E-Mail": "email",
    "반려견 이름*": "dog_name",
    "동물 등록 번호": "registration_no",
    "몸무게 (kg)": "weight_kg",
    "Weight": "weight_kg",
    "광견병 접종 유효일": "vaccinated_until",
    "활동 가능 시간": "hours",
    "위도(lat)": "lat",
    "비고": None,
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_is_known_by_many_names(header):
    found = column_of(header)
    assert (found.key if found else None) == HEADERS[header]


def test_every_column_is_known_by_its_own_names_and_no_two_share_one():
    for column in COLUMNS:
        assert column_of(column.ko) is column_of(column.en) is column_of(column.key) is column
        assert all(column_of(alias) is column for alias in column.aliases)
