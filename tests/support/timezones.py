"""The time zone of this process, which no result may depend on."""

import os
import time


def set_process_zone(name: str) -> None:
    """Make `name` (such as "Asia/Seoul") the local zone of this process."""
    os.environ["TZ"] = name
    time.tzset()
