"""One message, one rule, one action, one transaction: the frame that every action of the domain runs in."""

import logging
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import update
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from actions import demo
from bot.service.context import Context
from bot.service.logic.dialogue.moment import Moment
from bot.service.logic.dialogue.prelude import settled
from bot.service.logic.reading import Reading
from bot.service.models import Turn
from bot.service.models.words import TurnState

logger = logging.getLogger(__name__)

Handler = Callable[[Moment], None]


class Deed(Action):  # type: ignore[misc]
    """A Rasa action that claims its turn, lets logic act, and says what logic said. It returns no events."""

    def __init__(self, name: str, handler: Handler, context: Context) -> None:
        self._name = name
        self._handler = handler
        self._context = context

    def name(self) -> str:
        """The name that stands in the domain."""
        return self._name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:  # noqa: ARG002
        """Act on the turn that the message's metadata names; without one (rasa shell) play the demo set and write nothing."""
        message = tracker.latest_message
        metadata = message.get("metadata") or {}
        if "turn" not in metadata:
            for text in demo.reply(self._context, self._name, message):
                dispatcher.utter_message(text=text)
            return []
        said = await run_in_threadpool(self._perform, int(metadata["turn"]), int(metadata["attempt"]), message)
        for text in said:
            dispatcher.utter_message(text=text)
        return []

    def _perform(self, turn_id: int, attempt: int, message: dict[str, Any]) -> list[str]:
        """The transaction; nothing is done where another attempt has the turn. After an error the worker tries again."""
        try:
            with self._context.database.write() as session:
                if not claim(session, turn_id, attempt):
                    return []
                moment = Moment.of(session, self._context, session.get_one(Turn, turn_id), Reading.of(message))
                if not settled(moment):
                    self._handler(moment)
                session.flush()
                return [row.text for row in moment.voice.said]
        except Exception:  # Rasa answers 200 [] to a crash anyway: the turn row is what the worker goes by
            logger.exception("an action failed", extra={"action": self._name, "turn": turn_id, "attempt": attempt})
            return []


def claim(session: Session, turn_id: int, attempt: int) -> bool:
    """The first statement of every action: take the turn if it is asked in just this attempt."""
    result = session.execute(
        update(Turn)
        .where(Turn.id == turn_id, Turn.attempt == attempt, Turn.state == TurnState.ASKED)
        .values(state=TurnState.DONE)
    )
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]
