"""What is looked at before any deed, since it holds at every step.

A stale press, an edited message, words for a handler who is writing in the chat, another language.
"""

from bot.service.logic import cases, handler_lines
from bot.service.logic.dialogue.answers import amend
from bot.service.logic.dialogue.moment import Moment, is_open
from bot.service.models.words import CaseKind, InboundKind
from bot.shared.codebook import ROUTE_ACTS, Channel, Concern, DialogueAct

# What must be done whoever is spoken to. A question is not among them: it is the handler who is asked.
NEVER_FOR_A_HANDLER = {*ROUTE_ACTS, DialogueAct.HJAELP} - {DialogueAct.SPOERGSMAAL}


def settled(moment: Moment) -> bool:
    """Whether all is done before the deed itself."""
    if _is_stale_press(moment):
        moment.voice.say("spoergsmaal_lukket")
        return True
    if _is_edit(moment):
        amended = amend(moment)
        if moment.reading.act not in ROUTE_ACTS:
            if amended:
                moment.voice.say("svar_rettet")
            return True
    _heed_language(moment)
    if _is_for_a_handler(moment):
        moment.voice.say("fare_webchat_efter")
        return True
    return False


def _is_stale_press(moment: Moment) -> bool:
    """A second press of what was answered meanwhile must not answer the question after it. *Stop* is never stale."""
    press = next((inbound for inbound in moment.inbounds if inbound.kind == InboundKind.PRESS), None)
    if press is None or moment.reading.act is DialogueAct.STOP:
        return False
    return not is_open(moment.session, moment.conversation, moment.interview, press.original)


def _is_for_a_handler(moment: Moment) -> bool:
    """Words after a handler's line answer the handler, who has them on the case's page; what was asked waits for a press."""
    return (
        moment.voice.channel is Channel.WEBCHAT
        and moment.pressed is None
        and moment.reading.act not in NEVER_FOR_A_HANDLER
        and cases.find_open(moment.session, moment.conversation, CaseKind.BEKYMRING) is not None
        and handler_lines.is_writing(moment.session, moment.conversation)
    )


def _is_edit(moment: Moment) -> bool:
    return any(inbound.edits for inbound in moment.inbounds)


def _heed_language(moment: Moment) -> None:
    """Text outside the languages we understand is always read first by a human, who rings with an interpreter; said once."""
    if not moment.reading.foreign or not moment.text or moment.reading.act is DialogueAct.TOLK:
        return
    known = cases.find_open(moment.session, moment.conversation, CaseKind.TOLK)
    case = moment.open_case(CaseKind.TOLK, band=Concern.JA, language=moment.reading.language)
    cases.agree_to_call(moment.session, moment.context, case, moment.conversation)
    if known is None and moment.band is Concern.NEJ:  # the reply to danger is the ordinary one, letter for letter
        moment.voice.say("tolk_modtaget")
