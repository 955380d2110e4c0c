"""What a text looks like by itself; DialogueActClassifier decides what it counts as."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.components.labelled_classifier import LabelledClassifier
from bot.engine.understanding.features import Rows
from bot.engine.understanding.intents import IntentModel, train_intents

INTENT_RANKING = "intent_ranking"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(LabelledClassifier):
    """Sets Rasa's intent and intent_ranking."""

    model_class = IntentModel

    def fit(self, rows: list[Rows], examples: list[Message]) -> IntentModel:
        """See LabelledClassifier."""
        return train_intents(rows, [str(m.get(INTENT)) for m in examples])

    def label(self, message: Message, rows: Rows) -> None:
        """See LabelledClassifier."""
        ranking = [{"name": str(a), "confidence": round(s, 4)} for a, s in self._model.rank(rows).items()]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING, ranking, add_to_output=True)
