"""Bringing the citizen back to what was being asked, after anything else was said."""

from bot.service.logic import interviews, invitations
from bot.service.logic.dialogue.moment import Moment
from bot.service.logic.voice import Choice
from bot.service.models.words import InterviewState
from bot.shared.codebook import AwaitedStep, Channel, DialogueAct

PARTS_OF_DAY = ("formiddag", "eftermiddag", "aften", "lige_meget")  # by SMS digit 1–4
THIS_NUMBER = "dette_nummer"


def repeat(moment: Moment) -> None:
    """Ask once more what is awaited; say nothing where nothing is."""
    if moment.awaits is AwaitedStep.SAMTYKKE:
        ask_consent_again(moment)
    elif moment.awaits is AwaitedStep.SPOERGSMAAL and moment.open_interview:
        interviews.ask_again(moment.context, moment.open_interview, moment.voice)
    elif moment.awaits is AwaitedStep.OPKALD_JA:
        moment.voice.say("genspoerg_ja_nej", choices=moment.voice.yes_no())
    elif moment.awaits is AwaitedStep.OPKALD_NUMMER:
        ask_number(moment)
    elif moment.awaits is AwaitedStep.OPKALD_TID:
        ask_time(moment)
    elif moment.awaits is AwaitedStep.FORTSAET:
        moment.voice.say("tak_fortsaet", choices=moment.voice.yes_no())


def ask_consent_again(moment: Moment) -> None:
    """Whether the citizen wants to take part, in few words."""
    moment.voice.say("genspoerg_samtykke", choices=(*moment.voice.yes_no(), moment.voice.stop_choice()))


def ask_number(moment: Moment, key: str = "opkald_nummer") -> None:
    """Which number may we ring; the number they write from is a button away."""
    moment.conversation.awaits = AwaitedStep.OPKALD_NUMMER
    own = Choice(THIS_NUMBER, moment.voice.words("knap_dette_nummer"), DialogueAct.BEKRAEFT, THIS_NUMBER)
    choices = [own] if has_own_number(moment) else []
    moment.voice.say(key, choices=[*choices, Choice("nej", moment.voice.words("knap_nej"), DialogueAct.AFVIS)])


def ask_time(moment: Moment) -> None:
    """When it suits best."""
    moment.conversation.awaits = AwaitedStep.OPKALD_TID
    choices = [Choice(part, moment.voice.words(f"tid_{part}"), DialogueAct.SVAR, part) for part in PARTS_OF_DAY]
    moment.voice.say("opkald_tid", choices=choices)


def has_own_number(moment: Moment) -> bool:
    """Whether we know a number that may be rung: the one written from, or the one registered."""
    return moment.voice.channel is Channel.SMS


def resume(moment: Moment) -> None:
    """After the callback dialogue: the same question again, or nothing where none was open."""
    moment.conversation.callback_case_id = None
    moment.conversation.asked_again = 0
    interview = moment.open_interview
    if interview is None:
        moment.conversation.awaits = AwaitedStep.INTET
    elif interview.state == InterviewState.INVITERET:
        moment.conversation.awaits = AwaitedStep.SAMTYKKE
        invitations.ask_consent(moment.context, interview, moment.voice)
    else:
        interviews.ask_again(moment.context, interview, moment.voice)
