"""Makes the tools of a process from its settings; nothing else wires."""

from collections.abc import Mapping

from bot.service.channels.base import Sender
from bot.service.channels.sms.bridges import chosen_bridge
from bot.service.channels.telegram.client import make_client
from bot.service.channels.telegram.outbound import TelegramSender
from bot.service.channels.webchat.outbound import WebchatSender
from bot.service.clock import Clock
from bot.service.context import Context
from bot.service.crypto import KeyRing
from bot.service.database import Database
from bot.service.logic.question_sets import Catalogue
from bot.service.logic.texts import Texts
from bot.service.message_path.engine_client import EngineClient
from bot.service.models import install_keys
from bot.service.settings import Settings
from bot.shared.codebook import Channel


def make_context(settings: Settings) -> Context:
    """The tools of one process.

    Raises:
        ConfigurationError, QuestionSetError, TextError: a setting, key, question set or text is wrong; do not start.
    """
    keys = KeyRing.read(settings.key_text, settings.hash_key_text)
    install_keys(keys)
    return Context(
        settings=settings,
        clock=Clock(settings.home / "clock" if settings.development else None),
        database=Database(settings.database),
        keys=keys,
        texts=Texts.load(),
        catalogue=Catalogue.load(),
    )


def make_engine_client(settings: Settings) -> EngineClient:
    """The way to the engine."""
    return EngineClient(settings.engine_url, settings.engine_token, settings.service_url)


def make_senders(context: Context) -> Mapping[Channel, Sender]:
    """The outbound half of every channel that is switched on."""
    senders: dict[Channel, Sender] = {Channel.WEBCHAT: WebchatSender()}
    telegram = make_client(context.settings)
    if telegram is not None:
        senders[Channel.TELEGRAM] = TelegramSender(telegram)
    sms = chosen_bridge(context.settings)
    if sms is not None:
        senders[Channel.SMS] = sms.sender(context)
    return senders
