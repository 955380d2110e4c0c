"""News that comes by itself: over the stream, without it, and when the line is cut; and what it must not leave behind."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Request, expect
from sqlalchemy import select, update

from bot.service.channels.webchat.history import TYPING_FOR
from bot.service.channels.webchat.outbound import WebchatSender
from bot.service.clock import machine_now
from bot.service.logic import accounts
from bot.service.message_path import outbox
from bot.service.models import Case, Inbound
from bot.service.models.words import StaffRole
from bot.shared.codebook import Channel
from tests.browser.chat_server import Service
from tests.browser.cut_line import CutLine
from tests.browser.desk_server import PASSWORD

pytestmark = [
    pytest.mark.browser,
    # What a browser shows does not depend on the database.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

STREAM = "**/chat/api/stroem*"
LINE = "Jeg læser, hvad du skriver. Er du et sted, hvor du er tryg?"
CHILD_WROTE = "hun lyttede, men de andre talte hele tiden"
STORED_ON_THE_DEVICE = """async () => ({
    local: localStorage.length, session: sessionStorage.length, cookies: document.cookie, state: history.state,
    databases: (await indexedDB.databases()).length, workers: (await navigator.serviceWorker?.getRegistrations() ?? []).length,
    caches: (await globalThis.caches?.keys() ?? []).length, name: window.name,
})"""
NOTHING = {
    "local": 0, "session": 0, "cookies": "", "state": None, "databases": 0, "workers": 0, "caches": 0, "name": "",
}  # fmt: skip


def field(page: Page) -> Locator:
    return page.get_by_label("Skriv med dine egne ord")


def asked(page: Page) -> list[Request]:
    """The requests of the page from now on."""
    found: list[Request] = []
    page.on("request", lambda request: found.append(request))
    return found


def test_a_line_comes_live_over_the_stream(page: Page, service: Service) -> None:
    with page.expect_response(STREAM) as opened:
        page.goto(f"{service.url}/chat/{service.code}")
    assert opened.value.headers["content-type"].startswith("text/event-stream")
    requests = asked(page)
    service.ask()
    expect(page.get_by_role("button", name="Rigtig godt")).to_be_visible()

    service.say(LINE, kind="medarbejder")

    expect(page.locator(".human")).to_have_text(f"En medarbejder skriver: {LINE}")
    expect(page.get_by_role("button", name="Rigtig godt")).to_be_visible()  # the question stays open
    assert [request.url for request in requests] == []


@pytest.mark.parametrize("trouble", ["cut off", "refused", "no events"])
def test_without_the_stream_the_page_asks_again_and_again(page: Page, service: Service, trouble: str) -> None:
    if trouble == "cut off":
        page.route(STREAM, lambda route: route.abort())
    elif trouble == "refused":
        page.route(STREAM, lambda route: route.fulfill(status=429, json={"error": "too_many"}))
    else:  # a proxy that ends the answer before the first event
        page.route(STREAM, lambda route: route.fulfill(status=200, body="", content_type="text/event-stream"))
    page.goto(f"{service.url}/chat/{service.code}")
    service.say("Hej!")
    expect(page.get_by_text("Hej!")).to_be_visible()

    service.say(LINE, kind="medarbejder")

    expect(page.locator(".human")).to_have_text(f"En medarbejder skriver: {LINE}")


def test_a_stream_that_is_held_back_is_given_up_for_asking(page: Page, service: Service) -> None:
    """As behind a proxy that keeps what we say until we have said all."""
    page.add_init_script(
        """const real = window.fetch;
        window.fetch = (address, options) => address.includes("stroem")
            ? new Promise((_, refuse) => options.signal.addEventListener("abort", () => refuse(new Error("given up"))))
            : real(address, options);"""
    )
    page.goto(f"{service.url}/chat/{service.code}")
    service.say("Hej!")
    expect(page.get_by_text("Hej!")).to_be_visible()

    service.say(LINE, kind="medarbejder")

    expect(page.locator(".human")).to_be_visible(timeout=12_000)


@pytest.fixture
def line(service: Service) -> Iterator[CutLine]:
    line = CutLine(urlsplit(service.url).port or 0)
    yield line
    line.close()


def test_a_line_cut_in_mid_send_loses_nothing_and_doubles_nothing(page: Page, service: Service, line: CutLine) -> None:
    page.goto(f"{line.url}/chat/{service.code}")
    service.ask()
    expect(page.get_by_role("button", name="Rigtig godt")).to_be_visible()
    line.cut_at_the_next_answer_to_a_post()
    field(page).fill(CHILD_WROTE)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Det er ikke sendt endnu.")).to_be_visible()
    service.say("Sagt, mens forbindelsen var væk")
    expect(field(page)).to_have_value(CHILD_WROTE)

    line.mend()

    expect(field(page)).to_have_value("")
    expect(page.get_by_text("Sagt, mens forbindelsen var væk")).to_be_visible(timeout=12_000)
    expect(page.locator(".yours")).to_have_text([f"Du skrev: {CHILD_WROTE}"])
    assert service.written() == [CHILD_WROTE]
    service.say(LINE, kind="medarbejder")
    expect(page.locator(".human")).to_have_count(1)


def test_a_press_whose_answer_is_lost_counts_once(page: Page, service: Service, line: CutLine) -> None:
    page.goto(f"{line.url}/chat/{service.code}")
    service.ask()
    line.cut_at_the_next_answer_to_a_post()
    page.get_by_role("button", name="Rigtig godt").click()
    expect(page.get_by_text("Det er ikke sendt endnu.")).to_be_visible()

    line.mend()

    expect(page.locator(".yours")).to_have_text(["Du skrev: Rigtig godt"])
    expect(page.get_by_role("group", name="Svar med et tryk")).to_be_hidden()
    assert len(service.written()) == 1


def test_a_cut_line_is_said_and_what_came_meanwhile_is_shown_once(page: Page, service: Service, line: CutLine) -> None:
    page.goto(f"{line.url}/chat/{service.code}")
    service.ask()
    expect(page.get_by_role("button", name="Rigtig godt")).to_be_visible()

    line.cut()
    expect(page.get_by_text("Der er ikke forbindelse lige nu.")).to_be_visible()
    service.say(LINE, kind="medarbejder")
    line.mend()

    expect(page.locator(".human")).to_have_count(1, timeout=12_000)
    expect(page.get_by_text("Der er ikke forbindelse lige nu.")).to_be_hidden()
    expect(page.locator(".ours")).to_have_count(2)


def test_while_an_answer_is_made_the_page_says_that_somebody_writes(chat: Page, service: Service) -> None:
    service.answered()
    typing = chat.get_by_text("Skriver …")
    expect(typing).to_be_hidden()
    field(chat).fill(CHILD_WROTE)
    chat.get_by_role("button", name="Send").click()
    expect(typing).to_be_visible()

    service.answered()
    service.say("Tak for det.")

    expect(chat.get_by_text("Tak for det.")).to_be_visible()
    expect(typing).to_be_hidden()


def test_nobody_is_shown_an_answer_that_does_not_come(chat: Page, service: Service) -> None:
    field(chat).fill(CHILD_WROTE)
    chat.get_by_role("button", name="Send").click()
    expect(chat.get_by_text("Skriver …")).to_be_visible()

    with service.context.database.write() as session:  # the engine is down, and half a minute goes by
        session.execute(update(Inbound).values(arrived_at=machine_now() - TYPING_FOR))
    service.say("Noget andet")  # so that the page is told anew

    expect(chat.get_by_text("Noget andet")).to_be_visible()
    expect(chat.get_by_text("Skriver …")).to_be_hidden()


def test_opened_again_it_shows_the_next_question_only(chat: Page, service: Service, chromium: Browser) -> None:
    field(chat).fill(CHILD_WROTE)
    chat.get_by_role("button", name="Send").click()
    expect(chat.locator(".yours")).to_have_count(1)
    service.answered()
    service.say("Hvad var godt?", buttons=(("spring_over", "Spring over", "spring_over"),), step="spoergsmaal")
    expect(chat.get_by_text("Hvad var godt?")).to_be_visible()
    other = chromium.new_page()

    other.goto(f"{service.url}/chat/{service.code}")

    expect(other.locator(".bubble:visible")).to_have_text(["Eksempel Kommune skriver: Hvad var godt?"])
    other.close()


def test_nothing_stays_on_the_device(chat: Page, service: Service) -> None:
    field(chat).fill(CHILD_WROTE)
    chat.get_by_role("button", name="Send").click()
    expect(chat.locator(".yours")).to_have_count(1)
    service.say(LINE, kind="medarbejder")
    expect(chat.locator(".human")).to_be_visible()
    field(chat).fill("noget, der ikke er sendt")

    assert chat.evaluate(STORED_ON_THE_DEVICE) == NOTHING
    kept = [(cookie["name"], cookie["httpOnly"], cookie["expires"]) for cookie in chat.context.cookies()]
    assert kept == [("samtale", True, -1)]  # of this visit alone; no script reads it, and it goes with the browser


def test_no_browser_fills_in_again_what_was_typed(chat: Page, service: Service) -> None:
    field(chat).fill("noget, der ikke er sendt")
    chat.reload()
    expect(field(chat)).to_have_value("")
    field(chat).fill("heller ikke sendt")
    chat.goto(f"{service.url}/chat/lukket")
    chat.go_back()

    expect(field(chat)).to_have_value("")
    expect(chat.get_by_text("heller ikke sendt")).to_have_count(0)


def test_nothing_is_asked_of_third_parties(page: Page, service: Service) -> None:
    requests = asked(page)
    page.goto(f"{service.url}/chat")
    page.get_by_label("Din kode").fill(service.code)
    page.get_by_role("button", name="Gå i gang").click()
    service.ask()
    page.get_by_role("button", name="Godt", exact=True).click()
    service.say(LINE, kind="medarbejder")
    expect(page.locator(".human")).to_be_visible()
    page.get_by_role("button", name="Luk og ryd").click()
    page.wait_for_url("**/chat/lukket")

    assert {urlsplit(request.url).netloc for request in requests} == {urlsplit(service.url).netloc}
    assert any("/api/stroem" in request.url for request in requests)
    assert not any(service.code in request.url for request in requests)


def test_title_address_and_icon_tell_nothing(chat: Page, service: Service) -> None:
    assert chat.title() == "Eksempel Kommune"
    assert urlsplit(chat.url).path == "/chat/samtale"
    icon = chat.request.get(f"{service.url}/chat/static/icon.svg").text()
    assert "<text" not in icon
    assert "<title" not in icon


def test_after_the_time_to_answer_the_card_leads_to_a_closed_page(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/chat/{service.code}")
    page.get_by_role("button", name="Luk og ryd").click()
    page.wait_for_url("**/chat/lukket")
    service.context.clock.advance(7 * 24 * 3600)

    page.goto(f"{service.url}/chat/{service.code}")

    assert urlsplit(page.url).path == "/chat/slut"
    expect(page.get_by_role("heading", name="Siden er lukket")).to_be_visible()
    expect(page.get_by_text("Brug for hjælp nu? Ring 112.")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)


def test_what_a_handler_writes_at_the_desk_stands_in_the_childs_chat_and_the_answer_in_the_case(
    chat: Page, service: Service, chromium: Browser
) -> None:
    """From desk to chat and back, through the real door and outbox; only the engine is left out."""
    service.answered()
    field(chat).fill("jeg tør ikke gå hjem i dag, han slår mig")
    chat.get_by_role("button", name="Send").click()
    expect(chat.locator(".yours")).to_have_count(1)
    with service.context.database.write() as session:
        case_id = session.scalars(select(Case.id).where(Case.kind == "bekymring")).one()
        accounts.create_user(session, "anna", "Anna Holm", PASSWORD, StaffRole.HANDLER, None)
    desk = chromium.new_page()
    desk.goto(f"{service.url}/desk/sager/{case_id}")
    desk.get_by_label("Brugernavn").fill("anna")
    desk.get_by_label("Adgangskode").fill(PASSWORD)
    desk.get_by_role("button", name="Log ind").click()
    expect(desk.get_by_text("Chatten er åben hos den, der skrev.")).to_be_visible()
    desk.get_by_role("button", name="Kvittér").click()

    desk.get_by_label("Skriv i chatten").fill(LINE)
    desk.get_by_role("button", name="Send i chatten").click()
    expect(desk.get_by_text("Det er på vej til chatten.")).to_be_visible()
    send_all(service)

    expect(chat.locator(".human")).to_have_text(f"En medarbejder skriver: {LINE}")
    field(chat).fill("jeg er hos min ven")
    chat.get_by_role("button", name="Send").click()
    expect(desk.get_by_text("jeg er hos min ven")).to_be_visible(timeout=12_000)
    expect(desk.get_by_text("Anna Holm skrev i chatten").last).to_contain_text("sendt")
    findings = Axe().run(desk, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert findings.violations_count == 0, findings.generate_report()
    desk.close()


def send_all(service: Service) -> None:
    """What the worker's outbox loop does."""
    senders = {Channel.WEBCHAT: WebchatSender()}
    while (claimed := outbox.claim_next(service.context, senders)) is not None:
        outbox.send(service.context, senders, claimed)
