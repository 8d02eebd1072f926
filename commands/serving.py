"""Running the product: serve, worker, migrate, openapi."""

import gc
import os
import random
import secrets
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger as GunicornLogger

from commands.processes import LEAVING, crew, leave_with, require_port
from commands.shared import Context, Refused, out, ready, refusals, say, tell
from config.clock import Clock
from config.database import connect, connection, disconnect
from config.migrating import migrate
from config.secret_key import keys_of
from config.settings import THIS_MACHINE, Settings
from notifications.channels import AnyChannel, NoPush
from notifications.channels.files import CODES, FileDrop
from notifications.channels.mail import mail_channel
from notifications.channels.sms import sms_channel
from notifications.channels.web_push import WebPush
from notifications.channels.webhook import Webhooks
from notifications.direct import opener
from notifications.vapid import KeyUnusable, make_key, read_key
from patrol import jobs
from patrol.bridges.operations.webhooks import inside_hosts, lookup
from patrol.planning.operations import solving

log = structlog.get_logger(__name__)

LOOK_S = 0.5
MOST_STREAMS = 2000
SPARE_THREADS = 16
STREAM = "/api/v1/stream"
ELSEWHERE = b'{"type":"about:blank","title":"Not Found","status":404,"detail":"This process holds live streams only."}'

parent_option = click.option("--parent", type=int, hidden=True, help="End when this process is no longer the parent.")


@click.command()
@click.option("--worker/--no-worker", default=True, help="Start the worker beside the web process (the default).")
@click.option(
    "--streams",
    type=click.IntRange(1, MOST_STREAMS),
    help="Hold so many live streams and answer nothing else; without a worker.",
)
@parent_option
@click.pass_obj
def serve(context: Context, *, worker: bool, streams: int | None, parent: int | None) -> None:
    """Answer over HTTP: API, pages and live stream. Ctrl-C or SIGTERM ends it.

    Listens on PATROL_HOST (this machine alone, unless set) and PATROL_PORT (8000). Starts a worker beside it, which
    plans, reminds and delivers, and starts it again should it die; with --no-worker run `worker` yourself, as often
    as you like.

    Where many watch at once, a process of its own holds the live streams (--streams 350, on a port of its own); lead
    /api/v1/stream there and give the others PATROL_STREAMS=0.
    """
    settings = context.settings
    require_tls(settings.public_url)
    require_port(settings.host, settings.port)
    with ready(context):
        disconnect()
    if worker and streams is None:
        with crew({}) as members:
            say(f"Serving on {settings.public_url}; Ctrl-C ends it.")
            raise SystemExit(members.wait())
    leave_with(parent, lambda: os.kill(os.getpid(), signal.SIGTERM))
    if streams is not None:
        say(f"Holding up to {streams} live streams on port {settings.port}; Ctrl-C ends it.")
        Streaming(context, streams=streams).run()
    if parent is None:
        say(f"Serving on {settings.public_url} without a worker; Ctrl-C ends it.")
    Web(context).run()


def require_tls(public_url: str) -> None:
    """Raise Refused where browsers would come from other machines without TLS: passwords would be there to read."""
    address = urlsplit(public_url)
    if address.scheme != "https" and address.hostname not in THIS_MACHINE:
        raise Refused(
            f"PATROL_PUBLIC_URL={public_url}: others than this machine are served by https only. Put a reverse proxy"
            " with a certificate in front and name its https://… address (docs/security.md)."
        )


