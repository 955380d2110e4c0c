"""Small talk is answered in a sentence, and the same is asked again."""

from bot.service.logic.dialogue import answers, prompts
from bot.service.logic.dialogue.moment import Moment
from bot.service.logic.dialogue.requests import heard_after_alarm, loes_besked
from bot.service.logic.voice import has_opted_out
from bot.service.models.words import CaseKind
from bot.shared.codebook import AwaitedStep, Concern, DialogueAct

KEY_OF = {
    DialogueAct.HILSEN: "hilsen",
    DialogueAct.TAK: "tak_svar",
    DialogueAct.HJAELP: "hjaelp",
    DialogueAct.ER_DU_ROBOT: "er_du_robot",
    DialogueAct.UDENFOR: "udenfor",
}
NAMES_US = frozenset({DialogueAct.ER_DU_ROBOT})


def smaasnak(moment: Moment) -> None:
    """A greeting, thanks, a call for help text, *are you a robot*, or something beside the point."""
    act = moment.reading.act
    if act is DialogueAct.HJAELP and moment.is_child:
        moment.open_case(CaseKind.BEKYMRING, band=Concern.JA)
    if has_opted_out(moment.session, moment.conversation) or heard_after_alarm(moment):
        return
    if act is DialogueAct.UDENFOR and moment.awaits is AwaitedStep.SPOERGSMAAL:
        answers.svar(moment)  # an unusable answer counts as one: after two re-asks we go on
        return
    if act is DialogueAct.UDENFOR and moment.participant is None:
        loes_besked(moment)  # whatever a stranger wants, a human reads it
        return
    if act is DialogueAct.TAK and moment.awaits is AwaitedStep.INTET and moment.interview is not None:
        return  # thanks for thanks for thanks
    if act in NAMES_US:
        moment.voice.say(KEY_OF[act], kommune=moment.context.settings.municipality)
    else:
        moment.voice.say(KEY_OF[act])
    prompts.repeat(moment)


def uventet(moment: Moment) -> None:
    """Rasa found no rule: a human looks, and the citizen is told so."""
    moment.open_case(CaseKind.UBEHANDLET)
    moment.voice.say("undskyld")
    prompts.repeat(moment)
