"""What the door itself answers, since there is nothing to understand: blank messages, stickers, media, an opened chat."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.channels.telegram.binding import bind_by_code
from bot.service.context import Context
from bot.service.logic import cases, conversations, invitations
from bot.service.logic.conversations import latest_interview
from bot.service.logic.dialogue.moment import find_button, is_open
from bot.service.logic.voice import Voice
from bot.service.models import Conversation, Inbound, Interview
from bot.service.models.words import CaseKind, InboundKind, InterviewState
from bot.shared.codebook import Channel, Concern, Role
from bot.shared.danish import fold

THANKED_FOR = timedelta(minutes=1)  # machine time


def answer_at_the_door(session: Session, context: Context, conversation: Conversation, inbound: Inbound) -> bool:
    """Answer what needs no engine; True if that was all."""
    voice = Voice(
        session, context, conversation, audience=conversations.audience_of(session, conversation), muted=inbound.net_replied
    )
    if inbound.kind == InboundKind.OPEN:
        _open(session, context, conversation, inbound, voice)
        return True
    if inbound.kind == InboundKind.LEFT:
        return True
    if inbound.kind == InboundKind.STICKER:
        voice.say("klistermaerke")
        return True
    if inbound.kind == InboundKind.MEDIA:
        _put_before_a_human(session, context, conversation, inbound)
        if not _is_one_of_several(session, inbound):
            voice.say("medie_modtaget")
        return not inbound.redacted.strip()  # a caption is read like any text
    if inbound.kind == InboundKind.PRESS:
        return _refuse_closed_press(session, conversation, inbound, voice)
    if not fold(inbound.redacted).strip():  # blank, or nothing but characters that nobody sees
        voice.say("tom_besked")
        return True
    return False


def _is_one_of_several(session: Session, inbound: Inbound) -> bool:
    """Whether others came just before: an album is as many messages as it has pictures, and one thanks is enough."""
    before = select(Inbound.id).where(
        Inbound.conversation_id == inbound.conversation_id,
        Inbound.id < inbound.id,
        Inbound.kind == InboundKind.MEDIA,
        Inbound.arrived_at > inbound.arrived_at - THANKED_FOR,
    )
    return session.scalar(before.limit(1)) is not None


def _refuse_closed_press(session: Session, conversation: Conversation, inbound: Inbound, voice: Voice) -> bool:
    """A press on something that is no longer asked gets a kind word; STOP works under every message."""
    button = find_button(session, conversation, inbound.original)
    if button is not None and button["act"] == "stop":
        return False
    interview = latest_interview(session, conversation)
    if button is not None and is_open(session, conversation, interview, inbound.original):
        return False
    voice.say("spoergsmaal_lukket")
    return True


def _open(session: Session, context: Context, conversation: Conversation, inbound: Inbound, voice: Voice) -> None:
    """On Telegram the code says whose chat it is; the web chat's address is the code."""
    if conversation.channel != Channel.TELEGRAM:
        _invite_now(session, context, conversation)
    elif bind_by_code(session, context, conversation.address, inbound.original) is None:
        voice.say("kode_ukendt")


def _invite_now(session: Session, context: Context, conversation: Conversation) -> None:
    """Somebody opened the chat with their code: they need not wait for the invitation's hour."""
    planned = _planned_interview(session, conversation)
    if planned is not None and conversations.open_interview(session, conversation) is None:
        planned.on_the_spot = True
        invitations.invite(session, context, planned)


def _planned_interview(session: Session, conversation: Conversation) -> Interview | None:
    return session.scalar(
        select(Interview).where(
            Interview.participant_id == conversation.participant_id, Interview.state == InterviewState.PLANLAGT
        )
    )


def _put_before_a_human(session: Session, context: Context, conversation: Conversation, inbound: Inbound) -> None:
    """Voice and pictures cannot be read by us; from a child they are read first."""
    audience = conversations.audience_of(session, conversation)
    child = audience.value.startswith((Role.BARN.value, "ung"))
    band = Concern.JA if child else Concern.NEJ
    matter = cases.Matter(CaseKind.UBEHANDLET, inbound.received_at, band=band)
    case = cases.open_or_attach(session, context, conversation, matter)
    case.turn_id = None  # a case that names a turn closes itself when the turn is worked after all; this one must not
    cases.attach(session, case, [inbound], question=None)

