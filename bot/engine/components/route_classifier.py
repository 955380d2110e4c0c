"""The routes: is it a complaint, is somebody in danger."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.engine.components.labelled_classifier import LabelledClassifier, add_scores, example_labels
from bot.engine.understanding.features import Rows
from bot.engine.understanding.routes import Route, RouteModel, train_routes

ROUTES = "routes"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class RouteClassifier(LabelledClassifier):
    """Sets ROUTES: {"klage": {"value", "score", "clause", "source"}, "bekymring": {...}}; the source is model or rule."""

    model_class = RouteModel

    def fit(self, rows: list[Rows], examples: list[Message]) -> RouteModel:
        """See LabelledClassifier."""
        return train_routes(rows, [example_labels(m) for m in examples])

    def label(self, message: Message, rows: Rows) -> None:
        """See LabelledClassifier."""
        verdicts = self._model.judge(rows)
        add_scores(message, verdicts)
        routes = self._model.find(rows, verdicts)
        found = {"klage": _as_json(routes.complaint), "bekymring": _as_json(routes.concern)}
        message.set(ROUTES, found, add_to_output=True)


def _as_json(route: Route) -> dict[str, str | float | None]:
    return {"value": str(route.value), "score": round(route.score, 4), "clause": route.clause, "source": "model"}
