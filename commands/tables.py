"""How a plan is shown on a terminal."""

from collections.abc import Iterator, Sequence
from typing import Any

from patrol.planning.rules import UNMET, gap


def plan_table(summary: dict[str, Any]) -> str:
    """The plan's figures, and beside them what free walking would have covered."""
    free = summary["free"] or {}
    reachable = summary["weight_reachable"]
    rows = [
        ("", "planned", "free walking"),
        ("teams", f"{summary['teams']}", f"{summary['routes']}"),
        ("walks" if "visits" in summary else "routes", f"{summary['routes']}", ""),
        *_visits(summary),
        (
            "blocks covered",
            f"{summary['blocks_covered']} of {summary['blocks']}",
            _number(free.get("blocks"), "{:.1f}"),
        ),
        (
            "weight covered of reachable",
            f"{summary['weight_covered']:.0f} of {reachable:.0f} ({_share(summary['weight_covered'], reachable)})",
            _number(free.get("weight"), "{:.0f}") + _of(free.get("weight"), reachable),
        ),
        ("minutes walked", f"{summary['minutes_walked']:.0f}", _number(free.get("minutes"), "{:.0f}")),
        (
            "share of metres on blocks",
            f"{summary['share_on_blocks']:.0%}",
            _number(free.get("share_on_blocks"), "{:.0%}"),
        ),
        ("proven bound, gap", _bound(summary), ""),
        ("solve time", f"{summary['solve_s']:.1f} s", ""),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def plan_remarks(unmet: Sequence[dict[str, Any]], remedies: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Lines below the table: pins that could not be kept, and what would cover more."""
    if unmet:
        yield "\nPins that could not be kept:"
        yield from (f"  {pin['team']} – {pin['block']}: {UNMET[pin['reason']]['en']}" for pin in unmet)
    if remedies:
        yield "\nWhat would cover more:"
        yield from (f"  {remedy['sentence']['en']}" for remedy in remedies)


def _visits(summary: dict[str, Any]) -> list[tuple[str, str, str]]:
    if "visits" not in summary:
        return []
    fair, surprise = summary["fairness"], summary["surprise"]
    return [
        ("visits planned", f"{summary['visits']} of {summary['visits_wanted']}", ""),
        ("minutes a team in four weeks", f"{fair['least_min']:.0f} to {fair['most_min']:.0f}", ""),
        ("who comes when", f"{surprise['entropy_bits']:.1f} bits, {surprise['plans']} plans", ""),
        ("weight given up for that", f"{surprise['price']:.1f}", ""),
    ]


def _bound(summary: dict[str, Any]) -> str:
    missed = gap(summary["weight_covered"], summary["bound"])
    return "–" if missed is None else f"{summary['bound']:.0f} ({missed:.1%})"


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _of(part: float | None, whole: float) -> str:
    return "" if part is None else f" ({_share(part, whole)})"
