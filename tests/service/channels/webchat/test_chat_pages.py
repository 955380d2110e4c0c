"""Opening a chat by link and by code, and leaving it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from bot.service.channels.webchat import sessions
from bot.service.channels.webchat.routes import webchat_router
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.models import ChatSession, Inbound, Interview, Participant

PAGES = ("/chat", "/chat/lukket", "/chat/slut", "/chat/samtale", "/chat/zzzzzzzzzz")


def test_a_link_opens_the_chat_and_leaves_no_code_in_the_address(browser: TestClient, code: str) -> None:
    answer = browser.get(f"/chat/{code}", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/chat/samtale")
    assert code not in answer.headers["set-cookie"]
    assert browser.get("/chat/samtale").status_code == 200


def test_a_typed_code_opens_the_chat_however_it_is_typed(browser: TestClient, code: str) -> None:
    typed = f" {code[:5].upper()}-{code[5:]} "

    answer = browser.post("/chat", data={"kode": typed}, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/chat/samtale")


def test_opening_is_told_to_the_door_once(browser: TestClient, code: str, context: Context) -> None:
    browser.get(f"/chat/{code}")
    browser.get("/chat/samtale")

    with context.database.read() as session:
        events = session.execute(select(Inbound.kind, Inbound.provider_id)).all()
        token_hash = session.scalar(select(ChatSession.token_hash))
    assert events == [("aabnet", f"open:{token_hash[:32]}")]


def test_the_cookie_is_for_this_session_and_no_script(browser: TestClient, code: str) -> None:
    cookie = browser.get(f"/chat/{code}", follow_redirects=False).headers["set-cookie"]

    attributes = [part.strip() for part in cookie.split(";")[1:]]
    assert attributes == ["HttpOnly", "Path=/chat", "SameSite=lax"]


def test_the_cookie_is_secure_where_the_service_is(context: Context, code: str) -> None:
    app = FastAPI()
    secure = replace(context, settings=replace(context.settings, public_url="https://svar.example.dk"))
    app.include_router(webchat_router(secure))

    answer = TestClient(app).get(f"/chat/{code}", follow_redirects=False)

    assert "Secure" in answer.headers["set-cookie"].split("; ")


def test_a_wrong_and_an_expired_code_get_the_same_page(
    new_browser: Callable[[], TestClient], code: str, context: Context
) -> None:
    wrong = new_browser().get("/chat/zzzzzzzzzz")
    with context.database.write() as session:
        session.execute(update(Participant).values(code_expires_at=context.clock.now() - timedelta(seconds=1)))
    expired = new_browser().get(f"/chat/{code}")

    assert (wrong.status_code, expired.status_code) == (404, 404)
    assert wrong.text == expired.text
    assert context.texts.say("kode_ukendt") in wrong.text


@pytest.mark.parametrize("code", ["", "%00", "a" * 5000, "<script>", "%F0%9F%98%A2"])
def test_odd_codes_are_only_wrong(browser: TestClient, code: str) -> None:
    answer = browser.post("/chat", content=f"kode={code}")

    assert answer.status_code == 404
    assert "<script>" not in answer.text.partition("<body")[2]


def test_the_eleventh_try_waits_even_with_the_right_code(browser: TestClient, code: str) -> None:
    tries = [browser.post("/chat", data={"kode": "zzzzzzzzzz"}).status_code for _ in range(10)]

    assert tries == [404] * 10
    assert browser.get(f"/chat/{code}").status_code == 429


def test_right_codes_are_not_counted(browser: TestClient, code: str) -> None:
    assert [browser.get(f"/chat/{code}").status_code for _ in range(12)] == [200] * 12


def test_a_foreign_form_cannot_open_a_chat(browser: TestClient, code: str) -> None:
    answer = browser.post("/chat", data={"kode": code}, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert sessions.COOKIE not in browser.cookies


def test_without_a_visit_the_code_is_asked_for(browser: TestClient) -> None:
    answer = browser.get("/chat/samtale", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/chat")


def test_a_visit_that_was_idle_is_over(browser: TestClient, code: str, context: Context) -> None:
    browser.get(f"/chat/{code}")
    with context.database.write() as session:
        session.execute(update(ChatSession).values(seen_at=machine_now() - sessions.IDLE - timedelta(seconds=1)))

    assert browser.get("/chat/samtale").url.path == "/chat"
    assert browser.get("/chat/api/beskeder").status_code == 401


def test_opening_again_ends_the_earlier_visit_of_this_browser(
    browser: TestClient, code: str, other_code: str, context: Context
) -> None:
    browser.get(f"/chat/{code}")
    browser.get(f"/chat/{other_code}")

    with context.database.read() as session:
        assert len(session.scalars(select(ChatSession)).all()) == 1


def test_a_forged_cookie_opens_nothing(browser: TestClient, code: str) -> None:
    browser.get(f"/chat/{code}")
    token = browser.cookies[sessions.COOKIE]
    browser.cookies.clear()
    browser.cookies.set(sessions.COOKIE, token.replace(".0.0", ".9.9"), path="/chat")

    assert browser.get("/chat/api/beskeder").status_code == 401


def test_only_the_hash_of_the_token_is_stored(browser: TestClient, code: str, context: Context) -> None:
    browser.get(f"/chat/{code}")

    with context.database.read() as session:
        stored = session.scalars(select(ChatSession.token_hash)).all()
    assert stored == [sessions.hash_of(browser.cookies[sessions.COOKIE])]


@pytest.mark.parametrize("path", [*PAGES, "/chat/static/chat.js"])
def test_nothing_stays_on_the_device_and_nothing_foreign_runs(browser: TestClient, code: str, path: str) -> None:
    browser.get(f"/chat/{code}")

    answer = browser.get(path)

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_pages_bear_the_municipality_and_never_our_name(browser: TestClient, code: str, path: str) -> None:
    browser.get(f"/chat/{code}")

    page = browser.get(path).text

    assert "<title>Eksempel Kommune</title>" in page or "– Eksempel Kommune</title>" in page
    assert "genklang" not in page.lower()


def test_only_our_own_static_files_are_served(browser: TestClient) -> None:
    assert browser.get("/chat/static/chat.css").headers["content-type"] == "text/css; charset=utf-8"
    assert browser.get("/chat/static/..%2froutes.py").status_code == 404
    assert browser.get("/chat/static/nope.js").status_code == 404


def test_a_tablet_is_remembered_until_told_otherwise(browser: TestClient, code: str) -> None:
    browser.get("/chat?tablet=1")
    browser.get(f"/chat/{code}")
    assert "data-tablet" in browser.get("/chat/samtale").text

    browser.get("/chat?tablet=0")
    assert "data-tablet" not in browser.get("/chat/samtale").text


def open_and_leave(browser: TestClient, code: str, context: Context, *, days: float, **interview: str) -> None:
    """The chat is opened, its interview becomes what the columns say, and days go by."""
    browser.get(f"/chat/{code}")
    with context.database.write() as session:
        if interview:
            session.execute(update(Interview).values(**interview))
    browser.cookies.clear()
    context.clock.advance(days * 24 * 3600)


ENDS = [
    {"state": "inviteret"},
    {"state": "i_gang"},
    {"state": "afsluttet", "disposition": "fuldfoert"},
    {"state": "afsluttet", "disposition": "stoppet"},
    {"state": "afsluttet", "disposition": "afsluttet_af_os"},
]


@pytest.mark.parametrize("interview", ENDS, ids=lambda interview: interview.get("disposition", interview["state"]))
def test_for_seven_days_the_chat_opens_however_the_interview_went(
    browser: TestClient, code: str, context: Context, interview: dict[str, str]
) -> None:
    open_and_leave(browser, code, context, days=6.99, **interview)

    assert browser.get(f"/chat/{code}").url.path == "/chat/samtale"


@pytest.mark.parametrize("interview", ENDS, ids=lambda interview: interview.get("disposition", interview["state"]))
def test_after_seven_days_one_neutral_page_says_that_it_is_closed(
    browser: TestClient, code: str, context: Context, interview: dict[str, str]
) -> None:
    open_and_leave(browser, code, context, days=7, **interview)

    page = browser.get(f"/chat/{code}")

    assert (page.status_code, page.url.path) == (200, "/chat/slut")
    assert context.texts.say("udloebet") in page.text.replace("\u00a0", " ")
    assert sessions.COOKIE not in browser.cookies
    assert browser.get("/chat/samtale").url.path == "/chat"
    with context.database.read() as session:
        assert len(session.scalars(select(Inbound)).all()) == 1  # the closed page is no opening


def test_a_typed_code_leads_to_the_closed_page_too(browser: TestClient, code: str, context: Context) -> None:
    open_and_leave(browser, code, context, days=8)

    assert browser.post("/chat", data={"kode": code}).url.path == "/chat/slut"


def test_a_card_that_nobody_has_used_opens_for_as_long_as_its_code_holds(
    browser: TestClient, code: str, context: Context
) -> None:
    context.clock.advance(29 * 24 * 3600)

    assert browser.get(f"/chat/{code}").url.path == "/chat/samtale"


def test_a_page_left_open_elsewhere_hears_nothing_of_what_is_written_later(
    new_browser: Callable[[], TestClient], code: str
) -> None:
    elsewhere, here = new_browser(), new_browser()
    elsewhere.get(f"/chat/{code}")
    here.get(f"/chat/{code}")

    statuses = [browser.get("/chat/api/beskeder", headers={"X-Chat": "1"}).status_code for browser in (elsewhere, here)]

    assert statuses == [401, 200]
