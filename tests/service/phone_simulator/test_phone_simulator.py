"""The simulated phone: what it shows, what it sends, and that it is there in development mode only."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from bot.service.context import Context
from bot.service.logic.conversations import find_or_start
from bot.service.models import Inbound, Outbound
from bot.service.phone_simulator.routes import phone_router
from bot.service.settings import Mode
from bot.shared.codebook import Channel

NUMBER = "+4500000011"


def add_outbound(context: Context, text: str, state: str = "handed_over") -> None:
    now = context.clock.advance(1)
    with context.database.write() as session:
        conversation = find_or_start(session, context, Channel.SMS, NUMBER)
        row = Outbound(conversation_id=conversation.id, kind="svar", text=text, buttons=[], state=state)
        row.created_at = row.next_try_at = now
        session.add(row)
    context.clock.advance(1)


def thread(browser: TestClient, number: str = NUMBER) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = browser.get("/phone/api/beskeder", params={"nummer": number}).json()["messages"]
    return messages


def test_an_sms_goes_through_reader_and_door(browser: TestClient, context: Context) -> None:
    answer = browser.post("/phone/api/beskeder", json={"from": "00 00 00 11", "text": "JA", "id": "s-1"})

    assert answer.json() == {"stored": True}
    with context.database.read() as session:
        assert session.execute(select(Inbound.channel, Inbound.original)).all() == [("sms", "JA")]


def test_the_thread_shows_both_sides_in_order_with_the_cost(browser: TestClient, context: Context) -> None:
    add_outbound(context, "Hej fra Eksempel Kommune – svar JA.")
    browser.post("/phone/api/beskeder", json={"from": NUMBER, "text": "ja 😊", "id": "s-1"})
    add_outbound(context, "a" * 161)
    add_outbound(context, "venter endnu", state="waiting")

    assert [(sms["from"], sms["text"], sms["encoding"], sms["segments"]) for sms in thread(browser)] == [
        ("os", "Hej fra Eksempel Kommune - svar JA.", "gsm7", 1),
        ("dig", "ja 😊", "ucs2", 1),
        ("os", "a" * 161, "gsm7", 2),
    ]


def test_known_numbers_are_offered_the_latest_first(browser: TestClient) -> None:
    for count, number in enumerate(("+4500000011", "+4500000012", "+4500000011")):
        browser.post("/phone/api/beskeder", json={"from": number, "text": "hej", "id": f"s-{count}"})

    assert browser.get("/phone/api/numre").json() == {"numbers": ["+4500000012", "+4500000011"]}


def test_a_new_number_has_an_empty_thread(browser: TestClient) -> None:
    assert browser.get("/phone/api/beskeder", params={"nummer": "0000 0099"}).json() == {
        "number": "+4500000099",
        "messages": [],
    }


@pytest.mark.parametrize("number", ["", "112", "abc", "+0", "+45"])
def test_what_is_no_number_is_refused(browser: TestClient, number: str) -> None:
    assert browser.get("/phone/api/beskeder", params={"nummer": number}).status_code == 422


@pytest.mark.parametrize("content", [b"", b"[]", b'{"from": "+4500000011", "text": "hej"}'])
def test_unreadable_bodies_are_refused(browser: TestClient, content: bytes) -> None:
    assert browser.post("/phone/api/beskeder", content=content).status_code == 422


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_foreign_pages_cannot_write_an_sms(browser: TestClient, context: Context, origin: str) -> None:
    body = {"from": NUMBER, "text": "JA", "id": "s-1"}

    assert browser.post("/phone/api/beskeder", json=body, headers={"Origin": origin}).status_code == 403

    with context.database.read() as session:
        assert session.scalars(select(Inbound)).all() == []


def test_outside_development_mode_there_is_no_simulator(context: Context) -> None:
    app = FastAPI()
    app.include_router(phone_router(replace(context, settings=replace(context.settings, mode=Mode.PRODUCTION))))
    browser = TestClient(app)

    for path in ("/phone", "/phone/static/phone.js", "/phone/api/numre", "/phone/api/beskeder?nummer=00000011"):
        assert browser.get(path).status_code == 404
    assert browser.post("/phone/api/beskeder", json={}).status_code == 404


def test_the_page_bears_the_municipality_and_never_our_name(browser: TestClient) -> None:
    page = browser.get("/phone").text

    assert "Eksempel Kommune" in page
    assert "genklang" not in page.lower()
