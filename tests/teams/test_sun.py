"""Where the sun stands, against rising and setting as almanacs give them (local time, to two minutes)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from patrol.teams.rules import sun_is_up

BUSAN = (129.06, 35.16)


@pytest.mark.parametrize(
    ("place", "zone", "rises", "sets"),
    [
        (BUSAN, "Asia/Seoul", "2026-06-21 05:10", "2026-06-21 19:41"),
        (BUSAN, "Asia/Seoul", "2026-08-01 05:33", "2026-08-01 19:27"),
        (BUSAN, "Asia/Seoul", "2026-11-06 06:49", "2026-11-06 17:25"),
        (BUSAN, "Asia/Seoul", "2026-12-22 07:29", "2026-12-22 17:16"),
        ((-0.13, 51.51), "Europe/London", "2026-06-21 04:43", "2026-06-21 21:21"),
        ((151.21, -33.87), "Australia/Sydney", "2026-06-21 07:00", "2026-06-21 16:54"),
    ],
)
def test_the_sun_rises_and_sets_when_almanacs_say(place, zone, rises, sets):
    lon, lat = place
    for text, after in ((rises, True), (sets, False)):
        at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
        slack = timedelta(minutes=2)
        assert sun_is_up(at - slack, lon=lon, lat=lat) is not after
        assert sun_is_up(at + slack, lon=lon, lat=lat) is after


def test_far_north_the_sun_stays_up_in_summer_and_down_in_winter():
    for month, up in ((6, True), (12, False)):
        days = [datetime(2026, month, 21, hour, tzinfo=ZoneInfo("UTC")) for hour in range(24)]
        assert {sun_is_up(at, lon=25.0, lat=72.0) for at in days} == {up}
