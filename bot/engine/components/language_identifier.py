"""Names the language of a message."""

# ruff: noqa: ARG003 -- the arguments are GraphComponent's, whether needed or not

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.understanding.language import name_language, warm_up

LANGUAGE = "language"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LanguageIdentifier(GraphComponent):
    """Sets LANGUAGE: {"id": ISO 639-1 code, "score": 0-1}."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        """See GraphComponent."""
        warm_up()
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Names the language of every message."""
        for message in messages:
            language, score = name_language(message.get(TEXT) or "")
            message.set(LANGUAGE, {"id": language, "score": score}, add_to_output=True)
        return messages
