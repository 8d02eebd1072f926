"""The inbox, this browser as a device, preferences, and the coordinators' deliveries."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect

from app import create_app
from config.database import transaction
from notifications.models import ChannelState, Delivery, Device, Message
from notifications.outbox import enqueue
from notifications.preferences import chosen
from notifications.templates import PUSH
from notifications.vapid import make_key
from tests.support.factories import make_person, settings_of
from tests.support.push_service import Browser
from tests.support.serving import serving
from tests.web.evening import PHONE

ENDPOINT = "https://fcm.googleapis.com/fcm/send/sample"
ALLOWED = {"permissions": ["notifications"]}


def tell(person, title, *, now, **given):
    words = {language: {"title": title, "body": f"{title}, in full."} for language in ("ko", "en")}
    with transaction():
        return enqueue(
            **{
                "city": person.city_id,
                "people": [person.id],
                "kind": "shift_offered",
                "words": words,
                "link": "/walk",
                "subject": None,
                "urgent": False,
                "dedupe_key": title,
                "now": now,
                **given,
            }
        )[0]


def subscribes(page):
    """No push service is reached from here: the browser's own call to it gives a subscription that is a sample."""
    keys = json.dumps(Browser().keys)
    page.context.add_init_script(f"""
        const sample = {{ on: localStorage.getItem("sample") === "on" }};
        sample.toJSON = () => ({{ endpoint: "{ENDPOINT}", keys: {keys} }});
        sample.unsubscribe = async () => {{ sample.on = false; }};
        PushManager.prototype.subscribe = async () => {{
          localStorage.setItem("sample", "on");
          sample.on = true;
          return sample;
        }};
        PushManager.prototype.getSubscription = async () => (sample.on ? sample : null);
    """)
    page.reload()


def test_messages_stand_there_newest_first_and_new_ones_come_by_themselves(visit, evening, now):
    tell(evening.walker, "A first one", now=now)
    page = visit("/inbox", evening.walker, **PHONE)
    expect(page.locator("#messages h2")).to_have_text(["A first one"])
    expect(page.locator("#link")).to_have_text("Live")
    tell(evening.walker, "An urgent one", urgent=True, link="", now=now + timedelta(seconds=1))
    expect(page.locator("#messages h2")).to_have_text(["An urgent one", "A first one"])
    expect(page.locator("#messages li").first).to_contain_text("Urgent")


