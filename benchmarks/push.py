"""One notice to many phones: how long until Firebase has taken over every push.

The real SDK, outbox and relay, at the relay's own pace, on an embedded database (or --database URL, which must be
empty); Firebase is a server in a process of its own that takes each push after --latency-ms.
"""

import argparse
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from benchmarks.alert_city import asks_where, workplace
from benchmarks.fcm_server import Taken, channel_to, give_phones
from benchmarks.results import versions, write
from config.database import connection, transaction
from notifications.channels.fcm import Fcm
from notifications.models import Delivery
from notifications.outbox import enqueue
from notifications.relay import relay
from notifications.templates import PUSH

CITY = UUID(int=1)
PATIENCE_S = 600.0
REST_S = 0.05
"""When nothing may be sent for the moment; the worker itself looks again every second."""


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=10_000, help="phones, one a person (10000)")
    parser.add_argument("--latency-ms", type=float, default=30.0, help="until the server takes a push (30)")
    asks_where(parser)
    given = parser.parse_args()
    if given.devices < 1 or not 0 <= given.latency_ms < 10_000:
        parser.error("--devices from 1, --latency-ms from 0 to 10000")
    with workplace(given.database, latency_s=given.latency_ms / 1000) as (_, server):
        summary = measure(server, devices=given.devices)
    write({"summary": summary, "versions": versions()}, given.json)
    if given.json != "-":
        print(_line(summary))


def measure(server: Taken, *, devices: int) -> dict[str, Any]:
    """Tell everybody of one thing and deliver it. `lost` and `doubled` are counted by the server.

    Seconds are by the clock from the telling on; `cpu_s` is what this process computed in them: where the two are far
    apart, other work was in the way.
    """
    with connection():
        people = [uuid4() for _ in range(devices)]
        with transaction():
            give_phones(CITY, people, now=datetime.now(UTC))
        began, computed = time.monotonic(), time.process_time()
        with transaction():
            enqueue(
                city=CITY,
                people=people,
                kind="notice",
                words=PUSH["urgent"],
                link="/walk",
                subject=None,
                urgent=True,
                dedupe_key="benchmark",
                now=datetime.now(UTC),
            )
        enqueued = time.monotonic()
        first = _deliver(channel_to(server.url), until=enqueued + PATIENCE_S)
        ended = time.monotonic()
        left = Delivery.select().where(Delivery.state != "sent").count()
    counts = server.counts()
    return {
        "devices": devices,
        "sent": len(counts),
        "lost": devices - len(counts),
        "doubled": sum(counts.values()) - len(counts),
        "not_settled": left,
        "enqueue_s": round(enqueued - began, 2),
        "first_s": round(first - began, 2),
        "handed_over_s": round(ended - began, 2),
        "cpu_s": round(time.process_time() - computed, 2),
        "per_s": round(len(counts) / (ended - enqueued), 1),
    }


def _deliver(channel: Fcm, *, until: float) -> float:
    """Pass after pass until nothing is pending; gives the time at which the first batch was out."""
    first = 0.0
    while time.monotonic() < until:
        sent = relay([channel], now=datetime.now(UTC), holder="benchmark", jitter=lambda: 1.0)
        first = first or (time.monotonic() if sent else 0.0)
        if not sent:
            if not Delivery.select().where(Delivery.state == "pending").exists():
                break
            time.sleep(REST_S)
    return first


def _line(summary: dict[str, Any]) -> str:
    return (
        f"{summary['sent']:,} of {summary['devices']:,} handed over in {summary['handed_over_s']} s "
        f"({summary['per_s']} a second; {summary['enqueue_s']} s to enqueue), lost {summary['lost']}, "
        f"doubled {summary['doubled']}"
    )


if __name__ == "__main__":
    main()
