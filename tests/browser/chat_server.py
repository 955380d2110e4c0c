"""One child's chat, served by the real routes to a real browser; what the worker would hand over is put there by hand."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select, update

from bot.service.context import Context
from bot.service.logic.conversations import find_or_start
from bot.service.models import ChatSession, Conversation, Inbound, Outbound
from bot.shared.codebook import Channel

QUESTION = "Hvor godt lyttede de voksne til dig på mødet?"
SCALE = (
    ("4", "Rigtig godt", "svar"),
    ("3", "Godt", "svar"),
    ("2", "Lidt", "svar"),
    ("1", "Slet ikke", "svar"),
    ("spring_over", "Spring over", "spring_over"),
    ("stop", "Stop", "stop"),
)


@dataclass
class Service:
    """A running service and one child's code."""

    context: Context
    url: str
    code: str

    def say(
        self, text: str, *, buttons: Sequence[tuple[str, str, str]] = (), step: str = "intet", kind: str = "svar"
    ) -> None:
        """Hand a message of ours over, as the worker would; a handler's line leaves what is awaited as it is."""
        now = self.context.clock.advance(1)
        with self.context.database.write() as session:
            conversation = find_or_start(session, self.context, Channel.WEBCHAT, self.code)
            conversation.awaits = step if kind == "svar" else conversation.awaits
            row = Outbound(conversation_id=conversation.id, kind=kind, text=text, step=step, state="handed_over")
            row.buttons = [{"id": an_id, "text": words, "act": act, "value": None} for an_id, words, act in buttons]
            row.created_at = row.next_try_at = now
            session.add(row)
        self.context.clock.advance(1)

    def ask(self) -> None:
        """Hand over a question with its buttons."""
        self.say(QUESTION, buttons=SCALE, step="spoergsmaal")

    def written(self) -> list[str]:
        """What has been stored of the child's, in order."""
        with self.context.database.read() as session:
            return list(session.scalars(select(Inbound.original).where(Inbound.kind != "aabnet").order_by(Inbound.id)))

    def answered(self) -> None:
        """Nothing is being worked on, as once the worker has seen to all that was written."""
        with self.context.database.write() as session:
            session.execute(update(Conversation).values(turn_due_at=None))
            session.execute(update(Outbound).where(Outbound.state == "waiting").values(state="cancelled"))

    def visits(self) -> int:
        """How many browsers have the chat open."""
        with self.context.database.read() as session:
            return len(session.scalars(select(ChatSession)).all())


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of a server that runs in a thread of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", lifespan="off", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)
