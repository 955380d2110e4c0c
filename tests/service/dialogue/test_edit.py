"""An edited message amends the answer it gave, value and words, and keeps what stood there before."""

from sqlalchemy import select

from bot.service.channels.base import Inbound
from bot.service.context import Context
from bot.service.message_path import door
from bot.service.models import Answer, AnswerRevision
from bot.service.models.words import InboundKind
from tests.service.driver import Citizen


def test_an_edited_answer_to_a_closed_question_amends_its_value(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    parent.receive("4", provider_id="first")
    parent.work()
    door.receive(context, Inbound(parent.channel, "edit", parent.address, InboundKind.TEXT, text="2", edits="first"))
    said = parent.work()

    with context.database.read() as session:
        assert [(answer.question, answer.value) for answer in session.scalars(select(Answer))] == [("lyttede", "2")]
        assert [revision.text for revision in session.scalars(select(AnswerRevision))] == ["4"]
    assert said[-1].startswith("Tak, jeg har rettet")
