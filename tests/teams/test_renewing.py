"""Another year: asked for in the last sixty days, decided by papers, and by a test where the policy says so."""

from datetime import date, timedelta

import msgspec
import pytest

from config.policy import read_policy, shipped
from notifications.models import Message
from patrol.jobs import look_after_teams
from patrol.teams.models import Dog, Renewal, Team
from patrol.teams.operations import renewing
from patrol.teams.operations.renewing import RenewalDecided, decide_renewal, open_renewal
from tests.support.factories import NOW, bearer, client_of, make_city, make_person, make_team

ENDS = date(2026, 12, 1)
FULL = {"heel": 25, "wait_and_recall": 20, "people": 20, "other_dogs": 20, "objects_and_noise": 15}


def policy(**changed):
    busan = read_policy(shipped("busan"))
    return msgspec.structs.replace(busan, screening=msgspec.structs.replace(busan.screening, **changed))


@pytest.fixture
def scene(database):
    return lambda **changed: Scene(database, make_city(policy=policy(**changed)))


class Scene:
    """A team whose year ends on 1 December, its handler and a coordinator."""

    def __init__(self, database, city):
        self.client = client_of(database)
        self.team = make_team(city, active_until=ENDS)
        self.handler = bearer(self.team.handler)
        self.coordinator = make_person(city, "coordinator")
        self.staff = bearer(self.coordinator)

    def ask(self):
        return self.client.post(f"/api/v1/teams/{self.team.id}/renewal", headers=self.handler)

    def act(self, method, path, content):
        url = f"/api/v1/teams/{self.team.id}/{path}"
        return getattr(self.client, method)(url, json=content, headers=self.staff)

    def fresh(self):
        return Team.get_by_id(self.team.id)


def test_a_year_is_renewed_from_its_end_by_papers_alone(scene):
    at = scene()
    assert (at.ask().status_code, at.fresh().state) == (201, "active")
    assert Message.get(Message.person == at.coordinator).kind == "team_ask_renewal"
    answer = at.act("post", "documents", {"ok": True}).json
    assert (answer["state"], answer["active_until"], answer["renewal"]) == ("active", "2027-12-01", None)


def test_it_is_asked_for_once(scene):
    at = scene()
    assert at.ask().json["renewal"] == "asked"
    again = at.ask()
    assert (again.status_code, again.json["type"]) == (409, "/problems/renewal-asked")


@pytest.mark.parametrize(("ends", "status"), [(60, 201), (61, 409), (0, 201), (-1, 409)])
def test_it_is_asked_for_in_the_last_sixty_days(scene, ends, status):
    at = scene()
    Team.update(active_until=NOW.date() + timedelta(days=ends)).where(Team.id == at.team.id).execute()
    assert at.ask().status_code == status


@pytest.mark.parametrize("state", ["applied", "documents_ok", "passed", "suspended", "retired"])
def test_only_a_running_year_is_renewed(scene, state):
    at = scene()
    Team.update(state=state).where(Team.id == at.team.id).execute()
    assert at.ask().json["type"] == "/problems/team-state"


def test_papers_that_lack_something_leave_it_open(scene):
    at = scene()
    at.ask()
    sent_back = at.act("post", "documents", {"ok": False, "note": "Insurance"}).json
    assert (sent_back["state"], sent_back["renewal"], sent_back["active_until"]) == ("active", "asked", "2026-12-01")
    assert at.act("post", "documents", {"ok": True}).json["active_until"] == "2027-12-01"


def test_where_the_policy_says_so_a_test_comes_between_and_the_team_patrols_meanwhile(scene):
    at = scene(renewal_test=True)
    at.ask()
    accepted = at.act("post", "documents", {"ok": True}).json
    assert (accepted["state"], accepted["renewal"], accepted["active_until"]) == (
        "active",
        "documents_ok",
        "2026-12-01",
    )
    booked = at.act("post", "tests", {"booked_for": (NOW + timedelta(days=1)).isoformat()}).json
    assert (booked["state"], booked["tests"][0]["state"]) == ("active", "booked")
    passed = at.act("put", "tests/1", {"scores": FULL}).json
    assert (passed["state"], passed["active_until"], passed["renewal"]) == ("active", "2027-12-01", None)


def test_who_fails_the_renewals_test_keeps_the_present_year_and_may_try_again(scene):
    at = scene(renewal_test=True, retest_after_days=3)
    at.ask()
    at.act("post", "documents", {"ok": True})
    at.act("post", "tests", {"booked_for": (NOW + timedelta(days=1)).isoformat()})
    failed = at.act("put", "tests/1", {"scores": {}, "failed_at_once": "lunge"}).json
    assert (failed["state"], failed["active_until"], failed["renewal"]) == ("active", "2026-12-01", "documents_ok")
    at.act("post", "tests", {"booked_for": (NOW + timedelta(days=3)).isoformat()})
    assert at.act("put", "tests/2", {"scores": FULL}).json["active_until"] == "2027-12-01"


def test_an_active_team_that_asked_for_nothing_takes_no_test(scene):
    at = scene()
    answer = at.act("post", "tests", {"booked_for": (NOW + timedelta(days=1)).isoformat()})
    assert answer.json["type"] == "/problems/team-state"


def test_a_team_whose_year_ran_out_while_its_papers_lay_there_comes_back_with_them(scene):
    at = scene()
    at.ask()
    Dog.update(vaccinated_until=date(2027, 12, 1)).where(Dog.team == at.team).execute()
    look_after_teams(NOW + timedelta(days=26))
    assert at.fresh().state == "lapsed"
    renewed = at.act("post", "documents", {"ok": True}).json
    assert (renewed["state"], renewed["active_until"]) == ("active", "2027-12-01")


def test_two_who_decide_at_once_renew_one_year(scene):
    at = scene()
    team = renewing.ask(at.team, by=at.coordinator.id, now=NOW)
    seen = open_renewal(team)
    given = {"ok": True, "note": "", "by": at.coordinator.id, "now": NOW}
    decide_renewal(team, seen, **given)
    with pytest.raises(RenewalDecided):
        decide_renewal(team, seen, **given)
    assert at.fresh().active_until == date(2027, 12, 1)
    assert [row.state for row in Renewal.select()] == ["done"]


def test_the_year_after_is_asked_for_in_its_own_time(scene):
    at = scene()
    at.ask()
    at.act("post", "documents", {"ok": True})
    assert at.ask().json["type"] == "/problems/renewal-not-open"


def test_what_was_asked_for_in_a_year_that_is_over_is_under_way_no_more(scene):
    at = scene()
    at.ask()
    Team.update(active_until=date(2028, 3, 1)).where(Team.id == at.team.id).execute()
    (mine,) = at.client.get("/api/v1/teams/mine", headers=at.handler).json["items"]
    assert (mine["state"], mine["renewal"], open_renewal(at.fresh())) == ("active", None, None)
