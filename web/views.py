"""The pages: who may open which, and in which language.

A page is a frame: what it shows comes from the API, asked by the page's own script with the cookie and a CSRF token.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from patrol.http.api import csrf_token
from patrol.http.browsers import cookie, set_cookie
from patrol.http.caller import Caller, now
from patrol.people.rules import LANGUAGES, LEAST_PASSWORD
from patrol.places.models import City
from patrol.places.operations.cities import city_of, policy_of, zone_of
from patrol.teams.rules import BY_KEY, KOREAN

View = TypeVar("View", bound=Callable[..., Any])

LANGUAGE_COOKIE = "patrol_language"
LANGUAGE_COOKIE_S = 400 * 86_400

PAGES = {
    "coordinator": "web.coordinator_map",
    "admin": "web.coordinator_map",
    "officer": "web.alerts",
    "walker": "web.walk",
}
"""Role → its page, the first that fits being where somebody starts."""
UNFINISHED = {"code": "web.sign_in_code", "enrolment": "web.account"}
"""What a sign-in lacks → the page for it."""

ROSTER_FILE = (
    "name",
    "phone",
    "email",
    "born_on",
    "team_name",
    "dog_name",
    "registration_no",
    "breed",
    "hours",
    "district",
)
"""Columns offered when a roster goes out as a file."""

CONTENT = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""Content-Security-Policy of a page: nothing from elsewhere, nothing written into it."""

blueprint = Blueprint("web", __name__, static_folder="static", template_folder="templates", static_url_path="/static")


@blueprint.after_request
def secure(answer: Response) -> Response:
    """What this room's answers may load; a page itself is never kept, as it holds a CSRF token."""
    answer.headers["Content-Security-Policy"] = CONTENT
    if request.endpoint != "web.static":
        answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.before_request
def choose_language() -> AnyResponse | None:
    """`?language=en` on any page: remember it, and open the page again without it."""
    chosen = request.args.get("language")
    if chosen not in LANGUAGES:
        return None
    kept = {name: value for name, value in request.args.items() if name != "language"}
    answer = redirect(request.path + ("?" + urlencode(kept) if kept else ""))
    set_cookie(answer, chosen, max_age_s=LANGUAGE_COOKIE_S, name=LANGUAGE_COOKIE)
    return answer


def for_roles(*roles: str) -> Callable[[View], View]:
    """A page for `roles`, without any for everybody signed in.

    Others are told whose it is; who is not signed in, or not wholly, is sent to do so.
    """

    def mark(view: View) -> View:
        @functools.wraps(view)
        def guarded(**parts: Any) -> Any:
            found = signed_in()
            if found is None:
                return redirect(url_for("web.sign_in", next=request.path))
            if found.needs:
                return redirect(url_for(UNFINISHED[found.needs], next=request.path))
            if roles and not found.has(*roles):
                return make_response(page("other_role.html", roles=roles), 403)
            return view(found, **parts)

        return cast("View", guarded)

    return mark


@blueprint.get("/")
def landing() -> str:
    """What this is, and the way in."""
    return page("landing.html")


@blueprint.get("/start")
def start() -> AnyResponse:
    """Send somebody signed in to the page of their role."""
    return redirect(own_page() or url_for("web.sign_in"))


@blueprint.get("/sign-in")
def sign_in() -> str:
    """Phone or e-mail, and password."""
    return page("sign_in.html", cities=cities())


@blueprint.get("/sign-in/code")
def sign_in_code() -> str | AnyResponse:
    """The second step: the app's code, or a recovery code."""
    found = signed_in()
    if found is None or found.needs != "code":
        return redirect(own_page() or url_for("web.sign_in"))
    return page("sign_in_code.html")


@blueprint.get("/forgot")
def forgot() -> str:
    """A forgotten password: a code, and another password."""
    return page("forgot.html", cities=cities(), least_password=LEAST_PASSWORD)


@blueprint.get("/account")
def account() -> str | AnyResponse:
    """One's contacts, password, second factor and sessions; staff without a factor set it up here before all else."""
    found = signed_in()
    if found is None:
        return redirect(url_for("web.sign_in", next=request.path))
    if found.needs == "code":
        return redirect(url_for("web.sign_in_code", next=request.path))
    return page("account.html", policy=policy_of(found.city), least_password=LEAST_PASSWORD)


