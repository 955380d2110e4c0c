"""Rasa's stock DIET: the default pipeline of a new assistant, told what our labels say by one intent a message.

DIET names one intent. So two of it are trained: `themes`, whose intent is the first labelled theme with its polarity, and
`acts`, whose intent is nlu_data's own with `klage: maaske` and `bekymring: akut` as intents beside. What one intent cannot
say (a second theme, a complaint inside danger) this baseline misses: so would anybody who builds on intents alone.

Stock is 100 epochs. On 10,000 messages an epoch takes one to two minutes on two cores, so EPOCHS is what a run of a quarter
of an hour allows, and `make eval DIET_EPOCHS=100` is for a night.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.shared.codebook import Complaint, Concern, DialogueAct, Polarity, Wish
from tools.evaluate.baselines.training_data import Example
from tools.labelling.acted_on import Acted
from tools.labelling.messages import Message
from tools.labelling.model import Model

EPOCHS = 3
NONE = "ingen"
UNSURE, ACUTE = "maaske", "akut"
WORDS = {str(Polarity.PLUS): "plus", str(Polarity.MINUS): "minus", str(Polarity.NEUTRAL): "nul"}
SIGNS = {word: sign for sign, word in WORDS.items()}
# Rasa 3.6's default_config.yml without what has nothing to do here: synonyms, responses, the fallback to a human.
FEATURIZERS: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
CLASSIFIER: dict[str, Any] = {"name": "DIETClassifier", "constrain_similarities": True, "random_seed": 1}


class DietError(RuntimeError):
    """Rasa refused the training; the message is the end of what it said."""


def theme_intent(example: Example) -> str:
    """`hoert_plus` for the first labelled theme, or `ingen`."""
    for theme, polarity in example.labels.themes.items():
        return f"{theme}_{WORDS[str(polarity)]}"
    return NONE


def act_intent(example: Example) -> str:
    """nlu_data's intent, an acute danger and a mere dissatisfaction apart."""
    if example.labels.concern is Concern.AKUT:
        return ACUTE
    if example.intent == str(DialogueAct.SVAR) and example.labels.complaint is Complaint.MAASKE:
        return UNSURE
    return example.intent


TASKS: Mapping[str, Callable[[Example], str]] = {"themes": theme_intent, "acts": act_intent}


class Diet:
    """Both models by task, and the acts that count as no answer."""

    def __init__(self, archives: Mapping[str, Path], unanswering: "frozenset[str]") -> None:
        self._models = {task: Model(path) for task, path in archives.items()}
        self._unanswering = unanswering

    def predict(self, messages: Sequence[Message]) -> list[Acted]:
        """The labels that the two intents stand for."""
        return [self._acted(message) for message in messages]

    def parse_once(self, message: Message) -> object:
        """What one stock model costs a message."""
        return self._models["themes"].parse(message.text or ".", {})

    def _acted(self, message: Message) -> Acted:
        theme, act = (_intent(self._models[task], message) for task in ("themes", "acts"))
        name, _, polarity = theme.rpartition("_")
        return Acted(
            id=message.id,
            lang="da",
            themes={name: SIGNS[polarity]} if theme not in (NONE, "") else {},
            klage={str(DialogueAct.KLAGE): "ja", UNSURE: "maaske"}.get(act, "nej"),
            bekymring={str(DialogueAct.BEKYMRING): "ja", ACUTE: "akut"}.get(act, "nej"),
            oensker=[act] if act in [str(wish) for wish in Wish] else [],
            svar="nej" if act in self._unanswering else "ja",
            scores={},
            by_model={},
        )


def train_diet(examples: Sequence[Example], folder: Path, epochs: int) -> Diet:
    """Trains both models into `folder`, unless they stand there, one after the other; each has all cores.

    Raises:
        DietError: Rasa refused.
    """
    archives = {task: folder / f"{task}-{epochs}.tar.gz" for task in TASKS}
    for task, intent_of in TASKS.items():
        if not archives[task].is_file():
            _train(archives[task], [(intent_of(example), example.text) for example in examples], epochs)
    return Diet(archives, unanswering_acts(examples))


def unanswering_acts(examples: Sequence[Example]) -> "frozenset[str]":
    """The intents most of whose messages are labelled `svar: nej`; of the routes, that is a bare wish."""
    total = Counter(act_intent(example) for example in examples)
    empty = Counter(act_intent(example) for example in examples if not example.labels.answers)
    return frozenset(act for act, count in total.items() if empty[act] * 2 > count)


def _intent(model: Model, message: Message) -> str:
    # A slash would be read as an intent of its own, and a blank text is refused.
    return str(model.parse(message.text.strip().lstrip("/") or ".", {})["intent"]["name"] or "")


def _train(archive: Path, labelled: Sequence[tuple[str, str]], epochs: int) -> None:
    name = archive.name.partition(".")[0]
    work = archive.with_name(name)
    work.mkdir(parents=True, exist_ok=True)
    _write_data(work / "nlu.yml", labelled)
    pipeline = [*FEATURIZERS, {**CLASSIFIER, "epochs": epochs}]
    config = {"recipe": "default.v1", "assistant_id": "stock", "language": "da", "pipeline": pipeline}
    (work / "config.yml").write_text(yaml.safe_dump(config), "utf-8")
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--config", str(work / "config.yml")]
    command += ["--nlu", str(work / "nlu.yml"), "--out", str(work), "--fixed-model-name", name]
    with (work / "training.log").open("w") as log:
        done = subprocess.run(command, env=_environment(), stdout=log, stderr=log, check=False)  # noqa: S603 (above)
    if done.returncode != 0 or not (work / archive.name).is_file():
        raise DietError(f"stock DIET was not trained; the end of {work / 'training.log'} says why")
    # Last, so that a training that was broken off leaves no model behind.
    (work / archive.name).replace(archive)


def _environment() -> dict[str, str]:
    """Ours, without Rasa's cache (the archive is one) and with all cores for TensorFlow."""
    environment = {**os.environ, "RASA_MAX_CACHE_SIZE": "0", "RASA_TELEMETRY_ENABLED": "false"}
    environment.pop("OMP_NUM_THREADS", None)
    return environment


def _write_data(path: Path, labelled: Sequence[tuple[str, str]]) -> None:
    texts: dict[str, list[dict[str, str]]] = {}
    for intent, text in labelled:
        texts.setdefault(intent, []).append({"text": text})
    blocks = [{"intent": intent, "examples": examples} for intent, examples in texts.items()]
    path.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False), "utf-8")
