"""Precedence: which of all findings becomes the one dialogue act."""

import pytest

from bot.engine.understanding.acts import Findings, decide_act, with_net
from bot.engine.understanding.context import Context
from bot.shared.codebook import AwaitedStep, Complaint, Concern, DialogueAct, Expects, Wish

ALL_WISHES = tuple(Wish)


@pytest.mark.parametrize(
    ("findings", "act"),
    [
        (Findings(Concern.AKUT, Complaint.JA, ALL_WISHES), "bekymring"),
        (Findings(Concern.JA, Complaint.JA, ALL_WISHES), "bekymring"),
        (Findings(Concern.NEJ, Complaint.JA, ALL_WISHES), "stop"),
        (Findings(complaint=Complaint.JA, wishes=(Wish.OPKALD, Wish.TOLK)), "klage"),
        (Findings(complaint=Complaint.MAASKE, wishes=(Wish.OPKALD, Wish.TOLK)), "opkald"),
        (Findings(wishes=(Wish.TOLK, Wish.SPOERGSMAAL)), "tolk"),
        (Findings(wishes=(Wish.SPOERGSMAAL,)), "spoergsmaal"),
        (Findings(complaint=Complaint.MAASKE), "svar"),
        (Findings(), "svar"),
    ],
)
def test_precedence_of_the_routes(findings: Findings, act: str) -> None:
    assert decide_act(findings, {DialogueAct.SVAR: 0.9}, Context(step=AwaitedStep.SPOERGSMAAL)) == act


def test_a_route_without_its_label_is_no_route() -> None:
    ranking = {DialogueAct.KLAGE: 0.9, DialogueAct.BEKRAEFT: 0.06, DialogueAct.SVAR: 0.04}

    assert decide_act(Findings(), ranking, Context()) is DialogueAct.BEKRAEFT


@pytest.mark.parametrize(
    ("said", "expects", "answers", "act"),
    [
        ("bekraeft", Expects.JA_NEJ, True, "bekraeft"),
        ("bekraeft", Expects.TEKST, True, "svar"),
        ("afvis", Expects.TEKST, True, "svar"),
        ("ved_ikke", Expects.TID, False, "svar"),
        ("hilsen", Expects.TEKST, True, "svar"),
        ("hilsen", Expects.TEKST, False, "hilsen"),
        ("tak", Expects.NUMMER, False, "tak"),
        ("udenfor", Expects.TID, False, "udenfor"),
        ("udenfor", Expects.TID, True, "svar"),
        ("hjaelp", Expects.TEKST, True, "hjaelp"),
        ("er_du_robot", Expects.TEKST, True, "er_du_robot"),
        ("spring_over", Expects.TEKST, False, "spring_over"),
        ("hilsen", Expects.SKALA, True, "hilsen"),
        ("udenfor", Expects.INTET, True, "udenfor"),
    ],
)
def test_where_free_words_are_expected_small_acts_become_an_answer(said: str, expects: Expects, answers: bool, act: str) -> None:
    context = Context(step=AwaitedStep.SPOERGSMAAL, expects=expects)

    assert decide_act(Findings(answers=answers), {DialogueAct(said): 0.9}, context) == act


@pytest.mark.parametrize(
    ("step", "act"),
    [("opkald_nummer", "svar"), ("opkald_tid", "svar"), ("opkald_ja", "opkald"), ("spoergsmaal", "opkald")],
)
def test_a_call_wish_is_the_answer_where_number_or_time_is_awaited(step: str, act: str) -> None:
    context = Context(step=AwaitedStep(step), expects=Expects.TID)

    assert decide_act(Findings(wishes=(Wish.OPKALD,)), {DialogueAct.SVAR: 0.5}, context) == act


def test_the_net_only_adds() -> None:
    found = Findings(Concern.JA, Complaint.MAASKE, (Wish.TOLK,))

    assert with_net(found, Context()) == Findings(Concern.JA, Complaint.MAASKE, {Wish.TOLK})
    assert with_net(found, Context(net_concern=Concern.AKUT, net_stop=True, net_complaint=True)) == Findings(
        Concern.AKUT, Complaint.JA, {Wish.TOLK, Wish.STOP}
    )
