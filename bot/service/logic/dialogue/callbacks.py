"""The callback dialogue: may we ring, on which number, when; then back to the question that was open."""

from bot.service.logic import cases, conversations, interviews
from bot.service.logic.dialogue import prompts
from bot.service.logic.dialogue.answers import keep
from bot.service.logic.dialogue.moment import Moment
from bot.service.logic.voice import has_opted_out
from bot.service.models import Case
from bot.service.models.words import AnswerKind, CallConsent, CaseKind
from bot.shared.codebook import AwaitedStep, Channel, DialogueAct
from bot.shared.keywords import is_negated, is_no, is_yes
from bot.shared.personal_data import find_phone

MAX_NUMBER_TRIES = 2


def start_callback(moment: Moment, case: Case, *, wants_call: bool, key: str) -> None:
    """Begin, or go on with, the callback dialogue of a case that was opened or added to."""
    if has_opted_out(moment.session, moment.conversation):
        if wants_call:
            cases.agree_to_call(moment.session, moment.context, case, moment.conversation)
        return  # after STOP nothing is asked, but the case stands
    moment.conversation.callback_case_id = case.id
    moment.conversation.asked_again = 0
    if case.call_consent == CallConsent.JA and case.wished_time:
        _say_deadline(moment, case)
        prompts.resume(moment)
    elif wants_call or case.call_consent == CallConsent.JA:
        cases.agree_to_call(moment.session, moment.context, case, moment.conversation)
        if key == "opkald_oensket":
            moment.voice.say(key)
        prompts.ask_number(moment)
    else:
        case.call_consent = CallConsent.SPURGT
        moment.conversation.awaits = AwaitedStep.OPKALD_JA
        moment.voice.say(key, choices=moment.voice.yes_no())


def opkald_ja(moment: Moment) -> None:
    """The answer to *may we ring?*; a number is a yes."""
    number = offered_number(moment)
    act = moment.reading.act
    if act in (DialogueAct.AFVIS, DialogueAct.SPRING_OVER) or is_no(moment.text):
        _declined(moment)
    elif number is not None:
        case = _agreed(moment)
        cases.set_number(moment.session, moment.context, case, moment.conversation, number)
        prompts.ask_time(moment)
    elif act is DialogueAct.BEKRAEFT or is_yes(moment.text):
        _agreed(moment)
        prompts.ask_number(moment)
    elif _may_ask_again(moment):
        _attach_words(moment)
        moment.voice.say("genspoerg_ja_nej", choices=moment.voice.yes_no())
    else:
        _attach_words(moment)
        prompts.resume(moment)


def offered_number(moment: Moment) -> str | None:
    """The number that may be rung: the only one in the message, and no *not* beside it. Promise 8: no unsafe number is rung."""
    found = {value for inbound in moment.inbounds for kind, value in inbound.found or () if kind == "telefon"}
    if len(found) != 1 or is_negated(moment.text):
        return None
    return find_phone(found.pop())


def opkald_nummer(moment: Moment) -> None:
    """Which number: another one, or the one they write from."""
    case = _agreed(moment)
    number = offered_number(moment)
    act = moment.reading.act
    own = act in (DialogueAct.BEKRAEFT, DialogueAct.SPRING_OVER, DialogueAct.VED_IKKE)
    if number is not None:
        cases.set_number(moment.session, moment.context, case, moment.conversation, number)
        prompts.ask_time(moment)
    elif act is DialogueAct.AFVIS:
        _declined(moment)
    elif own and moment.voice.channel is Channel.SMS:
        prompts.ask_time(moment)
    elif _may_ask_again(moment):
        _attach_words(moment)
        prompts.ask_number(moment, "opkald_nummer_igen")
    else:
        _attach_words(moment)  # a human finds the number, or that there is none
        prompts.ask_time(moment)


def opkald_tid(moment: Moment) -> None:
    """When: a part of the day or the citizen's own words. Then the promise, and back to the questions."""
    case = _agreed(moment)
    case.wished_time = _wished_time(moment)
    if case.wished_time not in prompts.PARTS_OF_DAY:
        _attach_words(moment)
    _say_deadline(moment, case)
    _leave(moment, case)


