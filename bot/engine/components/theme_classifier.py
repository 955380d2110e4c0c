"""Themes with polarity, each with the clause that carried it."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.engine.components.labelled_classifier import LabelledClassifier, add_scores, example_labels
from bot.engine.understanding.features import Rows
from bot.engine.understanding.themes import ThemeModel, train_themes

THEMES = "themes"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ThemeClassifier(LabelledClassifier):
    """Sets THEMES: [{"id", "polarity", "score", "clause"}], only those above their threshold."""

    model_class = ThemeModel

    def fit(self, rows: list[Rows], examples: list[Message]) -> ThemeModel:
        """See LabelledClassifier."""
        return train_themes(rows, [example_labels(m) for m in examples])

    def label(self, message: Message, rows: Rows) -> None:
        """See LabelledClassifier."""
        verdicts = self._model.judge(rows)
        add_scores(message, verdicts)
        found = [
            {"id": str(f.theme), "polarity": str(f.polarity), "score": round(f.score, 4), "clause": f.clause}
            for f in self._model.find(rows, verdicts)
        ]
        message.set(THEMES, found, add_to_output=True)
