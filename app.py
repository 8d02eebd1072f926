"""The only place that knows every room: `create_app(settings, …)` and the command line (`python app.py --help`)."""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import patrol.alerts.views
import patrol.bridges.views
import patrol.inbox.views
import patrol.notices.views
import patrol.people.views
import patrol.places.views
import patrol.planning.views
import patrol.shifts.views
import patrol.sightings.views
import patrol.teams.views
import patrol.walks.views
import web.messages
import web.privacy
import web.reference
import web.views
from config import log
from config.clock import Clock, utc_now
from config.settings import Settings, load
from notifications import personal as messages_personal
from notifications.channels.files import CODES
from patrol.alerts.operations import personal as alerts_personal
from patrol.http import api, openapi, replays
from patrol.notices import operations as notices
from patrol.people.operations import personal as people_personal
from patrol.planning.operations import personal as planning_personal
from patrol.retention import ON_TEAM_FORGOTTEN
from patrol.shifts.operations import personal as shifts_personal
from patrol.shifts.operations.offering import withdraw_of_team
from patrol.shifts.operations.reading import shifts_after
from patrol.sightings.operations import contact as sightings
from patrol.sightings.operations import personal as sightings_personal
from patrol.sightings.operations import photos
from patrol.teams.operations import personal as teams_personal
from patrol.teams.operations import standing as teams
from patrol.teams.operations.placing import place_teams
from patrol.walks.operations import due as walks
from patrol.walks.operations import personal as walks_personal

HELP = """The companion-dog patrol: streets, blocks, plans, walks, sightings and answers.

Settings come from the environment (PATROL_…; docs/settings.md). Exit codes: 0 done, 1 refused (the message says what
and why), 2 wrong usage.
"""


ON_TEAM_STOPPED = (walks.on_team_stopped, withdraw_of_team)
ON_CONSENT_WITHDRAWN = (
    walks.on_consent_withdrawn,
    sightings.on_consent_withdrawn,
    photos.on_consent_withdrawn,
    functools.partial(teams.on_consent_withdrawn, effects=ON_TEAM_STOPPED),
)
ON_PERSON_EXPORTED = (
    people_personal.exported,
    messages_personal.exported,
    alerts_personal.exported,
    teams_personal.exported,
    shifts_personal.exported,
    walks_personal.exported,
    sightings_personal.exported,
    notices.exported,
    planning_personal.exported,
)
ON_PERSON_ERASED = (
    notices.erase,
    sightings_personal.erase,
    functools.partial(teams_personal.forget_of, effects=ON_TEAM_FORGOTTEN),
    replays.erase,
    messages_personal.erase,
    people_personal.erase,
)
EFFECTS: dict[str, tuple[Callable[..., Any], ...]] = {
    "on_consent_withdrawn": ON_CONSENT_WITHDRAWN,
    "on_team_stopped": ON_TEAM_STOPPED,
    "on_person_exported": ON_PERSON_EXPORTED,
    "on_person_erased": ON_PERSON_ERASED,
    "on_districts_changed": (place_teams,),
}
"""What runs upward: each subject offers its part, in the transaction of what caused it."""


def effects_of(settings: Settings) -> dict[str, tuple[Callable[..., Any], ...]]:
    """The same, with what is removed from the folders that this installation's codes go to when there is no gateway."""
    kind, _, rest = settings.sms.partition(":")
    folders = {settings.var / CODES, *([Path(rest)] if kind == "files" else [])}
    files = [functools.partial(people_personal.erase_codes, folder=folder) for folder in sorted(folders)]
    return EFFECTS | {"on_person_erased": (*files, *ON_PERSON_ERASED)}


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Flask:
    """The web application. The database must be connected."""
    app = Flask("patrol", static_folder=None)
    lasting = patrol.people.views.lifetimes(settings)
    authenticate = functools.partial(patrol.people.views.authenticate, lasting=lasting)
    app.extensions["settings"] = settings
    app.extensions["authenticate"] = authenticate
    app.extensions |= effects_of(settings)
    app.extensions["blocked_shifts"] = shifts_after
    rest = api.install(app, clock=clock, authenticate=authenticate, https=settings.public_url.startswith("https:"))
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    for views in (
        patrol.places.views,
        patrol.people.views,
        patrol.inbox.views,
        patrol.alerts.views,
        patrol.teams.views,
        patrol.shifts.views,
        patrol.walks.views,
        patrol.sightings.views,
        patrol.notices.views,
        patrol.planning.views,
        patrol.bridges.views,
    ):
        rest.register_blueprint(views.blueprint)
    app.register_blueprint(patrol.bridges.views.open311)
    app.register_blueprint(web.views.blueprint)
    app.register_blueprint(web.reference.blueprint)
    openapi.complete(app, rest.spec)
    app.extensions["openapi"] = rest.spec.to_dict
    return app


def command_line() -> click.Group:
    """Every command. Imported here, so that who wants the application alone does not load them."""
    from commands import (  # noqa: PLC0415 - as the docstring says
        access,
        demo,
        people,
        places,
        planning,
        privacy,
        sample,
        serving,
        teams,
    )

    return click.Group(
        "patrol",
        help=HELP,
        callback=begin,
        context_settings={"help_option_names": ["-h", "--help"]},
        commands=[
            demo.demo,
            serving.serve,
            serving.worker,
            serving.migrate_command,
            serving.openapi,
            access.access_matrix,
            serving.push_key,
            people.user,
            teams.teams,
            *places.commands(),
            sample.enroll_sample,
            planning.plan,
            planning.export_route,
            privacy.export_person,
            privacy.erase_person,
            privacy.retention_command,
        ],
    )


@click.pass_context
def begin(context: click.Context) -> None:
    """Read the settings, once for whatever command follows."""
    from commands.shared import Context, refusals  # noqa: PLC0415 - as in command_line

    with refusals():
        settings = load(os.environ)
    log.configure(level=settings.log_level, form=settings.log_format)
    context.obj = Context(settings=settings, clock=utc_now, create_app=create_app, effects=effects_of(settings))


if __name__ == "__main__":
    command_line()()
