"""First contact: who may be written to, when, and with which words."""

from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import interviews
from bot.service.logic.conversations import callback_case, find_or_start, lock, open_interview
from bot.service.logic.sending_windows import window_of
from bot.service.logic.voice import Voice, has_opted_out
from bot.service.models import Case, Contact, Conversation, Interview, Participant
from bot.service.models.words import CaseKind, CaseState, ContactSafety, Disposition, InterviewState, OutboundKind
from bot.shared.codebook import Audience, AwaitedStep, Channel

BLOCKING_KINDS = (CaseKind.KLAGE, CaseKind.BEKYMRING)


def invite(session: Session, context: Context, interview: Interview) -> bool:
    """Make first contact for a planned interview; False where it must wait. A refused address ends the interview."""
    participant = session.get(Participant, interview.participant_id)
    contact = session.get(Contact, participant.contact_id) if participant else None
    assert participant is not None
    assert contact is not None
    channel = Channel(participant.channel)
    if channel is Channel.TELEGRAM and interview.conversation_id is None:
        return False  # until the citizen has opened the bot by the code
    conversation = lock(session, _conversation_of(session, context, interview, participant, contact).id)
    if _must_wait(session, context, conversation, interview, channel):
        return False
    if has_opted_out(session, conversation):
        interviews.end(context, interview, None, Disposition.STOPPET)
    elif contact.kontakt == ContactSafety.NEJ or (channel is Channel.SMS and contact.kontakt != ContactSafety.JA):
        interviews.end(context, interview, None, Disposition.IKKE_KONTAKTET)
    else:
        conversation.participant_id = participant.id
        first_contact(session, context, interview, conversation)
    return True


def _conversation_of(
    session: Session, context: Context, interview: Interview, participant: Participant, contact: Contact
) -> Conversation:
    """Where a participant is written to; on Telegram the chat that the code has bound."""
    if interview.conversation_id is not None:
        return session.get_one(Conversation, interview.conversation_id)
    channel = Channel(participant.channel)
    address = contact.number if channel is Channel.SMS else participant.code
    assert address is not None, "a participant on SMS has a number"
    return find_or_start(session, context, channel, address)


def first_contact(session: Session, context: Context, interview: Interview, conversation: Conversation) -> None:
    """Say who writes and ask for a yes; from now on the interview is open for seven days."""
    now = context.clock.now()
    question_set = interviews.set_of(context, interview)
    audience = Audience(interview.audience)
    interviews.freeze(session, question_set, now)
    interview.conversation_id = conversation.id
    interview.state, interview.disposition = InterviewState.INVITERET, Disposition.INTET_SVAR
    interview.invited_at, interview.expires_at = now, now + interviews.EXPIRES_AFTER
    conversation.awaits = AwaitedStep.SAMTYKKE
    session.flush()
    voice = Voice(session, context, conversation, audience=audience, interview=interview)
    ask_consent(context, interview, voice, kind=OutboundKind.INVITATION, once_key=f"invitation:{interview.id}")


def ask_consent(
    context: Context,
    interview: Interview,
    voice: Voice,
    *,
    kind: OutboundKind = OutboundKind.REPLY,
    once_key: str | None = None,
) -> None:
    """The words that ask for the citizen's yes: on SMS the municipality's name only, elsewhere the whole information."""
    kommune = context.settings.municipality
    if voice.channel is Channel.SMS:
        count = interviews.set_of(context, interview).count(Audience(interview.audience))
        voice.say("foerste_kontakt", kind=kind, once_key=once_key, choices=voice.yes_no(), kommune=kommune, antal=count)
    else:
        choices = (*voice.yes_no(), voice.stop_choice())
        voice.say("velkomst", kind=kind, once_key=once_key, choices=choices, kommune=kommune)


def remind(session: Session, context: Context, interview: Interview) -> None:
    """The one reminder, to somebody who has not answered."""
    conversation = session.get(Conversation, interview.conversation_id)
    assert conversation is not None
    interview.reminded_at = context.clock.now()
    voice = Voice(session, context, conversation, audience=Audience(interview.audience), interview=interview)
    voice.say(
        "paamindelse",
        kind=OutboundKind.REMINDER,
        once_key=f"paamindelse:{interview.id}",
        choices=voice.yes_no(),
        kommune=context.settings.municipality,
    )


def reminder_due_after(context: Context, interview: Interview) -> timedelta:
    """How long after the invitation the reminder goes out."""
    return timedelta(days=interviews.set_of(context, interview).reminder_after_days)


def in_window(context: Context, channel: Channel, audience: Audience) -> bool:
    """Whether invitations and reminders may go out now to these people on this channel."""
    window = window_of(context.settings, channel, audience)
    return window is None or window.is_open(context.clock.now())


def has_grave_matter(session: Session, interview: Interview, conversation: Conversation) -> bool:
    """Whether danger was seen since the invitation, or a complaint or danger case is open: then nobody is reminded."""
    matters = select(Case.id).where(
        Case.person == conversation.address_hash,
        or_(
            and_(Case.kind.in_(BLOCKING_KINDS), Case.state != CaseState.LUKKET),
            and_(Case.kind == CaseKind.BEKYMRING, Case.received_at >= interview.invited_at),
        ),
    )
    return session.scalar(matters.limit(1)) is not None


def _must_wait(
    session: Session, context: Context, conversation: Conversation, interview: Interview, channel: Channel
) -> bool:
    if not interview.on_the_spot and not in_window(context, channel, Audience(interview.audience)):
        return True
    if open_interview(session, conversation) is not None:
        return True
    if callback_case(session, conversation) is not None and conversation.awaits != AwaitedStep.INTET:
        return True
    conversation.awaits, conversation.callback_case_id = AwaitedStep.INTET, None  # left over from what has ended
    blocking = session.scalar(
        select(Case.id).where(
            Case.person == conversation.address_hash, Case.kind.in_(BLOCKING_KINDS), Case.state != CaseState.LUKKET
        )
    )
    return blocking is not None
