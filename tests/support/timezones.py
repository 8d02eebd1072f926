"""The time zone of this process, which no result may depend on."""

import os
import time
from datetime import datetime


def set_process_zone(name: str) -> None:
    """Make `name` (such as "Asia/Seoul") the local zone of this process."""
    os.environ["TZ"] = name
    time.tzset()


def zone_before_evening(now: datetime) -> str:
    """A zone where it is between 14 and 19 h of today now: for what runs by the machine's own clock, at any hour."""
    ahead = min(18 - now.hour, 14)
    return f"Etc/GMT{-ahead:+d}"  # these names count westward