@blueprint.get("/enter")
def enter() -> str:
    """A one-time sign-in link; its token is in the fragment, which never reaches a server's log."""
    return page("enter.html")


@blueprint.get("/join")
def join() -> str:
    """An invitation: set the first password. Token in the fragment."""
    return page("join.html", least_password=LEAST_PASSWORD)


@blueprint.get("/register")
def register() -> str | AnyResponse:
    """A walker's account; somebody signed in goes on to their team."""
    found = signed_in()
    if found is not None:
        return redirect(url_for("web.team") if found.has("walker") and not found.needs else url_for("web.start"))
    known = cities()
    wanted = request.args.get("city") or (known[0].slug if known else None)
    city = next((city for city in known if city.slug == wanted), None)
    return page(
        "register.html",
        cities=known,
        city=city,
        policy=policy_of(city) if city else None,
        least_password=LEAST_PASSWORD,
    )


@blueprint.get("/team")
@for_roles("walker")
def team(found: Caller) -> str:
    """A walker's team: its dogs, its door and when it can walk."""
    policy = policy_of(found.city)
    return page("team.html", policy=policy)


@blueprint.get("/map")
@for_roles("coordinator", "admin")
def coordinator_map(found: Caller) -> str:
    """Tonight's plan on the streets."""
    policy = policy_of(found.city)
    today = now().astimezone(zone_of(found.city)).date()
    return page(
        "map.html",
        today=today.isoformat(),
        seconds={"evening": policy.planning.seconds, "week": policy.week.seconds},
        evening=policy.evening,
    )


@blueprint.get("/applicants")
@for_roles("coordinator", "admin")
def applicants(_found: Caller) -> str:
    """Teams and applicants: what each waits for, their papers, notes, spreadsheets in and out."""
    return page("applicants.html", states=KOREAN, columns=[BY_KEY[key] for key in ROSTER_FILE])


@blueprint.get("/screening")
@for_roles()
def screening(found: Caller) -> str:
    """A screening day: examiners score on their phones, coordinators make, fill and close it."""
    rubric = [*policy_of(found.city).screening.rubric]
    return page("screening.html", staff=found.has("coordinator", "admin"), rubric=rubric)


@blueprint.get("/staff")
@for_roles("admin", "coordinator")
def staff(found: Caller) -> str:
    """Who works here and who is on call; coordinators see the latter alone."""
    return page("staff.html", may_change=found.has("admin"))


@blueprint.get("/alerts")
@for_roles("officer")
def alerts(_found: Caller) -> str:
    """Sightings sent to the officer's box, live."""
    return page("alerts.html")


@blueprint.get("/walk")
@for_roles("walker")
def walk(found: Caller) -> str:
    """Tonight's walk, on a phone."""
    return page("walk.html", leash_m=policy_of(found.city).walk.leash_m)


def signed_in() -> Caller | None:
    """The caller, or None. A page is opened with its cookie alone."""
    return cast("Caller | None", g.get("caller"))


def own_page() -> str | None:
    """Address of the page of the caller's role."""
    found = signed_in()
    if found and found.needs:
        return url_for(UNFINISHED[found.needs])
    endpoint = next((page for role, page in PAGES.items() if found and found.has(role)), None)
    return url_for(endpoint) if endpoint else None


def language() -> str:
    """The page's language: what was chosen here, else the account's, else Korean."""
    chosen = cookie(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    found = signed_in()
    return found.language if found else LANGUAGES[0]


def cities() -> list[City]:
    """Every city, by name: somebody not signed in says which is theirs where there are several."""
    return list(City.select().order_by(City.name))


def page(template: str, **content: Any) -> str:
    """Render a page with what every page needs."""
    found, token = signed_in(), cookie()
    chosen = language()
    other = next(other for other in LANGUAGES if other != chosen)
    city = city_of(found.city) if found else None
    return render_template(
        template,
        caller=found,
        city_name=city.name if city else "",
        csrf=csrf_token(token) if found else "",
        language=chosen,
        other_language=other,
        in_other_language="?" + urlencode({**request.args, "language": other}),
        own_page=own_page(),
        say=lambda ko, en: ko if chosen == "ko" else en,
        zone=city.timezone if city else "UTC",
        **content,
    )
