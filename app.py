"""The only place that knows every room: `create_app(settings, …)` and the command line (`python app.py --help`)."""

import functools
from datetime import timedelta

from flask import Flask

import patrol.people.views
from config.clock import Clock, utc_now
from config.settings import Settings
from patrol.http import api, openapi


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Flask:
    """The web application. The database must be connected."""
    app = Flask("patrol", static_folder=None)
    authenticate = functools.partial(patrol.people.views.authenticate, lasting=timedelta(days=settings.session_days))
    app.extensions["settings"] = settings
    app.extensions["authenticate"] = authenticate
    app.extensions["on_consent_withdrawn"] = ()
    rest = api.install(app, clock=clock, authenticate=authenticate)
    for views in (patrol.people.views,):
        rest.register_blueprint(views.blueprint)
    openapi.complete(app, rest.spec)
    return app
