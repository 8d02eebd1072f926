"""What the installation holds of people: what is kept no longer."""

from typing import Any

import click

from commands.shared import Context, ready, tell
from patrol import retention


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and leave everything as it is.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def retention_command(context: Context, *, dry_run: bool, as_json: bool) -> None:
    """Remove what the cities' policies and the installation keep no longer, as the worker does by itself.

    Prints what was removed for each city and kind; each leaves a receipt.
    """
    with ready(context):
        found = [_plain(removed) for removed in retention.run(context.now(), dry_run=dry_run)]
    done = "would be removed" if dry_run else "removed"
    lines = [
        f"{row['city'] or 'installation'}: {row['count']} {row['kind']} from before {row['before']} {done}"
        for row in found
    ]
    tell(found, "\n".join(lines) or "Nothing is kept longer than it may be.", as_json=as_json)


def _plain(removed: retention.Removed) -> dict[str, Any]:
    return {
        "city": removed.city.slug if removed.city else None,
        "kind": removed.kind,
        "before": removed.before.isoformat(timespec="minutes"),
        "count": removed.count,
    }
