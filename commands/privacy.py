"""What the installation holds of people: given out, erased, kept no longer."""

import shutil
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

import click

from commands.shared import Context, Refused, ready, tell
from config.database import checkpoint, transaction
from patrol import retention
from patrol.people.models import Person
from patrol.people.operations.audit import OPERATOR, note_read
from patrol.people.operations.erasing import erase
from patrol.people.operations.exporting import archive


@click.command("export-person")
@click.argument("person", metavar="ID", type=click.UUID)
@click.option("--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="Where the archive goes.")
@click.pass_obj
def export_person(context: Context, *, person: UUID, out: Path) -> None:
    """Write all that is held of the person ID to FILE: a ZIP archive of data.json, index.html and photos.

    The person sees in their access log that it was made. FILE is for them alone: nobody else may read it.
    """
    with ready(context):
        found = _person(person)
        now = context.now()
        with TemporaryFile() as whole:  # what breaks off leaves nothing at FILE
            archive(found, whole, gathered=context.effects["on_person_exported"], now=now)
            whole.seek(0)
            out.touch(mode=0o600)
            out.chmod(0o600)  # also one that stood there before, for others to read
            with out.open("wb") as file:
                shutil.copyfileobj(whole, file)
        note_read(city=found.city_id, reader=OPERATOR, subjects=[person], what="export", purpose="request", now=now)
    click.echo(f"Wrote {out.stat().st_size:,} bytes to {out}.")


@click.command("erase-person")
@click.argument("person", metavar="ID", type=click.UUID)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase_person(context: Context, *, person: UUID, yes: bool) -> None:
    """Erase the person ID everywhere; what they walked stays in the city's counts. This cannot be undone.

    Safe to repeat: a person who is gone already is gone. Copies made before, by export-person or a backup, are yours
    to remove.
    """
    with ready(context):
        if not Person.select().where(Person.id == person).exists():
            click.echo(f"There is nobody with the id {person}.")
            return
        if not yes:
            click.confirm(f"Erase {person} for good?", abort=True)
        with transaction():
            city = _person(person).city_id
            note_read(
                city=city, reader=OPERATOR, subjects=[person], what="erasure", purpose="request", now=context.now()
            )
            erase(person, effects=context.effects["on_person_erased"], now=context.now())
        checkpoint()
    click.echo(f"Erased {person}.")


def _person(person: UUID) -> Person:
    found: Person | None = Person.get_or_none(Person.id == person)
    if found is None:
        raise Refused(f"There is nobody with the id {person}.")
    return found


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
