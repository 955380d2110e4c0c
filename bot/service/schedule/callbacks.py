"""No answer to *may we ring?*: asked once more after 12 hours, at an hour when people may be rung. Nothing ends by itself."""

from datetime import timedelta

from sqlalchemy import select

from bot.service.context import Context
from bot.service.logic import conversations
from bot.service.logic.contact_safety import may_be_written_to
from bot.service.logic.sending_windows import calling_hours
from bot.service.logic.voice import Voice
from bot.service.models import Case
from bot.service.models.words import CallConsent, CaseState, OutboundKind
from bot.service.schedule.base import Task, each
from bot.shared.codebook import AwaitedStep

ASK_AGAIN_AFTER = timedelta(hours=12)


def ask_again(context: Context) -> int:
    """Ask every silent citizen once more; the words are neutral, and `once_key` keeps it at once."""
    if not calling_hours(context.settings).is_open(context.clock.now()):
        return 0
    silent = select(Case.id).where(
        Case.call_consent == CallConsent.SPURGT,
        Case.state != CaseState.LUKKET,
        Case.asked_again_at.is_(None),
        Case.received_at <= context.clock.now() - ASK_AGAIN_AFTER,
        Case.conversation_id.is_not(None),
    )
    with context.database.read() as session:
        case_ids = list(session.scalars(silent))
    return each(context, case_ids, _ask)


def _ask(context: Context, case_id: int) -> bool:
    with context.database.write() as session:
        case = session.get_one(Case, case_id)
        assert case.conversation_id is not None
        conversation = conversations.lock(session, case.conversation_id)
        session.refresh(case, with_for_update=True)
        if case.asked_again_at is not None:
            return False
        waits = conversation.awaits == AwaitedStep.OPKALD_JA and conversation.callback_case_id == case.id
        case.asked_again_at = context.clock.now()
        if not waits or not may_be_written_to(session, conversation):
            return False
        voice = Voice(session, context, conversation, audience=conversations.audience_of(session, conversation))
        voice.say(
            "opkald_ja_igen",
            kind=OutboundKind.REMINDER,
            choices=voice.yes_no(),
            once_key=f"opkald_ja_igen:{case.id}",
            kommune=context.settings.municipality,
        )
        return True


CALLBACKS = Task("callbacks", 5.0, ask_again)
