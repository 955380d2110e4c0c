"""Interviews that nobody finishes end by themselves after seven days, in a named state."""

from sqlalchemy import select

from bot.service.context import Context
from bot.service.logic import interviews
from bot.service.logic.conversations import OPEN_STATES, lock
from bot.service.models import Interview
from bot.service.schedule.base import Task, each


def end_expired(context: Context) -> int:
    """End every open interview whose time is over."""
    expired = select(Interview.id).where(
        Interview.state.in_(OPEN_STATES), Interview.expires_at <= context.clock.now()
    )
    with context.database.read() as session:
        interview_ids = list(session.scalars(expired))
    return each(context, interview_ids, _end)


def _end(context: Context, interview_id: int) -> bool:
    with context.database.write() as session:
        interview = session.get_one(Interview, interview_id)
        assert interview.conversation_id is not None, "an open interview has a conversation"
        conversation = lock(session, interview.conversation_id)  # first, as everywhere: no ring of locks
        session.refresh(interview, with_for_update=True)
        if interview.state not in OPEN_STATES:
            return False
        interviews.break_off(session, context, interview, conversation)
        return True


EXPIRY = Task("expiry", 5.0, end_expired)
