"""Teams by the spreadsheet: looked through without a trace, brought in once, nothing guessed for their handlers."""

import hashlib
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.database import connection
from patrol.errors import DomainError
from patrol.people.models import Consent, Link, Person, Role
from patrol.places.operations.files import FileRefused
from patrol.teams.models import Availability, Dog, DogDispute, Team, TeamImport, TeamStep
from patrol.teams.operations import spreadsheets
from patrol.teams.operations.importing import import_teams, try_out
from patrol.teams.operations.spreadsheets import MOST_ROWS, XLSX, read_sheet
from tests.support.factories import (
    LAT,
    LON,
    NOW,
    bearer,
    client_of,
    make_city,
    make_district,
    make_dog,
    make_person,
    make_team,
)
from tests.support.spreadsheets import a_row, book_of, csv_of, xlsx_of

sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
URL = "/api/v1/teams/imports"


@pytest.fixture
def client(database):
    return client_of(database)


@pytest.fixture
def city(database):
    return make_city()


@pytest.fixture
def coordinator(city):
    return bearer(make_person(city, "coordinator"))


def post(client, headers, content, *, kind="text/csv", **query):
    return client.post(URL, query_string=query, data=content, content_type=kind, headers=headers)


def bring_in(client, headers, content, **query):
    """Look it through, then bring it in."""
    digest = post(client, headers, content).json["digest"]
    return post(client, headers, content, dry_run="false", digest=digest, **query)


def everything():
    return [model.select().count() for model in (Person, Role, Link, Team, Dog, Availability, TeamStep, TeamImport)]


def test_a_dry_run_tells_what_would_be_and_writes_nothing(client, coordinator):
    before = everything()
    content = csv_of(a_row(), a_row(연락처="12"))
    answer = post(client, coordinator, content)
    assert answer.status_code == 200, answer.text
    found = answer.json
    assert (found["dry_run"], found["new"], found["known"], found["invalid"]) == (True, 1, 0, 1)
    assert found["digest"] == hashlib.sha256(content).hexdigest()
    assert found["teams"][1]["problems"][0] | {"detail": ""} == {"row": 3, "column": "연락처", "detail": ""}
    assert everything() == before


def test_what_was_looked_through_is_brought_in(client, city, coordinator):
    row = a_row(이메일="Sample-01@Example.org", **{"활동 가능 시간": "월·수 19:00-22:00", "팀 이름": "견본 팀"})
    answer = bring_in(client, coordinator, csv_of(row))
    assert answer.status_code == 200, answer.text
    team = Team.get()
    assert (team.state, team.name, team.door_lon, team.walk_min) == ("applied", "견본 팀", None, 30)
    assert (team.handler.state, team.handler.email) == ("invited", "sample-01@example.org")
    assert team.handler.born_on == date(1990, 5, 1)
    dog = Dog.get(Dog.team == team)
    assert (dog.name, dog.weight_kg, dog.vaccinated_until) == ("보리", 18.5, date(2027, 5, 1))
    assert [window.weekday for window in Availability.select().order_by(Availability.weekday)] == [0, 2]
    assert Consent.select().count() == 0
    assert TeamStep.get(TeamStep.team == team).action == "import"


def test_who_is_brought_in_comes_by_the_link_and_does_their_part(client, city, coordinator):
    link = bring_in(client, coordinator, csv_of(a_row())).json["teams"][0]["link"]
    team = Team.get()
    assert client.post(f"/api/v1/teams/{team.id}/documents", json={"ok": True}, headers=coordinator).status_code == 409
    given = {"token": link.partition("#")[2], "password": "a long sample password"}
    token = client.post("/api/v1/invitations/accept", json=given).json["token"]
    handler = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    for kind in ("service", "location"):
        assert client.put(f"/api/v1/me/consents/{kind}", headers=handler).status_code == 200
    door = {"door": {"lon": LON, "lat": LAT}}
    assert client.patch(f"/api/v1/teams/{team.id}", json=door, headers=handler).json["door"] == door["door"]
    decided = client.post(f"/api/v1/teams/{team.id}/documents", json={"ok": True}, headers=coordinator)
    assert decided.json["state"] == "documents_ok"


