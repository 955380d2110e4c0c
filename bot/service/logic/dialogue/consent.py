"""The answer to first contact: yes begins the questions, no ends them kindly."""

from bot.service.logic import interviews
from bot.service.logic.dialogue import prompts
from bot.service.logic.dialogue.moment import Moment
from bot.service.models.words import Disposition
from bot.shared.codebook import AwaitedStep, DialogueAct
from bot.shared.keywords import is_no, is_yes


def samtykke(moment: Moment) -> None:
    """Yes, no, or words that are neither."""
    interview, act = moment.open_interview, moment.reading.act
    if interview is None:
        moment.conversation.awaits = AwaitedStep.INTET
        return
    if act is DialogueAct.BEKRAEFT or is_yes(moment.text):
        interviews.begin(moment.session, moment.context, interview, moment.voice)
    elif act in (DialogueAct.AFVIS, DialogueAct.SPRING_OVER) or is_no(moment.text):
        interviews.end(moment.context, interview, moment.conversation, Disposition.AFVIST)
        moment.voice.say("afvist")
    else:
        prompts.ask_consent_again(moment)
