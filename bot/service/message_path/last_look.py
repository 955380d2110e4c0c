"""The last look at a row before it leaves: what was right when it was written may be wrong by now.

A row waits for minutes after an error and for days outside a sending window; meanwhile the contact may have become unsafe,
the citizen may have answered, and a machine may have begun to answer us.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import interviews
from bot.service.logic.contact_safety import may_be_answered, may_be_written_to
from bot.service.logic.invitations import has_grave_matter
from bot.service.logic.sending_windows import Window, calling_hours, window_of
from bot.service.message_path import loop_guard
from bot.service.message_path.undelivered import BULK
from bot.service.models import Conversation, Interview, Outbound
from bot.service.models.words import Disposition, InterviewState, OutboundKind, OutboundState
from bot.shared.codebook import Audience, Channel


def may_leave(session: Session, context: Context, row: Outbound, conversation: Conversation) -> bool:
    """Whether a row that is due may be sent now; where not, `hold` says what becomes of it."""
    return not (
        _is_void(session, row, conversation)
        or _waits_until(session, context, row) is not None
        or loop_guard.goes_round(session, context, row)
    )


def hold(session: Session, context: Context, row: Outbound, conversation: Conversation) -> None:
    """Cancel a row that must not leave, or let it wait for its window. The conversation is locked."""
    until = _waits_until(session, context, row)
    if _is_void(session, row, conversation):
        row.state = OutboundState.CANCELLED
        _end_uncontacted(session, context, row, conversation)
    elif until is not None:
        row.next_try_at = until
    elif loop_guard.goes_round(session, context, row):
        loop_guard.stop_text(session, context, row, conversation)


def _end_uncontacted(session: Session, context: Context, row: Outbound, conversation: Conversation) -> None:
    """Who must not be written to and never was has not been contacted; another meeting's interview may then take its turn."""
    interview = _interview(session, row) if row.kind == OutboundKind.INVITATION and row.attempts == 0 else None
    if interview is not None and interview.state == InterviewState.INVITERET and not may_be_written_to(session, conversation):
        interviews.end(context, interview, conversation, Disposition.IKKE_KONTAKTET)


def _is_void(session: Session, row: Outbound, conversation: Conversation) -> bool:
    """Whether the contact is unsafe by now, or an invitation or reminder asks for what is not awaited any more.

    In the web chat such a row is the welcome, and says who writes: it is shown however late it comes.
    """
    if row.kind not in BULK:
        return not may_be_answered(session, conversation)
    if not may_be_written_to(session, conversation):
        return True
    if conversation.awaits != row.step and row.channel != Channel.WEBCHAT:
        return True
    interview = _interview(session, row)
    return row.kind == OutboundKind.REMINDER and interview is not None and has_grave_matter(session, interview, conversation)


def _waits_until(session: Session, context: Context, row: Outbound) -> datetime | None:
    """When the window opens for an invitation or reminder; None where it need not wait.

    What was written outside the window was wanted at once: somebody is at the meeting, or has just opened the chat.
    """
    window = _window(session, context, row) if row.kind in BULK else None
    now = context.clock.now()
    if window is None or window.is_open(now) or not window.is_open(row.created_at):
        return None
    return window.next_opening(now)


def _window(session: Session, context: Context, row: Outbound) -> Window | None:
    interview = _interview(session, row)
    if interview is None:
        return calling_hours(context.settings)  # "may we ring?" for the second time
    if interview.on_the_spot and row.kind == OutboundKind.INVITATION:
        return None
    return window_of(context.settings, Channel(row.channel), Audience(interview.audience))


def _interview(session: Session, row: Outbound) -> Interview | None:
    return session.get(Interview, row.interview_id) if row.interview_id is not None else None