def test_a_new_invitation_ends_the_one_before(client, coordinator):
    first = bring_in(client, coordinator, csv_of(a_row())).json["teams"][0]["link"]
    invite = f"/api/v1/teams/{Team.get().id}/invitation"
    second = client.post(invite, headers=coordinator).json["link"]
    codes = []
    for link in (first, second):
        given = {"token": link.partition("#")[2], "password": "a long sample password"}
        codes.append(client.post("/api/v1/invitations/accept", json=given).status_code)
    assert codes == [409, 201]
    assert client.post(invite, headers=coordinator).json["type"] == "/problems/has-come-already"


def test_the_same_file_again_makes_nothing_twice(client, coordinator):
    content = csv_of(a_row(), a_row())
    bring_in(client, coordinator, content)
    before = everything()
    again = bring_in(client, coordinator, content)
    assert (again.json["new"], again.json["known"], again.json["teams"][0]["link"]) == (0, 2, None)
    assert everything() == before


def test_nor_does_it_once_a_handler_has_another_number(client, coordinator):
    content = csv_of(a_row())
    bring_in(client, coordinator, content)
    Person.update(phone="+821099999999").where(Person.state == "invited").execute()
    assert bring_in(client, coordinator, content).json["known"] == 1
    assert Team.select().count() == 1


def test_two_who_bring_the_same_file_in_at_once_make_each_team_once(city):
    content = csv_of(*(a_row() for _ in range(3)))
    together = Barrier(2)

    def bring():
        with connection():
            together.wait()
            return import_teams(city, content, by=None, now=NOW).count("new")

    with ThreadPoolExecutor(2) as pool:
        made = [done.result() for done in [pool.submit(bring) for _ in range(2)]]
    assert sorted(made) == [0, 3]
    assert Team.select().count() == 3


def test_a_file_that_was_not_looked_through_is_not_brought_in(client, coordinator):
    without = post(client, coordinator, csv_of(a_row()), dry_run="false")
    assert (without.status_code, without.json["type"]) == (422, "/problems/try-out-first")
    other = post(client, coordinator, csv_of(a_row()), dry_run="false", digest="0" * 64)
    assert (other.status_code, other.json["type"]) == (409, "/problems/other-file")
    assert Team.select().count() == 0


def test_with_a_problem_nothing_is_done_unless_the_valid_are_asked_for(client, coordinator):
    content = csv_of(a_row(), a_row(몸무게="무거움"))
    refused = bring_in(client, coordinator, content)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/rows/3")
    assert "몸무게" in refused.json["errors"][0]["detail"]
    assert Team.select().count() == 0
    some = bring_in(client, coordinator, content, only_valid="true")
    assert (some.json["new"], some.json["invalid"]) == (1, 1)
    assert Team.select().count() == 1


def test_repeated_rows_of_a_handler_are_further_dogs(client, coordinator):
    first = a_row(이메일="sample-02@example.org")
    by_phone = a_row(**{key: first[key] for key in ("이름", "연락처", "생년월일")}, **{"반려견 이름": "콩"})
    blank = dict.fromkeys(("이름", "연락처", "생년월일", "이메일"), "")
    merged = a_row(**blank, **{"반려견 이름": "두부"})
    found = bring_in(client, coordinator, csv_of(first, by_phone, merged, a_row())).json
    assert [team["rows"] for team in found["teams"]] == [[2, 3, 4], [5]]
    assert {dog.name for dog in Dog.select().where(Dog.team == Team.get(Team.code == "T-0001"))} == {
        "보리",
        "콩",
        "두부",
    }


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


@sqlite
@pytest.mark.parametrize("column", WRONG)
def test_what_is_wrong_is_named_by_row_and_column_in_both_languages(client, coordinator, column):
    given, said = WRONG[column]
    content = csv_of(a_row(), a_row(**given))
    problems = post(client, coordinator, content).json["teams"][1]["problems"]
    assert [(problem["row"], problem["column"]) for problem in problems] == [(3, column)]
    assert said in problems[0]["detail"]
    korean = post(client, coordinator | {"Accept-Language": "ko"}, content).json["teams"][1]["problems"]
    assert korean[0]["detail"] != problems[0]["detail"]


