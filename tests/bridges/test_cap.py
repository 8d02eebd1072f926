from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from patrol.alerts.models import Drill
from patrol.bridges.operations.alerting import cap_alerts
from patrol.bridges.operations.cap import ATOM, CAP, cap_xml, feed_xml
from patrol.notices.operations import extend, issue, withdraw
from tests.support.bridges import key_of
from tests.support.factories import LAT, LON, NOW, make_city, make_person

SCHEMA = Path(__file__).parents[3] / "shared" / "standards" / "CAP-v1.2.xsd"
NEEDED = {
    "alert": ("identifier", "sender", "sent", "status", "msgType", "scope"),
    "info": ("category", "event", "urgency", "severity", "certainty"),
    "area": ("areaDesc",),
}
"""What CAP 1.2 requires, for where its schema is not at hand."""
SEOUL = ZoneInfo("Asia/Seoul")
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def city(client):
    return make_city()


@pytest.fixture
def notice(city):
    return issue(
        city,
        by=make_person(city, "officer", name="Sample officer 07").id,
        kind="missing_person",
        words={"ko": "파란 외투 <아이> & 우산", "en": ""},
        lon=LON,
        lat=LAT,
        radius_m=500.0,
        expires_at=NOW + timedelta(hours=2),
        now=NOW,
    )


def get(client, path, key):
    return client.get(f"/api/v1/{path}", headers={"X-Api-Key": key})


def checked(document):
    """The parsed document, after the schema or our own list has let it pass."""
    if SCHEMA.exists():
        etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.fromstring(document))
    root = ET.fromstring(document)  # noqa: S314 - our own answer
    for name, needed in NEEDED.items():
        for element in root.iter(f"{{{CAP}}}{name}"):
            assert all(element.find(f"{{{CAP}}}{each}") is not None for each in needed)
    return root


def said(root, name):
    return [element.text for element in root.iter(f"{{{CAP}}}{name}")]


def test_a_notice_is_valid_cap_in_two_languages_with_its_circle(client, city, notice):
    answer = get(client, f"cap/{notice.id}.xml", key_of(city, "alerts"))
    assert answer.content_type == "application/cap+xml; charset=utf-8"
    root = checked(answer.data)
    assert said(root, "status") == ["Actual"]
    assert said(root, "msgType") == ["Alert"]
    assert said(root, "language") == ["ko-KR", "en-US"]
    assert said(root, "urgency") == ["Immediate", "Immediate"]
    assert said(root, "circle") == [f"{LAT:.6f},{LON:.6f} 0.500"] * 2
    assert said(root, "expires") == ["2026-11-06T21:30:00+09:00"] * 2
    assert said(root, "description")[0] == "파란 외투 <아이> & 우산"
    assert len(set(said(root, "areaDesc"))) == 2
    assert "officer" not in answer.text


def test_a_withdrawn_notice_is_a_cancel_without_its_words_until_its_time_is_over(client, city, notice):
    withdraw(notice, expected=None, now=NOW)
    answer = get(client, f"cap/{notice.id}.xml", key_of(city, "alerts"))
    root = checked(answer.data)
    assert said(root, "msgType") == ["Cancel"]
    assert said(root, "references") == [f"busan,{notice.id}.1,2026-11-06T19:30:00+09:00"]
    assert "외투" not in answer.text
    assert cap_alerts(city, now=NOW + timedelta(hours=2)) == []


def test_a_prolonged_notice_is_an_update_sent_when_it_was_prolonged(client, city, notice):
    later = NOW + timedelta(minutes=20)
    extend(notice, expires_at=NOW + timedelta(hours=3), expected=None, now=later)
    (changed,) = cap_alerts(city, now=later)
    root = checked(cap_xml(changed, SEOUL))
    assert said(root, "msgType") == ["Update"]
    assert said(root, "sent") == ["2026-11-06T19:50:00+09:00"]
    assert said(root, "expires") == ["2026-11-06T22:30:00+09:00"] * 2
    feed = ET.fromstring(feed_xml([changed], url="/cap", title="Busan", now=later, zone=SEOUL))  # noqa: S314 - our own
    assert feed.findtext("atom:entry/atom:updated", namespaces={"atom": ATOM}) == "2026-11-06T19:50:00+09:00"


def test_a_drill_is_an_exercise(city):
    Drill.create(city=city, started_at=NOW)
    (drill,) = cap_alerts(city, now=NOW)
    root = checked(cap_xml(drill, SEOUL))
    assert said(root, "status") == ["Exercise"]
    assert said(root, "note") == ["훈련입니다 / This is an exercise"]
    assert checked(cap_xml(drill, ZoneInfo("UTC"))).findtext(f"{{{CAP}}}sent").endswith("-00:00")


def test_the_feed_leads_to_each_document(client, city, notice):
    key = key_of(city, "alerts")
    answer = get(client, "cap.atom", key)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    (link,) = [element.get("href") for element in ET.fromstring(answer.data).iter("{http://www.w3.org/2005/Atom}link")]  # noqa: S314 - our own answer
    assert get(client, link.partition("/api/v1/")[2], key).status_code == 200


def test_only_a_key_of_the_city_with_the_right_reads_them(client, city, notice):
    for key in ("", "pk_none", key_of(city, "file")):
        assert get(client, "cap.atom", key).status_code == 403
        assert get(client, f"cap/{notice.id}.xml", key).status_code == 403
    other = key_of(make_city("Ulsan"), "alerts")
    assert get(client, f"cap/{notice.id}.xml", other).status_code == 404
    assert str(notice.id) not in get(client, "cap.atom", other).text
