"""Writing into the chat from the case's page."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.logic import conversations
from bot.service.models import CaseMessage, ChatSession, Outbound
from bot.shared.codebook import Channel, Role
from tests.factories import make_case, make_inbound, make_interview
from tests.service.desk.conftest import Desk

LINE = "Jeg læser, hvad du skriver."
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def danger(context: Context) -> Callable[..., int]:
    """Makes a case of a child whose chat is open; keywords are columns."""

    def make(**columns: Any) -> int:
        with context.database.write() as session:
            code = make_interview(session, context, role=Role.BARN, age=14)[2]
            conversation = conversations.find_or_start(session, context, Channel.WEBCHAT, code)
            now = machine_now()
            session.add(ChatSession(token_hash=code, conversation_id=conversation.id, created_at=now, seen_at=now))
            make_inbound(session, context, conversation)
            usual = {"kind": "bekymring", "band": "akut", "way_in": "webchat", "conversation_id": conversation.id}
            case_id: int = make_case(session, context, **(usual | columns)).id
            session.add(CaseMessage(case_id=case_id, at=context.clock.now(), text="jeg er bange"))
            return case_id

    return make


def test_a_line_stands_between_what_the_child_wrote(context: Context, anna: Desk, danger: Callable[..., int]) -> None:
    case_id = danger(assignee_id=anna.user.id)
    context.clock.advance(60)

    answer = anna.deed(case_id, "skriv", linje=LINE)

    context.clock.advance(60)
    with context.database.write() as session:
        session.add(CaseMessage(case_id=case_id, at=context.clock.now(), text="er du der stadig"))
    assert answer.headers["location"] == f"/desk/sager/{case_id}?gjort=skrevet"
    for path in (f"/sager/{case_id}", f"/sager/{case_id}/beskeder"):
        page = anna.get(path).text
        places = [page.index(words) for words in ("jeg er bange", LINE, "er du der stadig")]
        assert places == sorted(places)
        assert f"{anna.user.name} skrev i chatten" in page
        assert "på vej" in page
    assert "Skrev til borgeren" in anna.get(f"/sager/{case_id}").text


def test_the_form_stands_where_it_may_be_used(anna: Desk, bo: Desk, danger: Callable[..., int]) -> None:
    mine, sms = danger(assignee_id=anna.user.id), danger(assignee_id=anna.user.id, way_in="sms")

    assert f'action="/desk/sager/{mine}/skriv"' in anna.get(f"/sager/{mine}").text
    assert "Tag sagen, hvis du vil skrive i chatten." in bo.get(f"/sager/{mine}").text
    assert "i chatten" not in anna.get(f"/sager/{sms}").text


def test_a_refused_line_is_said_why_and_stays_in_the_field(
    context: Context, anna: Desk, danger: Callable[..., int]
) -> None:
    case_id = danger(assignee_id=anna.user.id)
    with context.database.write() as session:
        session.delete(session.scalars(select(ChatSession)).one())

    answer = anna.deed(case_id, "skriv", linje=LINE)

    assert answer.status_code == 422
    for words in ("Siden er lukket hos den, der skrev", f">{LINE}</textarea>", "Chatten er lukket hos den, der skrev."):
        assert words in answer.text
    with context.database.read() as session:
        assert session.scalars(select(Outbound.id).where(Outbound.kind == "medarbejder")).all() == []


def test_script_in_a_line_stays_text(anna: Desk, danger: Callable[..., int]) -> None:
    case_id = danger(assignee_id=anna.user.id)
    anna.deed(case_id, "skriv", linje=SCRIPT)

    assert SCRIPT not in anna.get(f"/sager/{case_id}").text


def test_the_page_says_whether_the_chat_is_open_and_keeps_saying_it(
    context: Context, anna: Desk, danger: Callable[..., int]
) -> None:
    case_id = danger(assignee_id=anna.user.id)
    open_page = anna.get(f"/sager/{case_id}/beskeder")
    with context.database.write() as session:
        session.delete(session.scalars(select(ChatSession)).one())

    later = anna.get(f"/sager/{case_id}/beskeder", **{"if-none-match": open_page.headers["etag"]})

    assert "Chatten er åben hos den, der skrev." in open_page.text
    assert (later.status_code, "Chatten er lukket hos den, der skrev." in later.text) == (200, True)