@sqlite
def test_several_problems_of_a_row_are_all_named(client, coordinator):
    found = post(client, coordinator, csv_of(a_row(연락처="x", 몸무게="y", 견종="")))
    assert [problem["column"] for problem in found.json["teams"][0]["problems"]] == ["연락처", "견종", "몸무게"]


@sqlite
def test_rows_of_a_handler_that_contradict_each_other_are_named(client, coordinator):
    rows = (a_row(**ONE), a_row(**{**ONE, "이름": "견본 다른 이름"}))
    team = post(client, coordinator, csv_of(*rows)).json["teams"][0]
    assert (team["outcome"], team["problems"][0]["row"], team["problems"][0]["column"]) == ("invalid", 3, "이름")


@sqlite
def test_a_dog_twice_in_a_team_is_named(client, coordinator):
    rows = [a_row(**ONE, 동물등록번호="410000000000001") for _ in range(2)]
    team = post(client, coordinator, csv_of(*rows)).json["teams"][0]
    assert (team["problems"][0]["row"], team["problems"][0]["column"]) == (3, "동물등록번호")


@sqlite
def test_who_is_there_already_is_said_to_be_and_left_as_they_are(client, city, coordinator):
    known = make_team(city, make_person(city, phone="+821011112222"), name="Stays")
    elsewhere = make_city("Ulsan")
    make_person(elsewhere, phone="+821033334444")
    found = bring_in(client, coordinator, csv_of(a_row(**ONE), a_row(연락처="010-3333-4444"))).json["teams"]
    assert [(team["outcome"], team["code"]) for team in found] == [
        ("known", known.code),
        ("new", Team.get(Team.name == "보리").code),
    ]
    assert Team.get_by_id(known.id).name == "Stays"


@sqlite
def test_contacts_of_two_accounts_in_one_row_are_a_problem(client, city, coordinator):
    make_person(city, phone="+821011112222")
    make_person(city, email="other@example.org")
    team = post(client, coordinator, csv_of(a_row(**ONE, 이메일="other@example.org"))).json["teams"][0]
    assert (team["outcome"], team["problems"][0]["column"]) == ("invalid", "이메일")


@sqlite
def test_a_position_is_kept_as_the_door_and_an_address_is_not_kept(client, coordinator):
    there = a_row(경도=str(LON), 위도=str(LAT))
    address = a_row(경도="", 위도="", 주소="부산광역시 부산진구 견본로 1")
    assert bring_in(client, coordinator, csv_of(there, address)).status_code == 200
    doors = [(team.door_lon, team.door_lat) for team in Team.select().order_by(Team.code)]
    assert doors == [(LON, LAT), (None, None)]


def test_the_district_is_stated_or_read_from_the_address(client, city, coordinator):
    jin, hae = make_district(city), make_district(city, "26350", "해운대구", lon=LON + 1)
    rows = [
        a_row(지역구="해운대구", 주소="", 경도=str(LON), 위도=str(LAT)),
        a_row(지역구="", 주소="부산광역시 해운대구 견본로 1"),
        a_row(지역구="", 주소=""),
        a_row(지역구="없는구", 주소=""),
    ]
    found = bring_in(client, coordinator, csv_of(*rows), only_valid="true").json["teams"]
    assert [team["outcome"] for team in found] == ["new", "new", "new", "invalid"]
    assert found[3]["problems"][0]["column"] == "지역구"
    assert [team.district_id for team in Team.select().order_by(Team.code)] == [jin.id, hae.id, None]


def test_a_districts_coordinator_brings_in_teams_of_it_alone(client, city):
    jin, _ = make_district(city), make_district(city, "26350", "해운대구", lon=LON + 1)
    asking = bearer(make_person(city, "coordinator", district=jin))
    rows = (a_row(지역구=""), a_row(지역구="해운대구"))
    found = bring_in(client, asking, csv_of(*rows), only_valid="true").json["teams"]
    assert [team["outcome"] for team in found] == ["new", "invalid"]
    assert Team.get().district_id == jin.id


