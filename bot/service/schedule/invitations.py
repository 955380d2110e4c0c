"""First contact and the one reminder, when they are due."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import invitations
from bot.service.logic.contact_safety import may_be_written_to
from bot.service.logic.conversations import lock
from bot.service.models import Conversation, Interview
from bot.service.models.words import InterviewState
from bot.service.schedule.base import Task, each
from bot.shared.codebook import Audience, AwaitedStep, Channel

MOST_AT_ONCE = 200


def send_invitations(context: Context) -> int:
    """Invite every planned interview that is due; what must wait is looked at again next time."""
    due = (
        select(Interview.id)
        .where(Interview.state == InterviewState.PLANLAGT, Interview.due_at <= context.clock.now())
        .order_by(Interview.due_at, Interview.id)
        .limit(MOST_AT_ONCE)
    )
    with context.database.read() as session:
        interview_ids = list(session.scalars(due))
    return each(context, interview_ids, _invite)


def _invite(context: Context, interview_id: int) -> bool:
    with context.database.write() as session:
        interview = session.get_one(Interview, interview_id, with_for_update=True)
        return interview.state == InterviewState.PLANLAGT and invitations.invite(session, context, interview)


def send_reminders(context: Context) -> int:
    """Remind once whoever was invited and has not answered, inside the sending window."""
    unanswered = select(Interview).where(
        Interview.state == InterviewState.INVITERET,
        Interview.reminded_at.is_(None),
        Interview.invited_at.is_not(None),
        Interview.expires_at > context.clock.now(),
    )
    with context.database.read() as session:
        due = [interview.id for interview in session.scalars(unanswered) if _is_due(context, interview)]
    return each(context, due, _remind)


def _is_due(context: Context, interview: Interview) -> bool:
    assert interview.invited_at is not None
    return context.clock.now() >= interview.invited_at + invitations.reminder_due_after(context, interview)


def _remind(context: Context, interview_id: int) -> bool:
    with context.database.write() as session:
        interview = session.get_one(Interview, interview_id)
        assert interview.conversation_id is not None, "who was invited has a conversation"
        conversation = lock(session, interview.conversation_id)  # first, as everywhere: no ring of locks
        session.refresh(interview, with_for_update=True)
        waits = interview.state == InterviewState.INVITERET and interview.reminded_at is None
        if not waits or not _may_be_reminded(session, context, interview, conversation):
            return False
        invitations.remind(session, context, interview)
        return True


def _may_be_reminded(session: Session, context: Context, interview: Interview, conversation: Conversation) -> bool:
    """Inside the window, at a safe address, and never after danger or while a complaint is open (STOP ends the interview)."""
    if conversation.awaits != AwaitedStep.SAMTYKKE:
        return False  # "Svar JA" would answer something else, such as which number to ring
    channel, audience = Channel(conversation.channel), Audience(interview.audience)
    if not invitations.in_window(context, channel, audience) or not may_be_written_to(session, conversation):
        return False
    return not invitations.has_grave_matter(session, interview, conversation)


INVITATIONS = Task("invitations", 1.0, send_invitations)
REMINDERS = Task("reminders", 5.0, send_reminders)
