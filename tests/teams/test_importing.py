"""Teams by the spreadsheet: looked through without a trace, brought in once, nothing guessed for their handlers."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

from config.database import connection
from notifications.models import Delivery
from patrol.people.models import Consent, Person
from patrol.teams.models import Availability, Dog, DogDispute, Team, TeamStep
from patrol.teams.operations.importing import import_teams
from tests.support.databases import sqlite_only
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
from tests.support.proofs import sent
from tests.support.spreadsheets import IMPORTS, a_row, bring_in, csv_of, everything, post_sheet


def test_a_dry_run_tells_what_would_be_and_writes_nothing(client, coordinator):
    before = everything()
    content = csv_of(a_row(), a_row(연락처="12"))
    answer = post_sheet(client, coordinator, content)
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
    without = post_sheet(client, coordinator, csv_of(a_row()), dry_run="false")
    assert (without.status_code, without.json["type"]) == (422, "/problems/try-out-first")
    other = post_sheet(client, coordinator, csv_of(a_row()), dry_run="false", digest="0" * 64)
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


@sqlite_only
def test_who_is_there_already_is_said_to_be_and_left_as_they_are(client, city, coordinator):
    known = make_team(city, make_person(city, phone="+821011112222"), name="Stays")
    elsewhere = make_city("Ulsan")
    make_person(elsewhere, phone="+821033334444")
    found = bring_in(client, coordinator, csv_of(a_row(연락처="010-1111-2222"), a_row(연락처="010-3333-4444"))).json[
        "teams"
    ]
    assert [(team["outcome"], team["code"]) for team in found] == [
        ("known", known.code),
        ("new", Team.get(Team.name == "보리").code),
    ]
    assert Team.get_by_id(known.id).name == "Stays"


@sqlite_only
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


@sqlite_only
def test_a_districts_coordinator_learns_no_team_of_another_district(client, city):
    jin, hae = make_district(city), make_district(city, "26350", "해운대구", lon=LON + 1)
    make_team(city, make_person(city, phone="+821011112222"), district=hae)
    asking = bearer(make_person(city, "coordinator", district=jin))
    team = post_sheet(client, asking, csv_of(a_row(연락처="010-1111-2222"))).json["teams"][0]
    assert (team["outcome"], team["id"], team["code"]) == ("known", None, None)


@sqlite_only
def test_who_may_not_may_not(client, city, coordinator):
    for role in ("walker", "officer"):
        other = bearer(make_person(city, role))
        assert post_sheet(client, other, csv_of(a_row())).status_code == 403
        assert client.get(f"{IMPORTS}/template", headers=other).status_code == 403
    assert post_sheet(client, coordinator, b"{}", kind="application/json").status_code == 415


def test_a_dog_that_another_team_has_is_flagged_and_not_lost(client, city, coordinator):
    holder = make_dog(make_team(city), registration_no="410000000000009")
    twice = {"동물등록번호": "410-0000-0000-0010"}
    rows = (a_row(동물등록번호="410-0000-0000-0009"), a_row(), a_row(**twice), a_row(**twice))
    tried = post_sheet(client, coordinator, csv_of(*rows)).json["teams"]
    found = bring_in(client, coordinator, csv_of(*rows)).json["teams"]
    assert [team["disputed"] for team in found] == [team["disputed"] for team in tried] == [["보리"], [], [], ["보리"]]
    assert {row.holder_id for row in DogDispute.select()} == {holder.team_id, Team.get(Team.id == found[2]["id"]).id}
    listed = client.get("/api/v1/teams?disputed=true", headers=coordinator).json["items"]
    assert {team["id"] for team in listed} == {str(holder.team_id), *(found[number]["id"] for number in (0, 2, 3))}


@sqlite_only
def test_what_a_file_says_of_a_handlers_contacts_is_nobodys_word_and_opens_no_account(client, city, coordinator):
    row = a_row(이메일="sample-01@example.org")
    link = bring_in(client, coordinator, csv_of(row)).json["teams"][0]["link"]
    handler = Team.get().handler
    for state in ("invited", "active"):
        known = Person.get_by_id(handler.id)
        assert (known.state, known.email_confirmed, known.phone_confirmed) == (state, False, False)
        for name in (known.email, known.phone):
            assert client.post("/api/v1/password-resets", json={"name": name}).status_code == 202
        assert not Delivery.select().where(Delivery.state != "expired").exists(), "no code goes there"
        if state == "invited":
            given = {"token": link.rpartition("#")[2], "password": "a long sample password"}
            assert client.post("/api/v1/invitations/accept", json=given).status_code == 201


def test_handlers_are_invited_by_text_message_where_that_is_set_up_and_no_link_is_shown(database, city, coordinator):
    client = client_of(database, sms="https://gateway.example.org/send")
    report = bring_in(client, coordinator, csv_of(a_row(), a_row())).json
    assert [(team["sent_by"], team["link"]) for team in report["teams"]] == [("sms", None)] * 2
    phones = {team.handler.phone for team in Team.select()}
    assert {row.address for row in Delivery.select().where(Delivery.channel == "sms")} == phones
    team = Team.get()
    (text,) = sent(team.handler.phone)
    assert "Busan" in text
    given = {"token": text.rpartition("#")[2], "password": "a long sample password"}
    assert client.post("/api/v1/invitations/accept", json=given).status_code == 201
    assert Person.get_by_id(team.handler_id).phone_confirmed
