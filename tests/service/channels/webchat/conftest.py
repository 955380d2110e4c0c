"""A child with a card, browsers in front of the chat, and words put into our mouth."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest
from fastapi import FastAPI

from bot.service.channels.webchat.routes import webchat_router
from bot.service.context import Context
from bot.service.logic.conversations import find_or_start
from bot.service.models import Outbound
from bot.shared.codebook import Channel, Role
from tests.factories import make_interview

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would like httpx2, which nothing else here needs
    from fastapi.testclient import TestClient

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def code(context: Context) -> str:
    """The code on the card of a child, whose interview is planned."""
    with context.database.write() as session:
        return make_interview(session, context, role=Role.BARN, age=10)[2]


@pytest.fixture
def other_code(context: Context) -> str:
    """Another child's code."""
    with context.database.write() as session:
        return make_interview(session, context, role=Role.BARN, age=14)[2]


@pytest.fixture
def new_browser(context: Context) -> Iterator[Callable[[], TestClient]]:
    """Makes browsers, each with cookies of its own, of the same service."""
    app = FastAPI()
    app.include_router(webchat_router(context))
    with ExitStack() as stack:
        yield lambda: stack.enter_context(TestClient(app, base_url=HERE, headers={"X-Chat": "1", "Origin": HERE}))


@pytest.fixture
def browser(new_browser: Callable[[], TestClient]) -> TestClient:
    return new_browser()


@pytest.fixture
def say(context: Context, code: str) -> Callable[..., int]:
    """Puts a message of ours, at an instant of its own, into the conversation of `code`; the row's id.

    The conversation awaits `step` from then on; `buttons` are (id, words, act).
    """

    def put(
        text: str,
        *,
        buttons: Sequence[tuple[str, str, str]] = (),
        step: str = "intet",
        state: str = "handed_over",
        kind: str = "svar",
    ) -> int:
        now = context.clock.advance(1)
        with context.database.write() as session:
            conversation = find_or_start(session, context, Channel.WEBCHAT, code)
            row = Outbound(conversation_id=conversation.id, kind=kind, text=text, step=step, state=state)
            row.buttons = [{"id": an_id, "text": words, "act": act, "value": None} for an_id, words, act in buttons]
            row.created_at = row.next_try_at = now
            session.add(row)
            conversation.awaits = step if kind == "svar" else conversation.awaits
        context.clock.advance(1)
        return row.id

    return put
