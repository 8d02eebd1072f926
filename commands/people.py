"""Accounts by command line: staff are invited by a one-time link, never with a password as an argument."""

from uuid import UUID

import click

from commands.shared import Context, Refused, out, ready, say
from patrol.people.operations.accounts import invite
from patrol.places.models import City, PoliceBox
from patrol.places.operations.cities import city_named

ROLES = ("coordinator", "officer", "admin")


@click.group()
def user() -> None:
    """Accounts of staff."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do.")
@click.option("--email", default=None, help="E-mail address to sign in with.")
@click.option("--phone", default=None, help="Phone number to sign in with; one of the two is needed.")
@click.option("--city", default=None, help="City; may be left out where there is one.")
@click.option("--box", default=None, help="Name of the police box at which an officer serves.")
@click.option("--json", "as_json", is_flag=True, help="Print the person and the link as JSON.")
@click.pass_obj
def add(
    context: Context,
    *,
    name: str,
    role: str,
    email: str | None,
    phone: str | None,
    city: str | None,
    box: str | None,
    as_json: bool,
) -> None:
    """Invite NAME and print the one-time link by which they set their password.

    The link is shown once and holds for seven days; it stands in no log.
    """
    with ready(context):
        place = city_named(city)
        at = box_named(place, box) if box else None
        person, token = invite(place, name=name, phone=phone, email=email, role=role, box=at, now=context.now())
    link = f"{context.settings.public_url}/join#{token}"
    if as_json:
        out({"person": person.id, "city": place.slug, "role": role, "link": link})
    else:
        say(f"Invited {name} as {role} in {place.name}. Hand over this link; it works once, for seven days:")
        click.echo(link)


def box_named(city: City, name: str) -> UUID:
    """A police box of the city by its name. Raises Refused, naming those that come near."""
    found = list(PoliceBox.select().where((PoliceBox.city == city) & (PoliceBox.name == name)))
    if len(found) == 1:
        return UUID(str(found[0].id))
    near = PoliceBox.select().where((PoliceBox.city == city) & PoliceBox.name.contains(name[:2])).limit(8)
    known = ", ".join(f"{row.name} ({row.station})" for row in near) or "none like it"
    raise Refused(f"--box {name!r}: {'several' if found else 'no'} boxes of that name; near: {known}")