@sqlite
def test_a_districts_coordinator_learns_no_team_of_another_district(client, city):
    jin, hae = make_district(city), make_district(city, "26350", "해운대구", lon=LON + 1)
    make_team(city, make_person(city, phone="+821011112222"), district=hae)
    asking = bearer(make_person(city, "coordinator", district=jin))
    team = post(client, asking, csv_of(a_row(**ONE))).json["teams"][0]
    assert (team["outcome"], team["id"], team["code"]) == ("known", None, None)


def test_a_korean_offices_csv_and_a_workbook_say_the_same(client, coordinator):
    row = a_row(이메일="sample-03@example.org")
    for content, kind in (
        (csv_of(row, encoding="utf-8-sig"), "text/csv"),
        (csv_of(row, encoding="cp949"), "text/csv"),
        (xlsx_of(row), XLSX),
        (xlsx_of(row), "application/octet-stream"),
    ):
        found = post(client, coordinator, content, kind=kind).json
        assert (found["new"], found["teams"][0]["name"]) == (1, row["이름"]), found


@sqlite
def test_a_workbooks_numbers_and_dates_are_understood(client, coordinator):
    row = a_row(
        연락처=1055551234,
        생년월일=date(1990, 5, 1),
        동물등록번호=410123456789012,
        몸무게=18,
        **{"반려견 생년월일": 20210304, "백신 유효일": 46508, "비고": "=1+1"},
    )
    found = bring_in(client, coordinator, xlsx_of(row), kind=XLSX)
    assert found.status_code == 200, found.text
    assert found.json["unknown_columns"] == ["비고"]
    dog = Dog.get()
    assert Team.get().handler.phone == "+821055551234"
    assert (dog.registration_no, dog.born_on, dog.vaccinated_until) == (
        "410123456789012",
        date(2021, 3, 4),
        date(2027, 5, 1),
    )


@sqlite
def test_english_headers_and_a_form_will_do(client, coordinator):
    row = {
        "Name": "Sample handler 07",
        "Mobile": "010-7777-0001",
        "Date of birth": "1990-05-01",
        "Dog": "Bori",
        "Chip number": "410000000000077",
        "Breed": "Jindo",
        "Weight (kg)": "18",
        "Dog birthday": "2021-03-04",
        "Available hours": "Mon,Wed 19:00-22:00",
    }
    form = {"file": (io.BytesIO(csv_of(row)), "teams.csv")}
    answer = client.post(URL, data=form, content_type="multipart/form-data", headers=coordinator)
    assert (answer.status_code, answer.json["new"], answer.json["unknown_columns"]) == (200, 1, [])
    empty = client.post(URL, data={"other": "x"}, content_type="multipart/form-data", headers=coordinator)
    assert (empty.status_code, empty.json["type"]) == (422, "/problems/no-file")


@sqlite
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_template_comes_in_with_its_sample_row_passed_over(client, coordinator, form, language):
    answer = client.get(f"{URL}/template?format={form}", headers=coordinator | {"Accept-Language": language})
    assert (answer.status_code, "attachment" in answer.headers["Content-Disposition"]) == (200, True)
    found = post(client, coordinator, answer.data, kind=answer.mimetype)
    assert (found.status_code, found.json["teams"], found.json["unknown_columns"]) == (200, [], [])


@sqlite
def test_who_may_not_may_not(client, city, coordinator):
    for role in ("walker", "officer"):
        other = bearer(make_person(city, role))
        assert post(client, other, csv_of(a_row())).status_code == 403
        assert client.get(f"{URL}/template", headers=other).status_code == 403
    assert post(client, coordinator, b"{}", kind="application/json").status_code == 415


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (spreadsheets.LARGEST_UNPACKED + 1))
    return file.getvalue()


def rewritten(part, change):
    """A workbook with one of its parts changed."""
    old, new = zipfile.ZipFile(io.BytesIO(xlsx_of(a_row()))), io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in old.namelist():
            packed.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return new.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    + b"]>"
)