def fortsaet(moment: Moment) -> None:
    """Whether to go on after a pause."""
    act = moment.reading.act
    if act in (DialogueAct.AFVIS, DialogueAct.SPRING_OVER) or is_no(moment.text):
        _break_off(moment)
    elif act is DialogueAct.BEKRAEFT or is_yes(moment.text):
        _go_on(moment)
    else:
        _keep_addition(moment)
        _go_on(moment)


def _go_on(moment: Moment) -> None:
    """Take up what the pause interrupted: the callback, the consent, an unanswered question, or the next one."""
    interview = moment.open_interview
    case = conversations.callback_case(moment.session, moment.conversation)
    if case is not None:
        start_callback(moment, case, wants_call=False, key="klage_modtaget")
    elif interview is None or interview.question is None:
        prompts.resume(moment)
    elif interviews.is_answered(moment.session, interview):
        interviews.go_on(moment.session, moment.context, interview, moment.voice)
    else:
        interviews.ask_again(moment.context, interview, moment.voice)


def _break_off(moment: Moment) -> None:
    moment.conversation.callback_case_id = None
    moment.conversation.awaits = AwaitedStep.INTET
    if moment.open_interview is not None:
        interviews.break_off(moment.session, moment.context, moment.open_interview, moment.conversation)
    moment.voice.say("tak")


def _keep_addition(moment: Moment) -> None:
    """Words instead of yes or no belong to what was said before."""
    if moment.question is not None and moment.text and moment.interview is not None:
        keep(moment, moment.question, AnswerKind.COMMENT, text=moment.text)
    concern = cases.find_open(moment.session, moment.conversation, CaseKind.BEKYMRING)
    if concern is not None:
        themes, labels = moment.theme_rows, moment.label_rows
        cases.attach(moment.session, concern, moment.inbounds, question=None, themes=themes, labels=labels)


def _agreed(moment: Moment) -> Case:
    """The case of the running callback with the citizen's yes; an offered call becomes a case only now."""
    case = conversations.callback_case(moment.session, moment.conversation)
    if case is None:
        case = moment.open_case(CaseKind.OPKALD)
        moment.conversation.callback_case_id = case.id
    cases.agree_to_call(moment.session, moment.context, case, moment.conversation)
    return case


def _declined(moment: Moment) -> None:
    case = conversations.callback_case(moment.session, moment.conversation)
    if case is None:
        moment.voice.say("opkald_nej")
    else:
        cases.decline_call(moment.session, moment.context, case)
        moment.voice.say("klage_uden_opkald" if case.kind == CaseKind.KLAGE else "opkald_nej")
    _leave(moment, case)


def _leave(moment: Moment, case: Case | None) -> None:
    """Back to the interview: a complaint's question is asked again, an offer's question was answered and is not."""
    interview = moment.open_interview
    was_complaint = case is not None and case.kind == CaseKind.KLAGE
    moment.conversation.callback_case_id, moment.conversation.asked_again = None, 0
    answered = interview is not None and interview.question and interviews.is_answered(moment.session, interview)
    if interview is not None and answered and not was_complaint:
        interviews.go_on(moment.session, moment.context, interview, moment.voice)
    else:
        prompts.resume(moment)


def _may_ask_again(moment: Moment) -> bool:
    moment.conversation.asked_again += 1
    return moment.conversation.asked_again < MAX_NUMBER_TRIES


def _attach_words(moment: Moment) -> None:
    case = conversations.callback_case(moment.session, moment.conversation)
    if case is not None and moment.text:
        cases.attach(moment.session, case, moment.inbounds, question=None)


def _wished_time(moment: Moment) -> str:
    """A part of the day by press or SMS digit, else the citizen's own (redacted) words."""
    if moment.pressed is not None:
        return str(moment.pressed["id"])
    digit = moment.text.strip(" .")
    if digit in ("1", "2", "3", "4"):
        return prompts.PARTS_OF_DAY[int(digit) - 1]
    return moment.text[:120] or prompts.PARTS_OF_DAY[-1]


def _say_deadline(moment: Moment, case: Case) -> None:
    now = moment.context.clock.now()
    if case.ring_senest <= now:
        moment.voice.say("opkald_snart")
        return
    moment.voice.say("opkald_aftalt", frist=moment.context.texts.say_deadline(now, case.ring_senest))
