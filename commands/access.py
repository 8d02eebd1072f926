"""Who may call what, as the server enforces it."""

from typing import Any

import click

from commands.shared import Context, out, refusals
from config.database import connect
from patrol.http.access import ANONYMOUS, LEGEND, TENANTS, Endpoint, matrix
from patrol.people.rules import ROLES


@click.command("access-matrix")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def access_matrix(context: Context, *, as_json: bool) -> None:
    """Print what each role reaches by each endpoint, in its own city and in another.

    Read off the application that `serve` runs; the suite checks each cell against real requests.
    """
    with refusals():
        connect(context.settings.database_url)
        app = context.create_app(context.settings, clock=context.clock)
    found = matrix(app.extensions["openapi"](), roles=ROLES)
    if as_json:
        out({"roles": [*ROLES, ANONYMOUS], "tenants": TENANTS, "legend": LEGEND, "endpoints": _content(found)})
    else:
        click.echo(_table(found))


def _content(endpoints: list[Endpoint]) -> list[dict[str, Any]]:
    return [
        {"method": each.method.upper(), "path": each.path, "summary": each.summary, "access": each.access}
        for each in endpoints
    ]


def _table(endpoints: list[Endpoint]) -> str:
    """A line an endpoint: a column a role, and one for whoever is of another city."""
    rows: list[tuple[str, ...]] = [("", *ROLES, ANONYMOUS, "of another city")]
    own, other = TENANTS
    rows += [
        (each.name, *(each.access[own][role] for role in (*ROLES, ANONYMOUS)), _one(each.access[other]))
        for each in endpoints
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    legend = [f"  {word.ljust(max(map(len, LEGEND)))}  {meaning}" for word, meaning in LEGEND.items()]
    return "\n".join([*lines, "", *legend])


def _one(access: dict[str, str]) -> str:
    """What any role of another city gets; they are all treated alike."""
    return " / ".join(sorted({answer for role, answer in access.items() if role != ANONYMOUS}))
