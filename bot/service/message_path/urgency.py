"""Whether a text need not wait for a further piece: it already is a usable answer to what is asked."""

from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import conversations, interviews
from bot.service.logic.closed_answers import read_closed
from bot.service.logic.question_sets import UnknownQuestionSet
from bot.service.models import Conversation, Inbound
from bot.shared.codebook import AwaitedStep, Expects
from bot.shared.keywords import is_call_wish, is_no, is_yes
from bot.shared.personal_data import find_phone


def can_be_used_at_once(session: Session, context: Context, conversation: Conversation, inbound: Inbound) -> bool:
    """True for *ja* and *nej* where they are asked for, an option of a closed question, a number, a wish to be called."""
    text = inbound.original
    if conversation.awaits == AwaitedStep.INTET:
        return False
    if is_call_wish(text):
        return True
    interview = conversations.open_interview(session, conversation)
    try:
        expects = interviews.expected_at(context, conversation, interview)
    except UnknownQuestionSet:
        return False  # what the turn runs into must not keep the message from being stored
    if expects is Expects.JA_NEJ and (is_yes(text) or is_no(text)):
        return True
    if expects is Expects.NUMMER:
        return find_phone(text) is not None
    question = interviews.question_of(context, interview)
    asked = conversation.awaits == AwaitedStep.SPOERGSMAAL and question is not None
    return bool(asked and question and question.options and read_closed(question, text) is not None)
