"""GatewayAPI as one of the SMS bridges."""

from bot.service.channels.sms.bridge import SmsBridge
from bot.service.channels.sms.gatewayapi.outbound import GatewayApiSender
from bot.service.channels.sms.gatewayapi.routes import gatewayapi_router
from bot.service.errors import ConfigurationError
from bot.service.settings import Settings


def bridge(settings: Settings) -> SmsBridge:
    """The bridge for these settings.

    Raises:
        ConfigurationError: they are another bridge's.
    """
    gateway = settings.gatewayapi
    if gateway is None:
        raise ConfigurationError("GENKLANG_SMS_BRIDGE is not gatewayapi")
    return SmsBridge(
        sender=lambda context: GatewayApiSender(gateway, context.settings.sms_sender),
        router=lambda context: gatewayapi_router(context, gateway),
    )
