"""What is wrong in a spreadsheet of teams is named by row and column."""

import pytest

from tests.support.databases import sqlite_only
from tests.support.factories import (
    make_person,
)
from tests.support.spreadsheets import a_row, csv_of, post_sheet

ONE = {"이름": "견본 신청자", "연락처": "010-1111-2222", "생년월일": "1990-05-01"}


WRONG = {
    "이름": ({"이름": ""}, "empty"),
    "연락처": ({"연락처": "1234"}, "010-0000-0000"),
    "이메일": ({"이메일": "nobody"}, "e-mail"),
    "생년월일": ({"생년월일": "2015-01-01"}, "years old"),
    "반려견 이름": ({"반려견 이름": "가" * 41}, "40 characters"),
    "동물등록번호": ({"동물등록번호": "123"}, "registration number"),
    "견종": ({"견종": "로트와일러"}, "may not join"),
    "몸무게": ({"몸무게": "=A1*2"}, "formula"),
    "반려견 생년월일": ({"반려견 생년월일": "2031-01-01"}, "after today"),
    "백신 유효일": ({"백신 유효일": "내년"}, "2021-03-04"),
    "활동 가능 시간": ({"활동 가능 시간": "저녁"}, "days and hours"),
    "산책 시간": ({"산책 시간": "179"}, "at most"),
    "경도": ({"경도": "129.05"}, "both"),
    "과체중": ({"과체중": "글쎄"}, "yes or no"),
}


@sqlite_only
@pytest.mark.parametrize("column", WRONG)
def test_what_is_wrong_is_named_by_row_and_column_in_both_languages(client, coordinator, column):
    given, said = WRONG[column]
    content = csv_of(a_row(), a_row(**given))
    problems = post_sheet(client, coordinator, content).json["teams"][1]["problems"]
    assert [(problem["row"], problem["column"]) for problem in problems] == [(3, column)]
    assert said in problems[0]["detail"]
    korean = post_sheet(client, coordinator | {"Accept-Language": "ko"}, content).json["teams"][1]["problems"]
    assert korean[0]["detail"] != problems[0]["detail"]


@sqlite_only
@pytest.mark.parametrize(
    ("column", "day", "said"),
    [
        ("반려견 생년월일", "1990-01-01", "check the year"),
        ("백신 유효일", "2012-01-01", "Before the dog was born"),
        ("백신 유효일", "2062-05-01", "check the year"),
    ],
)
def test_a_dogs_date_of_another_age_is_named_by_its_column(client, coordinator, column, day, said):
    (problem,) = post_sheet(client, coordinator, csv_of(a_row(**{column: day}))).json["teams"][0]["problems"]
    assert (problem["column"], said in problem["detail"]) == (column, True)


@sqlite_only
def test_several_problems_of_a_row_are_all_named(client, coordinator):
    found = post_sheet(client, coordinator, csv_of(a_row(연락처="x", 몸무게="y", 견종="")))
    assert [problem["column"] for problem in found.json["teams"][0]["problems"]] == ["연락처", "견종", "몸무게"]


@sqlite_only
def test_rows_of_a_handler_that_contradict_each_other_are_named(client, coordinator):
    rows = (a_row(**ONE), a_row(**{**ONE, "이름": "견본 다른 이름"}))
    team = post_sheet(client, coordinator, csv_of(*rows)).json["teams"][0]
    assert (team["outcome"], team["problems"][0]["row"], team["problems"][0]["column"]) == ("invalid", 3, "이름")


@sqlite_only
def test_a_dog_twice_in_a_team_is_named(client, coordinator):
    rows = [a_row(**ONE, 동물등록번호="410000000000001") for _ in range(2)]
    team = post_sheet(client, coordinator, csv_of(*rows)).json["teams"][0]
    assert (team["problems"][0]["row"], team["problems"][0]["column"]) == (3, "동물등록번호")


@sqlite_only
def test_contacts_of_two_accounts_in_one_row_are_a_problem(client, city, coordinator):
    make_person(city, phone="+821011112222")
    make_person(city, email="other@example.org")
    team = post_sheet(client, coordinator, csv_of(a_row(**ONE, 이메일="other@example.org"))).json["teams"][0]
    assert (team["outcome"], team["problems"][0]["column"]) == ("invalid", "이메일")
