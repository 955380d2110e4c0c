"""Takes Danish text apart: tokens with lemmas for Rasa, clauses for the classifiers behind it."""

# ruff: noqa: ARG003 -- the arguments are GraphComponent's, whether needed or not

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.understanding.danish_text import DanishText, take_apart, warm_up

DANISH_TEXT = "danish_text"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class DanishTokenizer(Tokenizer):
    """Sets Rasa's tokens and, for the text itself, the DanishText under DANISH_TEXT."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own settings for intents with more than one part, of which there are none here."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DanishTokenizer:
        """See GraphComponent."""
        warm_up()
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Rasa's tokens of one attribute."""
        text = take_apart(message.get(attribute))
        if attribute == TEXT:
            message.set(DANISH_TEXT, text)
        return [Token(t.text, t.start, lemma=t.lemma) for t in text.tokens if t.text.strip()]


def danish_text(message: Message) -> DanishText | None:
    """What the tokenizer found, or None where a message has no text of its own (a payload, an action's name)."""
    found = message.get(DANISH_TEXT)
    return found if isinstance(found, DanishText) else None
