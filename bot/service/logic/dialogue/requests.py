"""What may be said at any step: danger, STOP, a complaint, a wish to be called, an interpreter, a question."""

from bot.service.logic import cases, concerns, conversations, interviews
from bot.service.logic.dialogue import prompts
from bot.service.logic.dialogue.answers import chosen_option, keep, keep_answer
from bot.service.logic.dialogue.callbacks import start_callback
from bot.service.logic.dialogue.moment import Moment
from bot.service.logic.voice import has_opted_out
from bot.service.models.words import READABLE, AnswerKind, CaseKind, Disposition
from bot.shared.codebook import AwaitedStep, Channel, Complaint, Concern, DialogueAct, Wish


def bekymring(moment: Moment) -> None:
    """Somebody may be in danger: the case, the pause or end of the questions, the ordinary words (once)."""
    band = moment.band
    keep_answer(moment)
    alarm = _alarm(moment)
    concerns.open_concern(moment.session, moment.context, moment.conversation, moment.interview, alarm)
    also_open(moment)
    if moment.reading.wants(Wish.STOP):
        _stop(moment)  # its confirmation is the only reply
        return
    net_band = max((Concern(inbound.net_danger) for inbound in moment.inbounds), key=lambda b: b.weight)
    if moment.voice.muted and band.weight <= net_band.weight:
        return  # the safety net has done the rest at the door
    concerns.answer(moment.session, moment.context, moment.open_interview, alarm, moment.voice)


def _alarm(moment: Moment) -> concerns.Alarm:
    return concerns.Alarm(
        moment.band, moment.turn.received_at, moment.inbounds, themes=moment.theme_rows, labels=moment.label_rows
    )


def stop(moment: Moment) -> None:
    """No more messages. What else the message says still reaches a human, and what was written before it is kept."""
    also_open(moment)
    before = [inbound.redacted for inbound in moment.inbounds if inbound.kind in READABLE and not inbound.net_stop]
    if len(before) < len(moment.inbounds):
        keep_answer(moment, " ".join(before).strip())
    _stop(moment)


def _stop(moment: Moment) -> None:
    conversations.opt_out(moment.session, moment.context, moment.conversation, moment.context.clock.now())
    if moment.open_interview:
        interviews.end(moment.context, moment.open_interview, moment.conversation, Disposition.STOPPET)


def klage(moment: Moment) -> None:
    """A complaint: kept as an answer too, its case opened at once, then the callback dialogue."""
    keep_answer(moment)
    case = moment.open_case(CaseKind.KLAGE)
    start_callback(moment, case, wants_call=moment.reading.wants(Wish.OPKALD), key="klage_modtaget")


def opkald(moment: Moment) -> None:
    """An explicit wish to be called is the yes and is not asked again."""
    complaint = cases.find_open(moment.session, moment.conversation, CaseKind.KLAGE)
    case = moment.open_case(CaseKind.KLAGE if complaint else CaseKind.OPKALD)
    start_callback(moment, case, wants_call=True, key="opkald_oensket")


def tolk(moment: Moment) -> None:
    """A human rings with an interpreter."""
    keep_answer(moment)
    case = moment.open_case(CaseKind.TOLK, band=Concern.JA, language=moment.reading.language)
    cases.agree_to_call(moment.session, moment.context, case, moment.conversation)
    moment.voice.say("tolk_modtaget")
    prompts.repeat(moment)


def spoergsmaal(moment: Moment) -> None:
    """A question to the municipality: an adviser answers within three working days, and the citizen is told so."""
    case = moment.open_case(CaseKind.SPOERGSMAAL)
    cases.agree_to_call(moment.session, moment.context, case, moment.conversation)
    moment.voice.say("spoergsmaal_modtaget")
    prompts.repeat(moment)


def also_open(moment: Moment) -> None:
    """Cases for whatever else the message holds beside the act that won; nothing is asked about them now."""
    complains = moment.reading.complaint is Complaint.JA or any(inbound.net_complaint for inbound in moment.inbounds)
    wants_call = moment.reading.wants(Wish.OPKALD)
    if complains:
        case = moment.open_case(CaseKind.KLAGE)
        if wants_call:
            cases.agree_to_call(moment.session, moment.context, case, moment.conversation)
        if moment.band is Concern.JA and moment.reading.act is DialogueAct.BEKYMRING:
            moment.conversation.callback_case_id = case.id  # asked about after the pause
    elif wants_call:
        case = moment.open_case(CaseKind.OPKALD)
        cases.agree_to_call(moment.session, moment.context, case, moment.conversation)
    if moment.band is not Concern.NEJ and moment.reading.act is DialogueAct.STOP:
        concerns.open_concern(moment.session, moment.context, moment.conversation, moment.interview, _alarm(moment))


def heard_after_alarm(moment: Moment) -> bool:
    """On the web chat, whatever is written once danger has ended the questions gets one fixed kind sentence."""
    concern = cases.find_open(moment.session, moment.conversation, CaseKind.BEKYMRING)
    if concern is None or moment.voice.channel is not Channel.WEBCHAT or moment.awaits is not AwaitedStep.INTET:
        return False
    moment.voice.say("fare_webchat_efter")
    return True


def loes_besked(moment: Moment) -> None:
    """Something was said though nothing was asked: a late answer, or loose words from somebody known or unknown."""
    if has_opted_out(moment.session, moment.conversation) or heard_after_alarm(moment):
        return
    if moment.participant is None:
        moment.open_case(CaseKind.UBEHANDLET)
        moment.voice.say("ukendt_nummer", kommune=moment.context.settings.municipality)
        return
    if moment.interview is not None and moment.interview.question:
        _keep_late(moment)
        moment.voice.say("tak")
        return
    if moment.reading.act is DialogueAct.SVAR and moment.text:
        moment.open_case(CaseKind.UBEHANDLET)  # words with no question to keep them under
    moment.voice.say("loes_besked")


def _keep_late(moment: Moment) -> None:
    """A late answer: a press or words on the question that was open last."""
    question = moment.question
    option = chosen_option(moment, question) if question is not None and moment.pressed is not None else None
    if question is not None and option is not None:
        keep(moment, question, AnswerKind.VALUE, value=str(option.value))
    else:
        keep_answer(moment)


