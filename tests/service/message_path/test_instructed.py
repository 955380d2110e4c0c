"""The words that we tell citizens to answer with mean what we said, whatever a classifier would make of them."""

import pytest

from bot.service.context import Context
from bot.service.message_path.instructed import instructed_act
from bot.shared.codebook import Audience, AwaitedStep, DialogueAct, Expects
from tests.service.driver import Citizen

BEFORE_QUESTIONS = [
    (AwaitedStep.SAMTYKKE, Expects.JA_NEJ, "JA", DialogueAct.BEKRAEFT),
    (AwaitedStep.SAMTYKKE, Expects.JA_NEJ, "nej tak", DialogueAct.AFVIS),
    (AwaitedStep.SAMTYKKE, Expects.JA_NEJ, "RING", DialogueAct.OPKALD),
    (AwaitedStep.SAMTYKKE, Expects.JA_NEJ, "ja, men hvem læser det?", None),
    (AwaitedStep.OPKALD_NUMMER, Expects.NUMMER, "00 00 00 42", DialogueAct.SVAR),
    (AwaitedStep.OPKALD_NUMMER, Expects.NUMMER, "det her nummer", DialogueAct.BEKRAEFT),
    (AwaitedStep.OPKALD_NUMMER, Expects.NUMMER, "kun 00 00 00 42 om aftenen", None),
    (AwaitedStep.OPKALD_TID, Expects.TID, "3", DialogueAct.SVAR),
    (AwaitedStep.OPKALD_TID, Expects.TID, "5", None),
    (AwaitedStep.INTET, Expects.INTET, "ja", None),
    (AwaitedStep.INTET, Expects.INTET, "", None),
]


@pytest.mark.parametrize(("step", "expects", "words", "act"), BEFORE_QUESTIONS)
def test_the_act_of_an_instructed_word(
    context: Context, step: AwaitedStep, expects: Expects, words: str, act: DialogueAct | None
) -> None:
    assert instructed_act(context, step, expects, None, words) is act


@pytest.mark.parametrize(
    ("words", "act"),
    [
        ("4", DialogueAct.SVAR),
        ("9", DialogueAct.SVAR),  # no option: it is asked again, and no classifier need guess
        ("spring over", DialogueAct.SPRING_OVER),
        ("ring til mig", DialogueAct.OPKALD),
        ("de lyttede ikke til os", None),
    ],
)
def test_the_act_at_a_closed_question(context: Context, words: str, act: DialogueAct | None) -> None:
    question = context.catalogue.latest("foerste_moede").first(Audience.FORAELDER)

    assert instructed_act(context, AwaitedStep.SPOERGSMAAL, question.kind.expects, question, words) is act


@pytest.mark.parametrize("words", ["min far slår mig", "jeg vil klage"])
def test_what_the_net_has_seen_is_never_taken_for_a_word(parent: Citizen, words: str) -> None:
    parent.write(words, act="svar")

    assert [question.act for question in parent.engine.asked] == [None]


def test_pieces_that_only_together_say_more_are_read_by_the_engine(parent: Citizen) -> None:
    parent.receive("men jeg har et spørgsmål")
    parent.receive("ja")
    parent.work()

    assert [(question.text, question.act) for question in parent.engine.asked] == [("men jeg har et spørgsmål ja", None)]
