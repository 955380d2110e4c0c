"""What an action says without a turn (in `rasa shell`): the demo question set, and nothing is written."""

from collections.abc import Mapping
from typing import Any

from bot.service.context import Context
from bot.shared.codebook import Audience, Channel, DialogueAct

KEY_OF = {
    "action_bekymring": "tak_fortsaet",
    "action_klage": "klage_modtaget",
    "action_spoergsmaal": "spoergsmaal_modtaget",
    "action_tolk": "tolk_modtaget",
    "action_opkald": "opkald_nummer",
    "action_opkald_ja": "opkald_nummer",
    "action_opkald_nummer": "opkald_tid",
    "action_uventet": "undskyld",
}
SMALL_TALK = {
    DialogueAct.HILSEN: "hilsen",
    DialogueAct.TAK: "tak_svar",
    DialogueAct.HJAELP: "hjaelp",
    DialogueAct.UDENFOR: "udenfor",
}
DEMO_SET = "foerste_moede"


def reply(context: Context, action: str, message: Mapping[str, Any]) -> list[str]:
    """The words for one message of a shell conversation; `message` is Rasa's latest_message."""
    act = (message.get("intent") or {}).get("name")
    if action == "action_smaasnak" and act in SMALL_TALK:
        first = context.texts.say(SMALL_TALK[DialogueAct(act)], Audience.FORAELDER, Channel.WEBCHAT)
        return [first, _question(context)]
    if action in KEY_OF:
        return [context.texts.say(KEY_OF[action], Audience.FORAELDER, Channel.WEBCHAT)]
    if action == "action_stop":
        kommune = context.settings.municipality
        return [context.texts.say("stop_bekraeftet", Audience.FORAELDER, Channel.WEBCHAT, kommune=kommune)]
    return [_question(context)]


def _question(context: Context) -> str:
    question_set = context.catalogue.latest(DEMO_SET)
    first = question_set.first(Audience.FORAELDER)
    return question_set.text(first.id, Audience.FORAELDER, Channel.WEBCHAT)
