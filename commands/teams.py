"""Commands about teams: bringing them in from a spreadsheet."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from commands.places import city_option, connected, json_option, path_argument
from commands.shared import Context, Refused, say, tell
from config.secret_key import keys_of
from patrol.people.operations.posting import Post, link_of
from patrol.places.operations.cities import city_named
from patrol.teams.operations.importing import ImportReport, Outcome, import_teams, try_out


@click.group()
def teams() -> None:
    """Teams of a city."""


@teams.command("import")
@path_argument
@city_option
@click.option("--dry-run", is_flag=True, help="Look the file through and write nothing.")
@click.option("--only-valid", is_flag=True, help="Leave teams with a problem out; else nothing is done.")
@json_option
@connected
def import_(context: Context, *, path: Path, name: str | None, dry_run: bool, only_valid: bool, as_json: bool) -> None:
    """Bring in the teams of FILE, a CSV or .xlsx spreadsheet, and invite their handlers.

    Invitations go out by text message or mail where one is set up; links to hand over are printed once. Each is good
    for seven days. The same file again makes nothing twice.
    """
    city, content = city_named(name), path.read_bytes()
    if dry_run:
        report = try_out(city, content, name=path.name, now=context.now())
    else:
        settings = context.settings
        post = Post(channels=settings.sends_by(), keys=keys_of(settings), address=settings.public_url)
        report = import_teams(
            city, content, name=path.name, only_valid=only_valid, by=None, post=post, now=context.now()
        )
    base = context.settings.public_url
    for header in report.strange:
        say(f"The column {header!r} means nothing here.")
    tell(_plain(report, base), _words(report, base), as_json=as_json)
    if dry_run and report.count("invalid"):
        raise Refused(f"{report.count('invalid')} teams have a problem.")


def _plain(report: ImportReport, base: str) -> dict[str, Any]:
    return {
        "digest": report.digest,
        "dry_run": report.dry_run,
        **{outcome: report.count(outcome) for outcome in ("new", "known", "invalid")},
        "teams": [
            {
                "rows": each.rows,
                "outcome": each.outcome,
                "name": each.name,
                "dogs": each.dogs,
                "disputed": each.disputed,
                "code": each.team.code if each.team else None,
                "link": _link(each, base),
                "sent_by": each.invitation.sent_by if each.invitation else None,
                "problems": [asdict(problem) for problem in each.problems],
            }
            for each in report.outcomes
        ],
    }


def _words(report: ImportReport, base: str) -> str:
    done = "would be new" if report.dry_run else "new"
    lines = [f"{report.count('new')} {done}, {report.count('known')} known already, {report.count('invalid')} wrong."]
    for each in report.outcomes:
        if each.invitation:
            invited = _link(each, base) or f"invited by {each.invitation.sent_by}"
            lines.append(f"  {each.team.code if each.team else ''} {each.name}: {invited}")
        lines += [f"  row {p.row}, {p.column}: {p.ko} ({p.en})" for p in each.problems]
    return "\n".join(lines)


def _link(each: Outcome, base: str) -> str | None:
    found = each.invitation
    return link_of(found.token, at=base) if found and not found.sent_by else None
