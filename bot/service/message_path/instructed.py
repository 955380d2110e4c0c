"""The words that we ourselves tell citizens to answer with; they must work whatever a classifier makes of them."""

from bot.service.context import Context
from bot.service.logic.closed_answers import read_closed
from bot.service.logic.dialogue.prompts import PARTS_OF_DAY
from bot.service.logic.questions import Question
from bot.shared.codebook import AwaitedStep, DialogueAct, Expects
from bot.shared.danish import words
from bot.shared.keywords import is_call_wish, is_no, is_yes
from bot.shared.personal_data import find_phone

SHORT = 3  # words; what is longer may say more than the keyword in it
TIME_DIGITS = {str(number) for number in range(1, len(PARTS_OF_DAY) + 1)}


def instructed_act(
    context: Context, awaits: AwaitedStep, expects: Expects, question: Question | None, text: str
) -> DialogueAct | None:
    """The act of a message that is nothing but an instructed answer (JA, 4, SPRING OVER, RING …); None: the engine reads it."""
    said = words(text)
    if not said:
        return None
    if is_call_wish(text) and len(said) <= SHORT and expects not in (Expects.NUMMER, Expects.TID):
        return DialogueAct.OPKALD
    if expects is Expects.JA_NEJ and awaits is not AwaitedStep.SPOERGSMAAL:
        return _yes_or_no(text)
    if awaits is AwaitedStep.SPOERGSMAAL and said == words(context.texts.say("knap_spring_over")):
        return DialogueAct.SPRING_OVER
    if awaits is AwaitedStep.SPOERGSMAAL and question is not None and question.options:
        return DialogueAct.SVAR if read_closed(question, text) or text.strip().isdecimal() else None
    if expects is Expects.NUMMER:
        return _number(context, said, text)
    return DialogueAct.SVAR if expects is Expects.TID and text.strip() in TIME_DIGITS else None


def _yes_or_no(text: str) -> DialogueAct | None:
    if is_yes(text):
        return DialogueAct.BEKRAEFT
    return DialogueAct.AFVIS if is_no(text) else None


def _number(context: Context, said: list[str], text: str) -> DialogueAct | None:
    if said == words(context.texts.say("knap_dette_nummer")) or is_yes(text):
        return DialogueAct.BEKRAEFT
    only_a_number = find_phone(text) is not None and not any(letter.isalpha() for letter in text)
    return DialogueAct.SVAR if only_a_number else None
