"""Kannel as one of the SMS bridges."""

from bot.service.channels.sms.bridge import SmsBridge
from bot.service.channels.sms.kannel.outbound import KannelSender
from bot.service.channels.sms.kannel.routes import kannel_router
from bot.service.errors import ConfigurationError
from bot.service.settings import Settings


def bridge(settings: Settings) -> SmsBridge:
    """The bridge for these settings.

    Raises:
        ConfigurationError: they are another bridge's.
    """
    kannel = settings.kannel
    if kannel is None:
        raise ConfigurationError("GENKLANG_SMS_BRIDGE is not kannel")
    return SmsBridge(
        sender=lambda context: KannelSender(kannel, context.settings.sms_sender, context.settings.service_url),
        router=lambda context: kannel_router(context, kannel),
    )
