"""Decides the one dialogue act of a message. Precedence lives here and nowhere else: the rules know none."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.engine.understanding.context import Context
from bot.shared.codebook import ROUTE_ACTS, AwaitedStep, Complaint, Concern, DialogueAct, Expects, Wish

OPEN_ANSWERS = frozenset({Expects.TEKST, Expects.NUMMER, Expects.TID})
# Where the step takes free words, these small acts are not an answer in disguise.
NEVER_AN_ANSWER = frozenset({DialogueAct.HJAELP, DialogueAct.ER_DU_ROBOT, DialogueAct.SPRING_OVER})
NO_ANSWER_IF_EMPTY = frozenset({DialogueAct.HILSEN, DialogueAct.TAK, DialogueAct.UDENFOR})
# "ring efter kl. 16" answers when we may ring; taken as a new wish it would begin the callback anew.
CALL_IS_THE_ANSWER = frozenset({AwaitedStep.OPKALD_NUMMER, AwaitedStep.OPKALD_TID})


@dataclass(frozen=True)
class Findings:
    """The labels of one message, the safety net's findings among them."""

    concern: Concern = Concern.NEJ
    complaint: Complaint = Complaint.NEJ
    wishes: Collection[Wish] = ()
    answers: bool = True


def with_net(findings: Findings, context: Context) -> Findings:
    """The findings with the net's added: a band only rises, a wish or complaint is only added."""
    return Findings(
        concern=max(findings.concern, context.net_concern, key=lambda band: band.weight),
        complaint=Complaint.JA if context.net_complaint else findings.complaint,
        wishes={*findings.wishes, *([Wish.STOP] if context.net_stop else [])},
        answers=findings.answers,
    )


def decide_act(findings: Findings, ranking: Mapping[DialogueAct, float], context: Context) -> DialogueAct:
    """The first route that a label calls for, else the likeliest small act as the awaited step takes it."""
    for act in ROUTE_ACTS:
        if _calls_for(act, findings, context.step):
            return act
    return _as_answer(likeliest_small_act(ranking), findings, context.expects)


def likeliest_small_act(ranking: Mapping[DialogueAct, float]) -> DialogueAct:
    """The likeliest act that is no route; `svar` if none is named."""
    small = {act: score for act, score in ranking.items() if act not in ROUTE_ACTS}
    return max(small, key=lambda act: small[act], default=DialogueAct.SVAR)


def _calls_for(act: DialogueAct, findings: Findings, step: AwaitedStep) -> bool:
    if act is DialogueAct.BEKYMRING:
        return findings.concern is not Concern.NEJ
    if act is DialogueAct.KLAGE:
        return findings.complaint is Complaint.JA
    if act is DialogueAct.OPKALD and step in CALL_IS_THE_ANSWER:
        return False
    return Wish(act.value) in findings.wishes


def _as_answer(act: DialogueAct, findings: Findings, expects: Expects) -> DialogueAct:
    stays = NEVER_AN_ANSWER if findings.answers else NEVER_AN_ANSWER | NO_ANSWER_IF_EMPTY
    return DialogueAct.SVAR if expects in OPEN_ANSWERS and act not in stays else act
