"""What the classifiers trained on the codebook's labels have in common: Rasa's life cycle around one plain model."""

# ruff: noqa: ARG003 -- the arguments are GraphComponent's, whether needed or not

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Protocol

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, METADATA_EXAMPLE
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.components.embedding_featurizer import ROWS
from bot.engine.understanding.features import Rows
from bot.engine.understanding.heads import Verdicts
from bot.engine.understanding.labels import Labels, read_labels

SCORES = "scores"


class Model(Protocol):
    """A model that can be written to and read from a folder."""

    def save(self, folder: Any) -> None:
        """Writes into an existing folder."""

    @classmethod
    def load(cls, folder: Any) -> Any:
        """Raises DamagedModel."""


class LabelledClassifier(GraphComponent):
    """Needs the message's rows (EmbeddingFeaturizer); a subclass names its model, how to fit it and what it sets."""

    model_class: ClassVar[type[Any]]

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: Any = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LabelledClassifier:
        """See GraphComponent."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LabelledClassifier:
        """See GraphComponent; raises DamagedModel, so that an engine without its weights does not start."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, cls.model_class.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model on all examples that have text and keeps it."""
        examples = [m for m in training_data.training_examples if isinstance(m.get(ROWS), Rows)]
        if not examples:
            raise ValueError("there is no training example in nlu_data")
        self._model = self.fit([m.get(ROWS) for m in examples], examples)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the labels of messages that have rows; a payload (`/act`) has none."""
        for message in messages:
            if isinstance(message.get(ROWS), Rows):
                self.label(message, message.get(ROWS))
        return messages

    @abstractmethod
    def fit(self, rows: list[Rows], examples: list[Message]) -> Model:
        """Trains on rows and examples of the same order."""

    @abstractmethod
    def label(self, message: Message, rows: Rows) -> None:
        """Sets what the model finds on the message."""


def add_scores(message: Message, verdicts: Verdicts) -> None:
    """Adds every head's score to SCORES {name: 0-1}: what an evaluation needs and the desk shows."""
    scores = {name: round(verdict.score, 4) for name, verdict in verdicts.items()}
    message.set(SCORES, {**(message.get(SCORES) or {}), **scores}, add_to_output=True)


def example_labels(message: Message) -> Labels:
    """The labels in the metadata of a training example; raises LabelError."""
    return read_labels((message.get(METADATA) or {}).get(METADATA_EXAMPLE))
