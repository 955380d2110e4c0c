"""The safety net at the door: rules on the raw text, before and independent of everything else.

A hit commits message, case, the interview's end or pause and the reply together. If the rules fail, or what they call for does,
the message is stored all the same, stays *unread*, and the worker reads it first.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.logic import cases, concerns, conversations, interviews
from bot.service.logic.dialogue.moment import find_button
from bot.service.logic.voice import Voice
from bot.service.models import Conversation, Inbound
from bot.service.models.words import READABLE, CaseKind, Disposition, InboundKind
from bot.shared import safety_net
from bot.shared.codebook import Concern, DialogueAct

logger = logging.getLogger(__name__)

JOINED_WITHIN = timedelta(minutes=1)
MOST_EARLIER = 20  # pieces of one minute that are read together


def read(session: Session, context: Context, conversation: Conversation, inbound: Inbound) -> None:
    """Read one message and do what its danger, STOP or complaint calls for."""
    try:
        _find(session, conversation, inbound)
        with session.begin_nested():
            _act(session, context, conversation, inbound)
    except Exception:  # the message must be stored whatever happens; the worker tries again and then calls a human
        logger.exception("the safety net failed on a message", extra={"inbound": inbound.id})
        return
    inbound.net_read_at = machine_now()


def _find(session: Session, conversation: Conversation, inbound: Inbound) -> None:
    """Note what the message holds: of a press only whether it is the Stop button, which needs no engine either."""
    if inbound.kind == InboundKind.PRESS:
        button = find_button(session, conversation, inbound.original)
        inbound.net_stop = button is not None and button["act"] == DialogueAct.STOP
        return
    findings = safety_net.read(inbound.original, _earlier(session, conversation, inbound))
    inbound.net_danger, inbound.net_rule = findings.danger, findings.danger_rule
    inbound.net_stop = findings.stop or inbound.kind == InboundKind.LEFT
    inbound.net_complaint = findings.complaint


def leave_to_a_human(session: Session, context: Context, conversation: Conversation, inbound: Inbound) -> None:
    """The net failed twice: a human reads the message first, as if it might mean danger; at once where the rules said so."""
    band = Concern.AKUT if inbound.net_danger == Concern.AKUT else Concern.JA
    matter = cases.Matter(CaseKind.UBEHANDLET, inbound.received_at, band=band)
    case = cases.open_or_attach(session, context, conversation, matter)
    case.turn_id = None  # a case that names a turn closes itself when the turn is worked after all; this one must not
    cases.attach(session, case, [inbound], question=None)
    inbound.net_read_at = machine_now()


def _act(session: Session, context: Context, conversation: Conversation, inbound: Inbound) -> None:
    known_concern = cases.find_open(session, conversation, CaseKind.BEKYMRING)
    if known_concern is not None:  # what is written after an alarm stands on the case page at once
        cases.attach(session, known_concern, [inbound], question=None)
    if not (inbound.net_complaint or inbound.net_stop or inbound.net_danger != Concern.NEJ):
        return  # as nearly every message
    interview = conversations.open_interview(session, conversation)
    latest = conversations.latest_interview(session, conversation)
    if inbound.net_complaint:
        matter = cases.Matter(CaseKind.KLAGE, inbound.received_at)
        case = cases.open_or_attach(session, context, conversation, matter)
        cases.attach(session, case, [inbound], question=interviews.question_words(context, latest))
        if inbound.net_danger == Concern.JA:  # after the pause it is asked whether we may ring about the complaint
            conversation.callback_case_id = case.id
    if inbound.net_stop:
        conversations.opt_out(session, context, conversation, inbound.received_at)
        if interview is not None:
            interviews.end(context, interview, conversation, Disposition.STOPPET)
    if inbound.net_danger != Concern.NEJ:
        alarm = concerns.Alarm(Concern(inbound.net_danger), inbound.received_at, [inbound])
        concerns.open_concern(session, context, conversation, latest, alarm)
        voice = Voice(
            session,
            context,
            conversation,
            audience=conversations.audience_of(session, conversation),
            interview=interview,
        )
        concerns.answer(session, context, interview, alarm, voice)
    inbound.net_replied = inbound.net_stop or inbound.net_danger != Concern.NEJ


def _earlier(session: Session, conversation: Conversation, inbound: Inbound) -> str:
    """What this address wrote in the minute before, oldest first."""
    since: datetime = inbound.arrived_at - JOINED_WITHIN
    rows = session.scalars(
        select(Inbound)
        .where(
            Inbound.conversation_id == conversation.id,
            Inbound.id < inbound.id,
            Inbound.arrived_at >= since,
            Inbound.kind.in_(READABLE),
        )
        .order_by(Inbound.id.desc())
        .limit(MOST_EARLIER)
    )
    return " ".join(row.original for row in reversed(list(rows)))
