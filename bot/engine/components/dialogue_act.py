"""The last component: makes of labels and awaited step the one intent that the rules see, and the slot's entity."""

# ruff: noqa: ARG003 -- the arguments are GraphComponent's, whether needed or not

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.engine.components.embedding_featurizer import ROWS
from bot.engine.components.intent_classifier import INTENT_RANKING
from bot.engine.components.route_classifier import ROUTES
from bot.engine.components.wish_classifier import SVAR, WISHES
from bot.engine.understanding.acts import Findings, decide_act, with_net
from bot.engine.understanding.context import Context, ContextError, read_context
from bot.shared.codebook import AwaitedStep, Complaint, Concern, DialogueAct, Wish

SLOT = "venter_paa"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DialogueActClassifier(GraphComponent):
    """Needs ROUTES, WISHES, SVAR and INTENT_RANKING; sets intent and entity venter_paa, raises labels to the net's."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DialogueActClassifier:
        """See GraphComponent."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Decides the act of every message that was read; a payload names its own act."""
        for message in messages:
            if message.get(ROWS) is not None:
                _decide(message)
        return messages


def step_entity(step: AwaitedStep) -> dict[str, Any]:
    """The entity that fills the slot venter_paa."""
    return {"entity": SLOT, "value": str(step), "start": 0, "end": 0, "extractor": "DialogueActClassifier"}


def _decide(message: Message) -> None:
    context = _context(message)
    findings = with_net(_findings(message), context)
    ranking = {DialogueAct(r["name"]): float(r["confidence"]) for r in message.get(INTENT_RANKING) or ()}
    act = decide_act(findings, ranking, context)
    _raise_labels(message, findings)
    message.set(INTENT, {"name": str(act), "confidence": ranking.get(act, 0.0)}, add_to_output=True)
    message.set(ENTITIES, [step_entity(context.step)], add_to_output=True)


def _context(message: Message) -> Context:
    # The channel refuses a bad context with 422. What comes past it is `rasa test` and `rasa shell`.
    try:
        return read_context(message.get(METADATA))
    except ContextError:
        return Context()


def _findings(message: Message) -> Findings:
    routes = message.get(ROUTES)
    return Findings(
        concern=Concern(routes["bekymring"]["value"]),
        complaint=Complaint(routes["klage"]["value"]),
        wishes=[Wish(wish["id"]) for wish in message.get(WISHES)],
        answers=message.get(SVAR)["value"] == "ja" and bool(message.get(TEXT)),
    )


def _raise_labels(message: Message, findings: Findings) -> None:
    """What the net has found beyond the model stands in the output too, with the clause of the model if it had one.

    Whoever complains or is in danger has answered, whatever was asked (codebook).
    """
    routes = message.get(ROUTES)
    for name, value in (("klage", findings.complaint), ("bekymring", findings.concern)):
        if routes[name]["value"] != str(value):
            routes[name] = {**routes[name], "value": str(value), "source": "rule"}
    if findings.complaint is Complaint.JA or findings.concern is not Concern.NEJ:
        message.set(SVAR, {"value": "ja", "score": 1.0}, add_to_output=True)
    found = {wish["id"] for wish in message.get(WISHES)}
    raised = [{"id": str(w), "score": 1.0, "clause": None, "source": "rule"} for w in findings.wishes if str(w) not in found]
    message.get(WISHES).extend(raised)