class Lines(GunicornLogger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's messages among ours: the same form, the same care with what a client sent."""

    def setup(self, cfg: Any) -> None:
        """Leave writing to the root logger (config/log.py)."""
        super().setup(cfg)
        for each in (self.error_log, self.access_log):
            each.handlers.clear()
            each.propagate = True


class Web(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with our application: threads, one process; more processes are a matter of starting more."""

    def __init__(self, context: Context) -> None:
        """Keep the context until gunicorn asks for the application."""
        self.context = context
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn needs to know."""
        settings = self.context.settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        chosen = {
            "bind": f"{host}:{settings.port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": settings.threads,
            "timeout": 120,
            "graceful_timeout": 2,
            "keepalive": 5,
            "logger_class": Lines,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, connected in the process that serves it."""
        connect(self.context.settings.database_url)
        application = self.context.create_app(self.context.settings, clock=self.context.clock)
        gc.collect()
        gc.freeze()  # else every full collection looks at all modules again, and all requests wait for it
        return application


class Streaming(Web):
    """A process for live streams alone: a thread each, and some to refuse with or to say that it lives."""

    def __init__(self, context: Context, *, streams: int) -> None:
        """`streams` at once; more are refused with 503 and poll."""
        settings = replace(context.settings, threads=streams + SPARE_THREADS, streams=streams)
        super().__init__(replace(context, settings=settings))

    def load_config(self) -> None:
        """As for the API; a stream's socket stays open, so more of them."""
        super().load_config()
        self.cfg.set("worker_connections", 2 * self.context.settings.threads)

    def load(self) -> Any:
        """The application, of which the stream alone is reached."""
        return only(super().load(), STREAM)


def only(application: Any, path: str) -> Any:
    """A WSGI application that has nothing but `path`: what a process holds streams for must not wait behind them."""

    def answer(environ: dict[str, Any], start: Any) -> Any:
        if environ["PATH_INFO"] == path:
            return application(environ, start)
        start("404 Not Found", [("Content-Type", "application/problem+json"), ("Content-Length", str(len(ELSEWHERE)))])
        return [ELSEWHERE]

    return answer


@click.command()
@parent_option
@click.pass_obj
def worker(context: Context, *, parent: int | None) -> None:
    """Plan, remind, deliver and keep house, until Ctrl-C or SIGTERM.

    Any number may run on one database: they share the plan runs, and one of them at a time is the clock. What a
    worker leaves behind, even when it is killed, the others take up.
    """
    stopping = threading.Event()
    for name in LEAVING:
        signal.signal(name, lambda *_: stopping.set())
    leave_with(parent, stopping.set)
    with ready(context):
        reach = channels(context)
        holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        scheduler = jobs.scheduler(holder=holder, clock=context.clock, channels=reach, settings=context.settings)
        scheduler.start()
        threading.Thread(target=plan_runs, args=(context, holder, stopping), name="plan runs", daemon=True).start()
        if parent is None:
            say("At work; Ctrl-C ends it.")
        stopping.wait()
        scheduler.shutdown(wait=False)
        with connection():
            solving.let_go(holder, now=context.now())
            jobs.stand_down(holder)


def plan_runs(context: Context, holder: str, stopping: threading.Event) -> None:
    """Solve queued runs one after another; the solver itself runs in a process of its own."""
    while not stopping.wait(LOOK_S * (0.5 + random.random())):  # noqa: S311 - spreads workers, guards nothing
        try:
            with connection():
                run = solving.claim(holder, now=context.now())
                if run is not None:
                    solving.solve(run, weather=context.settings.weather, clock=context.clock)
        except Exception:  # a database that is away for a while must not end the planning for good
            log.exception("looking for plan runs failed")


def channels(context: Context) -> list[AnyChannel]:
    """Every way out of the house; by those that the settings do not open, what would go there is withheld.

    Raises Refused for a file that cannot be used.
    """
    settings = context.settings
    found: list[AnyChannel] = [*_with_codes(settings, clock=context.clock)]
    try:
        vapid = read_key(settings.vapid_key)
    except KeyUnusable as error:
        raise Refused(f"PATROL_VAPID_KEY: {error}") from None
    by_key = vapid and WebPush(vapid, contact=contact(settings.public_url), clock=context.clock)
    found.append(by_key or NoPush("web_push"))
    by_account = settings.fcm_credentials and _fcm(settings.fcm_credentials, clock=context.clock)
    found.append(by_account or NoPush("fcm"))
    look = lookup(keys_of(settings), context.clock)
    found.append(Webhooks(lookup=look, inside=inside_hosts(settings), clock=context.clock))
    return found


def _with_codes(settings: Settings, *, clock: Clock) -> Iterator[AnyChannel]:
    """E-mail and text messages, by which codes go, too; files stand in for what is not set up."""
    opens, public_url = opener(keys_of(settings)), settings.public_url
    if settings.smtp_url:
        yield mail_channel(settings.smtp_url, public_url=public_url, tls=ssl.create_default_context(), opens=opens)
    else:
        yield FileDrop(name="email", folder=settings.var / CODES, opens=opens)
    yield sms_channel(settings.sms, secret=settings.sms_secret, public_url=public_url, opens=opens, clock=clock)


def contact(public_url: str) -> str:
    """Where a push service finds us: the installation's address, or mail to its host when it has no TLS."""
    parts = urlsplit(public_url)
    return public_url if parts.scheme == "https" else f"mailto:patrol@{parts.hostname}"


def _fcm(credentials: Path, *, clock: Clock) -> AnyChannel:
    # Imported here, as only a worker that sends to phones shall carry Firebase.
    from notifications.channels.fcm import CredentialsError, fcm_channel  # noqa: PLC0415 - as the comment says

    try:
        return fcm_channel(credentials, clock=clock)
    except CredentialsError as error:
        raise Refused(f"PATROL_FCM_CREDENTIALS: {error}") from None


@click.command("push-key")
@click.option("--json", "as_json", is_flag=True, help="Print the file and the public key as JSON.")
@click.pass_obj
def push_key(context: Context, *, as_json: bool) -> None:
    """Make the key for web push, in the file of PATROL_VAPID_KEY; an existing one stays, as browsers know it."""
    path = context.settings.vapid_key
    with refusals():
        try:
            key = read_key(path) or make_key(path)
        except KeyUnusable as error:
            raise Refused(f"PATROL_VAPID_KEY: {error}") from None
    text = (
        f"The key is in {path}; web and worker use it from their next start. Keep it: without it no browser is reached."
    )
    tell({"file": str(path), "public_key": key.public_key}, text, as_json=as_json)


@click.command("migrate")
@click.option("--json", "as_json", is_flag=True, help="Print what was applied as JSON.")
@click.pass_obj
def migrate_command(context: Context, *, as_json: bool) -> None:
    """Bring the database to this version's schema; safe to repeat, and from several machines at once."""
    with refusals():
        connect(context.settings.database_url)
        applied = migrate()
    text = f"Applied {', '.join(applied)}." if applied else "Nothing to do: the database is up to date."
    tell({"applied": applied}, text, as_json=as_json)


@click.command()
@click.pass_obj
def openapi(context: Context) -> None:
    """Print the OpenAPI 3.1 document of the API, as JSON."""
    with refusals():
        connect(context.settings.database_url)
        app = context.create_app(context.settings, clock=context.clock)
    out(app.extensions["openapi"]())
