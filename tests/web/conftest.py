"""Pages served for real and opened in a browser that must not complain."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from patrol.http.api import COOKIE
from patrol.people.models import Person
from patrol.places.models import City
from tests.support.factories import make_city, site_of, token_of
from tests.support.serving import serving
from tests.support.timezones import zone_before_evening
from tests.web.evening import Evening, make_evening

Visit = Callable[..., Page]
PATIENCE_MS = 20_000
"""No promise of a page: on a busy machine a large one takes long, and only a failing test waits as long."""

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def now() -> datetime:
    """The browser has its own clock, so pages are tried at the time that it is."""
    return datetime.now(UTC)


@pytest.fixture
def city(database: str, now: datetime) -> City:
    """Busan, empty, and where its evening is still ahead."""
    return make_city(timezone=zone_before_evening(now))


@pytest.fixture
def evening(database: str, now: datetime) -> Evening:
    return make_evening(now)


@pytest.fixture
def site(database: str) -> Iterator[str]:
    """Address of the whole application on this test's database."""
    with serving(site_of(database)) as address:
        yield address


@pytest.fixture
def visit(site: str, browser: Browser, now: datetime) -> Iterator[Visit]:
    """Open a page: `visit("/map", person)`, in a fresh browser, in English unless asked otherwise.

    At the end no page may have complained: no error of a script, nothing refused by the content policy, no answer
    with an error status that the test does not expect (`expects`).
    """
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def open_page(
        path: str, person: Person | None = None, *, language: str = "en", expects: tuple[int, ...] = (), **options: Any
    ) -> Page:
        context = browser.new_context(base_url=site, locale="ko-KR", **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        cookies = {"patrol_language": language}
        if person is not None:
            cookies[COOKIE] = token_of(person, now=now)
        context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
        page = context.new_page()
        _listen(page, complaints, expects=expects)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # what a test still holds would fail in the next one
        context.close()
    assert complaints == []


def _listen(page: Page, complaints: list[str], *, expects: tuple[int, ...]) -> None:
    """Note what the page complains of. A bad status is noted from the answer; the console's echo of it is not."""

    def answered(answer: Response) -> None:
        if answer.status >= 400 and answer.status not in expects:
            complaints.append(f"{answer.status} {answer.url}")

    def said(message: Any) -> None:
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    page.on("response", answered)
    page.on("console", said)
    page.on("pageerror", lambda error: complaints.append(str(error)))
