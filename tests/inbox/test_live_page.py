"""web/static/live.js in a real browser, against the real endpoints."""

from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Response, send_file

from patrol.http.api import COOKIE
from tests.support.inbox_app import Sessions, make_app, streaming
from tests.support.messages import happen
from tests.support.serving import serving

SCRIPTS = Path(__file__).parents[2] / "web" / "static"
FREE = {"Content-Security-Policy": "default-src 'self' 'unsafe-inline'"}
PAGE = """<!doctype html><title>live</title><ol id="events"></ol><ol id="states"></ol>
<script type="module">
import { follow } from "/live.js";
const show = (list, text) => {
  document.querySelector(list).append(Object.assign(document.createElement("li"), { textContent: text }));
};
follow({
  onEvent: ({ kind, content }) => {
    show("#events", kind === "reset" ? "reset" : `${kind} ${content.number}`);
    if (content.number === 13) throw new Error("a mistake of the page's own");
  },
  onState: (state) => show("#states", state),
});
</script>"""


class Opened:
    """The page in a browser, signed in as `person`."""

    def __init__(self, page, app, sessions, person, token):
        self.page, self.app, self.sessions, self.person, self.token = page, app, sessions, person, token

    def shown(self, listing):
        return self.page.locator(f"#{listing} li").all_text_contents()

    def wait_for(self, text, *, times=1):
        self.page.get_by_text(text, exact=True).nth(times - 1).wait_for()


@contextmanager
def opened(browser, *, taken=0, **options):
    """The page, open; `taken` streams are somebody else's, and are closed by calling `leave`."""
    sessions, person = Sessions(), uuid4()
    token = sessions.sign_in(person)
    app = make_app(sessions, **options)
    app.add_url_rule("/", "page", lambda: Response(PAGE, headers=FREE, mimetype="text/html"))
    app.add_url_rule("/<name>.js", "script", lambda name: send_file(SCRIPTS / f"{name}.js", mimetype="text/javascript"))
    with serving(app) as url, ExitStack() as held, ExitStack() as others:
        for _ in range(taken):
            others.enter_context(streaming(url, sessions.sign_in(uuid4())))
        context = browser.new_context()
        held.callback(context.close)
        context.add_cookies([{"name": COOKIE, "value": token, "url": url}])
        it = Opened(context.new_page(), app, sessions, person, token)
        it.leave = others.close
        it.page.goto(url)
        it.wait_for("reset")
        yield it


def test_a_page_shows_what_happens_in_order_and_once_whatever_its_own_mistakes(database, browser):
    with opened(browser) as it:
        for number in (1, 13, 2):
            happen(it.person, number=number)
        it.wait_for("plan 2")
        assert it.shown("events") == ["reset", "plan 1", "plan 13", "plan 2"]
        assert it.shown("states") == ["live"]


def test_a_page_whose_stream_breaks_takes_it_up_again_and_misses_nothing(database, browser):
    with opened(browser) as it:
        happen(it.person, number=1)
        it.wait_for("plan 1")
        it.app.extensions["streams"].close()
        it.wait_for("waiting")
        happen(it.person, number=2)
        it.wait_for("plan 2")
        assert it.shown("events") == ["reset", "plan 1", "plan 2"]
        assert it.shown("states") == ["live", "waiting", "live"]


@pytest.mark.slow
def test_a_page_without_a_place_polls_and_goes_live_when_one_is_free(database, browser):
    with opened(browser, taken=1, limit=1, heartbeat_s=1.0) as it:
        happen(it.person, number=1)
        it.wait_for("plan 1")
        assert it.shown("states") == ["polling"]
        it.leave()
        it.wait_for("live")
        happen(it.person, number=2)
        it.wait_for("plan 2")
        assert it.shown("events") == ["reset", "plan 1", "plan 2"]


@pytest.mark.slow
def test_a_page_whose_session_is_revoked_says_so_and_asks_no_more(database, browser):
    with opened(browser, heartbeat_s=0.2) as it:
        it.sessions.revoke(it.token)
        it.wait_for("signed-out")
        assert it.shown("states")[-1] == "signed-out"
