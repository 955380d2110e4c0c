"""Which logic each action of the domain calls. The names stand in bot/engine/domain/actions.yml too; a test compares them."""

from rasa_sdk.executor import ActionExecutor

from actions.deed import Deed, Handler
from bot.service.context import Context
from bot.service.logic.dialogue import answers, callbacks, consent, requests, small_talk

HANDLERS: dict[str, Handler] = {
    "action_bekymring": requests.bekymring,
    "action_stop": requests.stop,
    "action_klage": requests.klage,
    "action_opkald": requests.opkald,
    "action_tolk": requests.tolk,
    "action_spoergsmaal": requests.spoergsmaal,
    "action_samtykke": consent.samtykke,
    "action_svar": answers.svar,
    "action_opkald_ja": callbacks.opkald_ja,
    "action_opkald_nummer": callbacks.opkald_nummer,
    "action_opkald_tid": callbacks.opkald_tid,
    "action_fortsaet": callbacks.fortsaet,
    "action_loes_besked": requests.loes_besked,
    "action_smaasnak": small_talk.smaasnak,
    "action_uventet": small_talk.uventet,
}


def make_executor(context: Context) -> ActionExecutor:
    """The executor that runs every action with this process's tools."""
    executor = ActionExecutor()
    for name, handler in HANDLERS.items():
        executor.register_action(Deed(name, handler, context))
    return executor
