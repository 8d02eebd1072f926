"""Accounts by command line: staff are invited by a one-time link, never with a password as an argument."""

from collections.abc import Sequence
from uuid import UUID

import click

from commands.shared import Context, Refused, city_option, out, ready, say, tell
from config.database import transaction
from patrol.people.models import Person
from patrol.people.operations import staffing
from patrol.people.operations.accounts import invite
from patrol.people.operations.posting import link_of
from patrol.people.operations.staff import Member, members, staff_of
from patrol.people.operations.staffing import Charge
from patrol.people.rules import STAFF, e164
from patrol.places.models import City, PoliceBox
from patrol.places.operations.cities import city_named, policy_of
from patrol.places.operations.districts import district_coded

role_option = click.option("--role", type=click.Choice(sorted(STAFF)), required=True, help="What they may do.")
box_option = click.option("--box", default=None, help="Name of the police box at which an officer serves.")
districts_option = click.option(
    "--district", "districts", multiple=True, help="Code of a district that a coordinator looks after; repeatable."
)
duties_option = click.option("--duty", "duties", multiple=True, help="A duty on top, such as child_protection.")
why_option = click.option("--why", default="", help="Written down, and told to the person.")
who_argument = click.argument("who", metavar="EMAIL_OR_PHONE")


@click.group()
def user() -> None:
    """Accounts of staff."""


@user.command("add")
@click.argument("name")
@role_option
@click.option("--email", default=None, help="E-mail address to sign in with.")
@click.option("--phone", default=None, help="Phone number to sign in with; one of the two is needed.")
@city_option
@box_option
@districts_option
@duties_option
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
    districts: Sequence[str],
    duties: Sequence[str],
    as_json: bool,
) -> None:
    """Invite NAME and print the one-time link by which they set their password.

    The link is shown once and holds for seven days; it stands in no log.
    """
    with ready(context), transaction():
        place, now = city_named(city), context.now()
        first, *more = charges(place, role, box=box, districts=districts)
        person, invitation = invite(
            place,
            name=name,
            phone=phone,
            email=email,
            role=role,
            box=first.box,
            district=first.district,
            now=now,
        )
        if more:
            staffing.put_roles(place, person.id, [first, *more], why="", expected=None, by=None, now=now)
        if duties:
            staffing.put_duties(place, person.id, duties, why="", expected=None, by=None, now=now)
    link = link_of(invitation.token, at=context.settings.public_url)
    if as_json:
        out({"person": person.id, "city": place.slug, "role": role, "link": link})
    else:
        say(f"Invited {name} as {role} in {place.name}. Hand over this link; it works once, for seven days:")
        click.echo(link)


@user.command("list")
@city_option
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_obj
def list_staff(context: Context, *, city: str | None, as_json: bool) -> None:
    """List the staff of a city with their roles and duties."""
    with ready(context):
        people = list(staff_of(city_named(city).id).order_by(Person.name, Person.id))
        found = members(people, now=context.now())
    lines = [f"{each.person.name}  {each.person.state}  {', '.join([*roles_of(each), *each.duties])}" for each in found]
    text = "\n".join(lines) or "There is no staff yet; `user add NAME --role ROLE` invites somebody."
    tell([row_of(each) for each in found], text, as_json=as_json)


@user.command("move")
@who_argument
@role_option
@box_option
@districts_option
@city_option
@why_option
@click.pass_obj
def move(
    context: Context, *, who: str, role: str, box: str | None, districts: Sequence[str], city: str | None, why: str
) -> None:
    """Give somebody this role instead of those they have; these stay as history."""
    with ready(context):
        place = city_named(city)
        person = person_known_as(place, who)
        wanted = charges(place, role, box=box, districts=districts)
        staffing.put_roles(place, person.id, wanted, why=why, expected=None, by=None, now=context.now())
    click.echo(f"{person.name} is now {role} in {place.name}.")


@user.command("duties")
@who_argument
@duties_option
@city_option
@why_option
@click.pass_obj
def put_duties(context: Context, *, who: str, duties: Sequence[str], city: str | None, why: str) -> None:
    """Charge somebody with these duties instead of those they have; without --duty, with none."""
    with ready(context):
        place = city_named(city)
        person = person_known_as(place, who)
        staffing.put_duties(place, person.id, duties, why=why, expected=None, by=None, now=context.now())
    click.echo(f"{person.name} has these duties: {', '.join(duties) or 'none'}.")


@user.command("disable")
@who_argument
@city_option
@why_option
@click.pass_obj
def disable(context: Context, *, who: str, city: str | None, why: str) -> None:
    """Let somebody sign in no more; their sessions end. Never the city's last admin."""
    with ready(context):
        place = city_named(city)
        person = staffing.disable(place, person_known_as(place, who).id, why=why, by=None, now=context.now())
    click.echo(f"{person.name} can no longer sign in.")


@user.command("enable")
@who_argument
@city_option
@why_option
@click.pass_obj
def enable(context: Context, *, who: str, city: str | None, why: str) -> None:
    """Let somebody sign in again."""
    with ready(context):
        place = city_named(city)
        person = staffing.enable(place, person_known_as(place, who).id, why=why, by=None, now=context.now())
    click.echo(f"{person.name} is {person.state}.")


def charges(city: City, role: str, *, box: str | None, districts: Sequence[str]) -> list[Charge]:
    """The roles that the options ask for. Raises Refused, NoSuchDistrict."""
    if box and role != "officer":
        raise Refused("--box goes with --role officer.")
    if districts and role != "coordinator":
        raise Refused("--district goes with --role coordinator.")
    if districts:
        found = [district_coded(city, code, at="/district") for code in dict.fromkeys(districts)]
        return [Charge(role, district=UUID(str(district.id))) for district in found]
    return [Charge(role, box=box_named(city, box) if box else None)]


def box_named(city: City, name: str) -> UUID:
    """A police box of the city by its name. Raises Refused, naming those that come near."""
    found = list(PoliceBox.select().where((PoliceBox.city == city) & (PoliceBox.name == name)))
    if len(found) == 1:
        return UUID(str(found[0].id))
    near = PoliceBox.select().where((PoliceBox.city == city) & PoliceBox.name.contains(name[:2])).limit(8)
    known = ", ".join(f"{row.name} ({row.station})" for row in near) or "none like it"
    raise Refused(f"--box {name!r}: {'several' if found else 'no'} boxes of that name; near: {known}")


def person_known_as(city: City, who: str) -> Person:
    """Somebody of the city by e-mail address or phone number. Raises Refused."""
    known_as = e164(who, policy_of(city).formats) or who.strip().casefold()
    wanted = (Person.phone == known_as) | (Person.email == known_as)
    found: Person | None = Person.get_or_none((Person.city == city) & wanted)
    if found is None:
        raise Refused(f"{who}: nobody in {city.name} signs in by that; `user list` shows the staff.")
    return found


def roles_of(member: Member) -> list[str]:
    """`officer (Seomyeon)`, `admin`."""
    places = [(role.role, role.box or role.district) for role in member.roles]
    return [f"{role} ({place.name})" if place else role for role, place in places]


def row_of(member: Member) -> dict[str, object]:
    """A member of staff as data."""
    person = member.person
    about = {name: getattr(person, name) for name in ("name", "email", "phone", "state")}
    return {"person": person.id, **about, "roles": roles_of(member), "duties": member.duties}
