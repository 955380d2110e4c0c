"""Turns the text, its clauses and the question asked into the rows of numbers that all heads weigh."""

# ruff: noqa: ARG003 -- the arguments are GraphComponent's, whether needed or not

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.components.danish_tokenizer import DanishTokenizer, danish_text
from bot.engine.understanding.embedding import Embedder, embedder
from bot.engine.understanding.features import FeatureModel
from bot.engine.understanding.reading import Reading, read
from bot.engine.understanding.vector_cache import CachedEmbedder, Wanted, cache_folder

ROWS = "rows"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class EmbeddingFeaturizer(GraphComponent):
    """Needs DANISH_TEXT, sets ROWS. Vectors are cached in training only: what citizens write is never on disk."""

    def __init__(
        self, path: str, model_storage: ModelStorage, resource: Resource, features: FeatureModel | None = None
    ) -> None:
        self._path = path
        self._embedder = embedder(path)
        self._model_storage = model_storage
        self._resource = resource
        self._features = features

    @classmethod
    def required_components(cls) -> list[type]:
        """See GraphComponent."""
        return [DanishTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`embedder` is the full path of a class with the interface Embedder."""
        return {"embedder": "bot.engine.understanding.embedding.AdaptedE5"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EmbeddingFeaturizer:
        """See GraphComponent."""
        return cls(config["embedder"], model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EmbeddingFeaturizer:
        """See GraphComponent; raises DamagedModel."""
        with model_storage.read_from(resource) as folder:
            return cls(config["embedder"], model_storage, resource, FeatureModel.load(folder, embedder(config["embedder"]).name))

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the features' scales; vectors come from the cache, and new ones go into it."""
        wanted = Wanted(self._embedder.dim)
        list(_readings(training_data.training_examples, wanted))
        cached = CachedEmbedder(self._embedder, cache_folder())
        cached.warm(wanted.texts, self._path)
        readings = [reading for _, reading in _readings(training_data.training_examples, cached)]
        cached.save()
        if not readings:
            raise ValueError("there is no training example in nlu_data")
        self._features = FeatureModel.fit(readings, self._embedder.name)
        with self._model_storage.write_to(self._resource) as folder:
            self._features.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the rows of every message with a text that is no payload."""
        self._add_rows(messages, self._embedder)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """As process, with the vectors that `train` has cached."""
        self._add_rows(training_data.training_examples, CachedEmbedder(self._embedder, cache_folder()))
        return training_data

    def _add_rows(self, messages: list[Message], model: Embedder) -> None:
        assert self._features is not None  # Rasa trains or loads before it processes
        for message, reading in _readings(messages, model):
            message.set(ROWS, self._features.rows(reading, _question(message)))


def _readings(messages: list[Message], model: Embedder) -> Iterator[tuple[Message, Reading]]:
    for message in messages:
        text = danish_text(message)
        if text is not None and not message.get(TEXT).startswith(INTENT_MESSAGE_PREFIX):
            yield message, read(text, model)


def _question(message: Message) -> str | None:
    """The words of the question asked: an example has them in its metadata, a citizen's message in the service's."""
    metadata = message.get(METADATA) or {}
    asked = (metadata.get(METADATA_EXAMPLE) or {}).get("question") or metadata.get("spoergsmaal")
    return asked if isinstance(asked, str) else None