@pytest.mark.slow
def test_a_message_is_read_by_opening_it_or_by_saying_so(visit, evening, now):
    said, opened = tell(evening.walker, "Say so", link="", now=now), tell(evening.walker, "Open it", now=now)
    page = visit("/inbox", evening.walker)
    page.get_by_role("listitem").filter(has_text="Say so").get_by_role("button", name="Mark read").click()
    expect(page.get_by_role("listitem").filter(has_text="Say so").get_by_text("New", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Open it").click()
    page.wait_for_url("**/walk")
    assert all(Message.get_by_id(each).read_at is not None for each in (said, opened))


@pytest.mark.slow
def test_earlier_messages_are_shown_on_demand(visit, evening, now):
    for number in range(53):
        tell(evening.walker, f"Message {number}", now=now)
    page = visit("/inbox", evening.walker)
    expect(page.locator("#messages > li")).to_have_count(50)
    page.get_by_role("button", name="Show earlier ones").click()
    expect(page.locator("#messages > li")).to_have_count(53)
    expect(page.get_by_role("button", name="Show earlier ones")).to_be_hidden()


@pytest.mark.slow
def test_an_empty_inbox_says_so_and_without_a_key_there_is_no_push(visit, evening):
    newcomer = make_person(evening.walker.city)
    page = visit("/inbox", newcomer)
    expect(page.get_by_text("No messages")).to_be_visible()
    expect(page.locator("#push-state")).to_have_text("This server sends no pushes to browsers.")
    expect(page.get_by_role("button", name="Turn on for this device")).to_be_hidden()


class TestPush:
    @pytest.fixture
    def site(self, database, tmp_path):
        """A server that sends web push."""
        make_key(tmp_path / "vapid.pem")
        with serving(create_app(settings_of(database, vapid_key=str(tmp_path / "vapid.pem")))) as address:
            yield address

    @pytest.mark.slow
    def test_permission_is_asked_for_on_a_press_only(self, visit, evening):
        page = visit("/inbox", evening.walker)
        subscribes(page)
        page.evaluate(
            "() => { window.asked = 0; Notification.requestPermission = async () => { asked += 1; return 'denied'; }; }"
        )
        button = page.get_by_role("button", name="Turn on for this device")
        expect(button).to_be_visible()
        assert page.evaluate("() => window.asked") == 0
        button.click()
        expect(button).to_be_enabled()
        assert page.evaluate("() => window.asked") == 1
        assert Device.select().count() == 0

    def test_a_browser_is_turned_on_listed_and_turned_off(self, visit, evening):
        page = visit("/inbox", evening.walker, **PHONE, **ALLOWED)
        subscribes(page)
        page.get_by_role("button", name="Turn on for this device").click()
        expect(page.locator("#push-state")).to_contain_text("On.")
        device = Device.get()
        assert (device.person, device.kind, device.address, device.language) == (
            evening.walker.id,
            "web_push",
            ENDPOINT,
            "en",
        )
        page.get_by_text("My devices").click()
        expect(page.locator("#devices li")).to_have_count(1)
        page.get_by_role("button", name="Turn off for this device").click()
        expect(page.locator("#push-state")).to_have_text("Off.")
        assert Device.select().count() == 0

    @pytest.mark.parametrize(("path", "who"), [("/walk", "walker"), ("/alerts", "officer")])
    @pytest.mark.slow
    def test_walkers_and_officers_are_offered_it_where_they_work(self, visit, evening, path, who):
        page = visit(path, getattr(evening, who), **ALLOWED)
        subscribes(page)
        offer = page.locator("#push-offer")
        offer.get_by_role("button", name="Turn on").click()
        expect(offer).to_be_hidden()
        assert Device.get().person == getattr(evening, who).id

    @pytest.mark.slow
    def test_it_is_offered_once_the_walk_stands_still(self, visit, evening):
        page = visit("/walk", evening.walker, **ALLOWED)
        subscribes(page)
        expect(page.locator("#push-offer")).to_be_visible()
        held = []

        def hold(route):
            held.append(route)

        page.route("**/api/v1/shifts?*", hold)
        page.reload()
        while not held:
            page.wait_for_timeout(20)
        page.wait_for_timeout(300)
        expect(page.locator("#push-offer")).to_be_hidden()
        held.pop().continue_()
        expect(page.locator("#push-offer")).to_be_visible()

    @pytest.mark.slow
    def test_once_declined_it_is_not_offered_again(self, visit, evening):
        page = visit("/alerts", evening.officer, **ALLOWED)
        subscribes(page)
        page.get_by_role("button", name="Not now").click()
        page.reload()
        expect(page.locator("#link")).to_have_text("Live")
        expect(page.locator("#push-offer")).to_be_hidden()

    def test_the_worker_shows_a_push_once_for_its_id(self, visit, evening, site):
        page = visit("/inbox", evening.walker, **ALLOWED)
        subscribes(page)
        page.get_by_role("button", name="Turn on for this device").click()
        expect(page.locator("#push-state")).to_contain_text("On.")
        browser = page.context.new_cdp_session(page)
        found = []
        browser.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
        browser.send("ServiceWorker.enable")
        while not found:
            page.wait_for_timeout(20)
        push = {
            "id": str(UUID(int=7)),
            "title": "You have a new message",
            "body": "Open it to read.",
            "urgent": False,
            "count": 1,
        }
        for _ in range(2):
            browser.send(
                "ServiceWorker.deliverPushMessage",
                {"origin": site, "registrationId": found[0]["registrationId"], "data": json.dumps(push)},
            )
        shown = """async () => {
            const worker = await navigator.serviceWorker.ready;
            return (await worker.getNotifications()).map(({ tag, title }) => [tag, title]);
        }"""
        while not page.evaluate(shown):
            page.wait_for_timeout(20)
        assert page.evaluate(shown) == [[push["id"], push["title"]]]


def test_preferences_are_shown_changed_and_kept(visit, evening):
    page = visit("/inbox", evening.walker, **PHONE)
    page.get_by_text("How to be told").click()
    form = page.locator("#choice")
    expect(form.get_by_label("From")).to_have_value("23:00")
    form.get_by_label("Push").nth(1).uncheck()
    form.get_by_label("Only what is urgent").uncheck()
    form.get_by_label("Gather for").fill("0")
    form.get_by_label("Pushes a week").fill("")
    form.get_by_label("Language of pushes").select_option("en")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.").first).to_be_visible()
    held = chosen({evening.walker.id: evening.walker.city_id})[evening.walker.id]
    assert (held.quiet_from, held.bundle_min, held.weekly_budget, held.language) == (None, 0, None, "en")
    assert not held.wants("shift_offered", "fcm")
    assert held.wants("sighting", "web_push")


@pytest.mark.slow
def test_a_wrong_preference_is_said_beside_its_field(visit, evening):
    page = visit("/inbox", evening.walker)
    page.get_by_text("How to be told").click()
    page.get_by_label("Gather for").fill("500")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#choice .wrong")).to_have_count(1)


def test_coordinators_see_what_is_down_what_failed_and_why(visit, evening, now):
    message = tell(evening.walker, "Not to be seen", urgent=True, now=now)
    Delivery.create(
        message=message,
        channel="email",
        address="secret@example.org",
        state="failed",
        reason="refused",
        attempts=3,
        due_at=now,
        settled_at=now,
    )
    ChannelState.create(channel="fcm", down_since=now, down_because="unavailable", allowance=1, counted_at=now)
    page = visit("/deliveries", evening.coordinator)
    expect(page.locator("#outages")).to_contain_text("Phone push is out of order")
    expect(page.locator("#list li")).to_contain_text(["The other server refused it"])
    expect(page.locator("#list li")).to_contain_text(["tried 3 times"])
    expect(page.locator("#texts li")).to_have_count(len(PUSH))
    text = page.locator("main").inner_text()
    assert "Not to be seen" not in text
    assert "secret@example.org" not in text
    page.get_by_label("Show").select_option("waiting")
    expect(page.locator("#list-title")).to_have_text("Waiting")


def test_the_worker_stands_where_it_serves_every_page_and_is_never_stale(visit, evening):
    page = visit("/inbox", evening.walker)
    answer = page.request.get("/sw.js")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["content-type"].startswith("text/javascript")