REFUSED = {
    "nothing": b"",
    "no text": b"\x00\x01\x02",
    "a header alone": csv_of(a_row()).split(b"\n", maxsplit=1)[0],
    "GeoJSON": b'{"type": "FeatureCollection", "features": []}',
    "without needed columns": csv_of({"이름": "견본", "몸무게": "3"}),
    "one column twice": csv_of(a_row(체중="3")),
    "an old workbook": b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
    "no workbook": b"PK\x03\x04 and no more",
    "a bomb": bomb(),
    "too many rows": csv_of(*[a_row()] * (MOST_ROWS + 1)),
    "too many rows in a workbook": xlsx_of(*[a_row()] * (MOST_ROWS + 1)),
    "too many columns": book_of([[f"열 {n}" for n in range(80)]]),
    "an empty workbook": book_of([]),
    "a row beyond the last": rewritten(SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999999"')),
    "entities within entities": rewritten(
        SHEET, lambda xml: ENTITIES + xml.replace(b"<sheetData>", b"<sheetData><row r='1'><c><v>&m;</v></c></row>")
    ),
    "a part missing": rewritten(SHEET, lambda _: b""),
}


@sqlite
@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_and_said_to_be(client, coordinator, kind):
    answer = post(client, coordinator, REFUSED[kind])
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/file-refused"), answer.text
    assert answer.json["errors"][0]["pointer"] in ("/file", "/", "/columns")


@sqlite
def test_a_file_that_is_too_large_is_not_read(client, coordinator):
    answer = post(client, coordinator, b"x" * (spreadsheets.LARGEST_FILE + 100_000))
    assert answer.status_code == 413


@sqlite
def test_a_row_far_down_is_read_and_keeps_its_number(client, coordinator):
    moved = rewritten(SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="900000"').replace(b'2"', b'900000"'))
    assert post(client, coordinator, moved).json["teams"][0]["rows"] == [900_000]


PARTS = st.sampled_from([csv_of(a_row(), a_row()), xlsx_of(a_row()), csv_of(a_row(), encoding="cp949")])


@st.composite
def broken(draw):
    """A file with some of its bytes changed, cut or doubled; or any bytes at all."""
    content = bytearray(draw(st.one_of(PARTS, PARTS, st.binary(max_size=400))))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content)))
        content[at : at + draw(st.integers(0, 40))] = draw(st.binary(max_size=40))
    return bytes(content)


@sqlite
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(content=broken())
def test_no_broken_file_makes_the_reader_stumble(city, content):
    before = everything()
    with suppress(DomainError):  # whatever else is raised fails the test
        try_out(city, content, now=NOW)
    assert everything() == before


@pytest.mark.slow
@sqlite
@settings(max_examples=3000, suppress_health_check=list(HealthCheck))
@given(content=broken())
def test_nor_do_thousands(city, content):
    with suppress(DomainError):
        import_teams(city, content, only_valid=True, by=None, now=NOW)


def test_what_a_workbook_warns_of_is_passed_over(recwarn):
    read_sheet(xlsx_of(a_row()), name="teams.xlsx")
    assert [str(each.message) for each in recwarn] == []


def test_a_refusal_names_the_file():
    with pytest.raises(FileRefused, match=r"roster\.xlsx"):
        read_sheet(b"", name="roster.xlsx")


def test_a_dog_that_another_team_has_is_flagged_and_not_lost(client, city, coordinator):
    holder = make_dog(make_team(city), registration_no="410000000000009")
    twice = {"동물등록번호": "410-0000-0000-0010"}
    rows = (a_row(동물등록번호="410-0000-0000-0009"), a_row(), a_row(**twice), a_row(**twice))
    tried = post(client, coordinator, csv_of(*rows)).json["teams"]
    found = bring_in(client, coordinator, csv_of(*rows)).json["teams"]
    assert [team["disputed"] for team in found] == [team["disputed"] for team in tried] == [["보리"], [], [], ["보리"]]
    assert {row.holder_id for row in DogDispute.select()} == {holder.team_id, Team.get(Team.id == found[2]["id"]).id}
    listed = client.get("/api/v1/teams?disputed=true", headers=coordinator).json["items"]
    assert {team["id"] for team in listed} == {str(holder.team_id), *(found[number]["id"] for number in (0, 2, 3))}
