"""The baselines that need neither the embedding nor Rasa, and what DIET's intents stand for."""

from pathlib import Path

import pytest

from bot.engine.understanding.labels import read_labels
from bot.shared.codebook import Theme
from tools.evaluate.baselines.diet import act_intent, theme_intent, unanswering_acts
from tools.evaluate.baselines.linear_svm import train_linear_svm
from tools.evaluate.baselines.majority import train_majority
from tools.evaluate.baselines.neighbours import vote
from tools.evaluate.baselines.training_data import Example, read_examples
from tools.labelling.messages import Message

DATA = """
version: "3.1"
nlu:
- intent: svar
  examples:
  - text: |
      hun hørte efter
    metadata: {themes: {hoert: "+"}, role: barn, age: 9}
  - text: |
      intet
- intent: klage
  examples:
  - text: |
      de har løjet
    metadata: {klage: ja}
"""


def example(text: str = "noget", intent: str = "svar", **labels: object) -> Example:
    return Example(text, intent, read_labels(labels))


def test_reads_what_rasa_reads(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(DATA, "utf-8")

    assert read_examples(tmp_path) == [
        example("hun hørte efter", themes={"hoert": "+"}, role="barn", age=9),
        example("intet"),
        example("de har løjet", "klage", klage="ja"),
    ]


def test_the_majority_says_the_same_of_all() -> None:
    plan = example(themes={"plan": "-"})
    trained = train_majority([plan, plan, example(themes={"plan": "+"}), example(themes={"skole": "+"}, svar="nej")])

    [first, second] = trained.predict([Message("a1", "x"), Message("a2", "y")])

    assert (first.id, second.id, first.themes, first.svar, first.oensker) == ("a1", "a2", {"plan": "-"}, "ja", [])


def test_neighbours_vote_by_three_of_five_and_the_nearest_breaks_a_tie() -> None:
    near = [
        {"themes": {"plan": "-"}, "klage": "maaske"},
        {"themes": {"plan": "+"}, "oensker": ["stop"]},
        {"themes": {"plan": "0", "skole": "+"}, "oensker": ["stop"], "klage": "ja"},
        {"themes": {"skole": "+"}, "klage": "maaske"},
        {},
    ]

    found = vote("a1", [read_labels(each) for each in near])

    assert (found.themes, found.klage, found.oensker, found.svar) == ({"plan": "-"}, "maaske", [], "ja")


@pytest.mark.parametrize(
    ("given", "theme", "act"),
    [
        (example(themes={"plan": "-", "skole": "+"}, klage="maaske"), "plan_minus", "maaske"),
        (example(intent="klage", klage="ja"), "ingen", "klage"),
        (example(intent="bekymring", bekymring="akut"), "ingen", "akut"),
        (example(intent="bekymring", bekymring="ja", klage="maaske"), "ingen", "bekymring"),
        (example(intent="hilsen", svar="nej"), "ingen", "hilsen"),
    ],
)
def test_what_diet_is_told(given: Example, theme: str, act: str) -> None:
    assert (theme_intent(given), act_intent(given)) == (theme, act)


def test_acts_that_mostly_answer_nothing() -> None:
    examples = [example(intent="hilsen", svar="nej"), example(), example(svar="nej"), example()]

    assert unanswering_acts(examples) == {"hilsen"}


def test_the_support_vector_machine_learns_words() -> None:
    voices = [
        example(
            f"{theme} var {'fint' if polarity == '+' else 'skidt'} nummer {i}",
            themes={theme: polarity},
            klage=klage,
            bekymring=["nej", "ja"][i % 2],
            oensker=[["opkald", "stop", "spoergsmaal", "tolk"][i % 4]],
            svar=["ja", "nej"][i % 2],
            lang=["da", "no"][i % 2],
        )
        for i in range(4)
        for theme in map(str, Theme)
        for polarity, klage in (("+", "nej"), ("-", "ja"))
    ]

    [found] = train_linear_svm(voices).predict([Message("a1", "plan var skidt nummer 1")])

    assert (found.themes, found.klage, found.oensker, found.svar, found.lang) == ({"plan": "-"}, "ja", ["stop"], "nej", "no")
