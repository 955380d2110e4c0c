"""What need not wait for a further piece, step by step."""

import pytest
from sqlalchemy import select

from bot.service.context import Context
from bot.service.message_path.urgency import can_be_used_at_once
from bot.service.models import Conversation, Inbound
from bot.shared.codebook import AwaitedStep
from tests.service.driver import Citizen

TABLE = [
    (AwaitedStep.SAMTYKKE, "ja", True),
    (AwaitedStep.SAMTYKKE, "Nej tak!", True),
    (AwaitedStep.SAMTYKKE, "ja, men jeg har ikke tid lige nu", False),
    (AwaitedStep.SAMTYKKE, "4", False),
    (AwaitedStep.SPOERGSMAAL, "4", True),
    (AwaitedStep.SPOERGSMAAL, "9", False),
    (AwaitedStep.SPOERGSMAAL, "RING", True),
    (AwaitedStep.SPOERGSMAAL, "de lyttede ikke", False),
    (AwaitedStep.OPKALD_JA, "ja", True),
    (AwaitedStep.OPKALD_NUMMER, "00 00 00 42", True),
    (AwaitedStep.OPKALD_NUMMER, "0000", False),
    (AwaitedStep.OPKALD_NUMMER, "ja", False),
    (AwaitedStep.OPKALD_TID, "i morgen", False),
    (AwaitedStep.FORTSAET, "nej", True),
    (AwaitedStep.INTET, "ja", False),
    (AwaitedStep.INTET, "RING", False),
]


@pytest.mark.parametrize(("step", "words", "at_once"), TABLE, ids=[f"{step}: {words}" for step, words, _ in TABLE])
def test_what_can_be_used_at_once(context: Context, parent: Citizen, step: AwaitedStep, words: str, at_once: bool) -> None:
    parent.write("ja", act="bekraeft")
    with context.database.write() as session:
        conversation = session.scalars(select(Conversation)).one()
        conversation.awaits = step

        assert can_be_used_at_once(session, context, conversation, Inbound(original=words)) is at_once
