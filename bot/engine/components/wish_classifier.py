"""Wishes, and whether the text answers at all."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.engine.components.labelled_classifier import LabelledClassifier, add_scores, example_labels
from bot.engine.understanding.features import Rows
from bot.engine.understanding.wishes import WishModel, train_wishes

WISHES = "wishes"
SVAR = "svar"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class WishClassifier(LabelledClassifier):
    """Sets WISHES: [{"id", "score", "clause", "source"}] above their threshold, and SVAR: {"value": ja|nej, "score"}."""

    model_class = WishModel

    def fit(self, rows: list[Rows], examples: list[Message]) -> WishModel:
        """See LabelledClassifier."""
        return train_wishes(rows, [example_labels(m) for m in examples])

    def label(self, message: Message, rows: Rows) -> None:
        """See LabelledClassifier."""
        verdicts = self._model.judge(rows)
        add_scores(message, verdicts)
        wishes = [
            {"id": v.name, "score": round(v.score, 4), "clause": rows.clause(v.clause), "source": "model"}
            for v in self._model.wishes(verdicts)
        ]
        answers, score = self._model.answers(verdicts)
        message.set(WISHES, wishes, add_to_output=True)
        message.set(SVAR, {"value": "ja" if answers else "nej", "score": round(score, 4)}, add_to_output=True)
