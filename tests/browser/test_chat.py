"""The chat and the phone simulator in a real browser: keyboard, bad connections, ways out."""

import time
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import update

from bot.service.channels.webchat import sessions
from bot.service.clock import machine_now
from bot.service.logic.conversations import find_or_start
from bot.service.models import ChatSession, Conversation, Outbound
from bot.shared.codebook import Channel
from tests.browser.chat_server import QUESTION, SCALE, Service

pytestmark = [
    pytest.mark.browser,
    # What a browser shows does not depend on the database.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

CHILD_WROTE = "hun lyttede, men de andre talte hele tiden"
POSTS = "**/chat/api/beskeder"


def test_link_button_words_and_reply(chat: Page, service: Service) -> None:
    assert chat.url == f"{service.url}/chat/samtale"

    chat.get_by_role("button", name="Godt", exact=True).click()
    expect(chat.locator(".yours")).to_have_text(["Du skrev: Godt"])
    expect(chat.get_by_role("group", name="Svar med et tryk")).to_be_hidden()
    service.say("Hvad var godt?", step="spoergsmaal")
    expect(chat.locator(".ours").last).to_have_text("Eksempel Kommune skriver: Hvad var godt?")
    chat.get_by_label("Skriv med dine egne ord").fill(CHILD_WROTE)
    chat.get_by_role("button", name="Send").click()

    expect(chat.locator(".yours").last).to_have_text(f"Du skrev: {CHILD_WROTE}")
    expect(chat.get_by_label("Skriv med dine egne ord")).to_have_value("")
    assert service.written()[1:] == [CHILD_WROTE]


def test_by_keyboard_alone(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/chat")
    page.keyboard.press("Tab")
    page.keyboard.type(service.code.upper())
    page.keyboard.press("Enter")
    page.wait_for_url("**/chat/samtale")
    service.ask()
    expect(page.get_by_role("button", name="Rigtig godt")).to_be_visible()

    reached = []
    for _ in range(10):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText || document.activeElement.id"))

    assert reached[:8] == ["Luk og ryd", "Skjul", *(words for _, words, _ in SCALE)]
    assert reached[8:] == ["text", "Send"]


def test_focus_stays_in_the_field_after_sending(chat: Page, service: Service) -> None:
    field = chat.get_by_label("Skriv med dine egne ord")
    field.fill("hej")
    chat.get_by_role("button", name="Send").click()

    expect(chat.locator(".yours")).to_have_count(1)
    expect(field).to_be_focused()


def test_a_pressed_button_hands_the_focus_to_the_conversation(chat: Page) -> None:
    chat.get_by_role("button", name="Godt", exact=True).press("Enter")

    expect(chat.get_by_role("log")).to_be_focused()


def test_a_wrong_code_is_said_kindly_and_the_field_is_ready(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/chat")
    page.get_by_label("Din kode").fill("zzzzzzzzzz")
    page.get_by_role("button", name="Gå i gang").click()

    expect(page.get_by_role("alert")).to_have_text(service.context.texts.say("kode_ukendt"))
    expect(page.get_by_label("Din kode")).to_be_focused()
    expect(page.get_by_label("Din kode")).to_have_value("")


def test_words_survive_a_bad_connection_and_come_once(chat: Page, service: Service) -> None:
    posts: list[str] = []

    def fail_twice(route: Route) -> None:
        """The first post is lost on its way, the answer to the second on the way back."""
        posts.append(route.request.post_data_json["id"])
        if len(posts) == 1:
            route.abort()
        elif len(posts) == 2:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    chat.route(POSTS, fail_twice)
    chat.get_by_label("Skriv med dine egne ord").fill(CHILD_WROTE)
    chat.get_by_role("button", name="Send").click()

    expect(chat.get_by_text("Det er ikke sendt endnu.")).to_be_visible()
    expect(chat.get_by_label("Skriv med dine egne ord")).to_have_value(CHILD_WROTE)
    expect(chat.get_by_label("Skriv med dine egne ord")).to_have_value("")
    expect(chat.locator(".yours")).to_have_count(1)
    assert len(set(posts)) == 1
    assert service.written() == [CHILD_WROTE]


def test_words_stay_when_the_service_asks_to_wait(chat: Page, service: Service) -> None:
    chat.route(POSTS, lambda route: route.fulfill(status=429, json={"error": "too_many"}))
    chat.get_by_label("Skriv med dine egne ord").fill(CHILD_WROTE)
    chat.get_by_role("button", name="Send").click()
    expect(chat.get_by_text("Det går stærkt!")).to_be_visible()
    expect(chat.get_by_label("Skriv med dine egne ord")).to_have_value(CHILD_WROTE)

    chat.unroute(POSTS)
    chat.get_by_role("button", name="Send").click()

    expect(chat.locator(".yours")).to_have_count(1)
    assert service.written() == [CHILD_WROTE]


def test_a_button_can_be_pressed_again_after_trouble(chat: Page, service: Service) -> None:
    chat.route(POSTS, lambda route: route.fulfill(status=429, json={"error": "too_many"}))
    chat.get_by_role("button", name="Godt", exact=True).click()
    expect(chat.get_by_text("Det går stærkt!")).to_be_visible()

    chat.unroute(POSTS)
    chat.get_by_role("button", name="Godt", exact=True).click()

    expect(chat.locator(".yours")).to_have_text(["Du skrev: Godt"])
    assert len(service.written()) == 1


def test_room_is_counted_near_the_end_and_nothing_is_cut_off(chat: Page, service: Service) -> None:
    field = chat.get_by_label("Skriv med dine egne ord")
    field.fill("a" * 1799)
    expect(chat.locator("#room")).to_have_text("")
    field.fill("a" * 1800)
    expect(chat.locator("#room")).to_have_text("Der er plads til 200 tegn mere.")
    field.fill("a" * 2001)
    expect(chat.locator("#room")).to_have_text("Det er 1 tegn for langt. Send det i to stykker.")

    chat.get_by_role("button", name="Send").click()

    expect(field).to_have_value("a" * 2001)
    assert service.written() == []


def test_blank_words_are_not_sent(chat: Page, service: Service) -> None:
    chat.get_by_label("Skriv med dine egne ord").fill("  \n ")
    chat.get_by_role("button", name="Send").click()

    expect(chat.locator(".yours")).to_have_count(0)
    assert service.written() == []


def test_what_is_written_is_shown_as_words_never_as_a_page(chat: Page) -> None:
    chat.get_by_label("Skriv med dine egne ord").fill("<img src=x onerror=alert(1)>")
    chat.get_by_role("button", name="Send").click()

    expect(chat.locator(".yours")).to_have_text("Du skrev: <img src=x onerror=alert(1)>")


def test_close_leaves_nothing_behind(chat: Page, service: Service) -> None:
    chat.get_by_role("button", name="Godt", exact=True).click()
    expect(chat.locator(".yours")).to_have_count(1)
    chat.get_by_role("button", name="Luk og ryd").click()

    chat.wait_for_url("**/chat/lukket")
    expect(chat.get_by_role("heading", name="Siden er lukket")).to_be_visible()
    assert chat.evaluate("localStorage.length + sessionStorage.length") == 0
    assert chat.context.cookies() == []
    chat.goto(f"{service.url}/chat/samtale")
    expect(chat.get_by_label("Din kode")).to_be_visible()


def test_going_back_does_not_bring_the_chat_back(chat: Page) -> None:
    chat.get_by_role("button", name="Luk og ryd").click()
    chat.wait_for_url("**/chat/lukket")
    chat.go_back()

    assert QUESTION not in chat.content()


def test_hide_leaves_at_once_for_another_page_and_ends_the_visit(chat: Page, service: Service) -> None:
    chat.route("https://www.dmi.dk/", lambda route: route.fulfill(body="Vejret", content_type="text/html"))

    chat.get_by_role("link", name="Skjul").click()

    chat.wait_for_url("https://www.dmi.dk/")
    chat.go_back()
    assert "/chat" not in chat.url  # the other page stands in the chat's place
    deadline = time.monotonic() + 5
    while service.visits() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert service.visits() == 0


def test_a_visit_that_is_over_empties_the_page_but_keeps_unsent_words(chat: Page, service: Service) -> None:
    chat.get_by_label("Skriv med dine egne ord").fill("jeg var ved at skrive")
    with service.context.database.write() as session:
        session.execute(update(ChatSession).values(seen_at=machine_now() - sessions.IDLE - timedelta(minutes=1)))

    expect(chat.get_by_text("Siden var stille længe")).to_be_visible()
    assert QUESTION not in chat.content()
    expect(chat.get_by_label("Skriv med dine egne ord")).to_have_value("jeg var ved at skrive")
    expect(chat.get_by_role("link", name="Skriv din kode igen")).to_be_visible()


def test_a_tablet_asks_then_empties_itself(page: Page, service: Service) -> None:
    page.clock.install()
    page.goto(f"{service.url}/chat/{service.code}?tablet=1")
    question = page.get_by_text("Er du her stadig?")
    page.clock.fast_forward(44_000)
    expect(question).to_be_hidden()
    page.clock.fast_forward(2_000)
    expect(question).to_be_visible()
    page.get_by_role("button", name="Ja, jeg er her").click()
    expect(question).to_be_hidden()

    page.clock.fast_forward(61_000)

    page.wait_for_url("**/chat/lukket")
    expect(page.get_by_role("link", name="Skriv en kode")).to_be_visible()


def test_without_javascript_it_says_what_to_do(chromium: Browser, service: Service) -> None:
    browser = chromium.new_context(java_script_enabled=False)
    page = browser.new_page()
    page.goto(f"{service.url}/chat/{service.code}")

    expect(page.get_by_text("JavaScript slået fra")).to_be_visible()
    expect(page.get_by_role("textbox")).to_be_hidden()  # words written into it would go nowhere
    expect(page.get_by_role("link", name="Skjul")).to_be_visible()
    browser.close()


def test_the_phone_answers_and_shows_what_came(page: Page, service: Service) -> None:
    number = "+4500000011"
    page.goto(f"{service.url}/phone")
    page.get_by_label("Telefonens nummer").fill("00 00 00 11")
    page.get_by_role("button", name="Vis").click()
    expect(page.get_by_text("Der er ingen sms'er")).to_be_visible()

    page.get_by_label("Sms", exact=True).fill("JA")
    page.get_by_label("Sms", exact=True).press("Enter")
    expect(page.locator(".yours .text")).to_have_text(["Telefonen: JA"])
    send_sms(service, number, "a" * 161)

    expect(page.locator(".ours .text")).to_have_text([f"Eksempel Kommune: {'a' * 161}"])
    expect(page.locator(".ours .cost")).to_contain_text("GSM-7 · 2 sms'er")
    expect(page.get_by_role("button", name="+45 00 00 00 11")).to_have_attribute("aria-pressed", "true")


def send_sms(service: Service, number: str, text: str) -> None:
    now = service.context.clock.advance(1)
    with service.context.database.write() as session:
        conversation: Conversation = find_or_start(session, service.context, Channel.SMS, number)
        row = Outbound(conversation_id=conversation.id, kind="svar", text=text, buttons=[], state="handed_over")
        row.created_at = row.next_try_at = now
        session.add(row)
