"""The SMS bridges by the name that GENKLANG_SMS_BRIDGE gives them; a new one is a folder here and a line in the table."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter

from bot.service.channels.sms.bridge import SmsBridge
from bot.service.channels.sms.gatewayapi.bridge import bridge as gatewayapi
from bot.service.channels.sms.kannel.bridge import bridge as kannel
from bot.service.channels.sms.simulator import SimulatorSender
from bot.service.settings import Settings


def chosen_bridge(settings: Settings) -> SmsBridge | None:
    """The bridge that is switched on; None without SMS."""
    make = BRIDGES.get(settings.sms_bridge)
    return make(settings) if make else None


def _simulator(_settings: Settings) -> SmsBridge:
    """Its page is the way in (bot/service/phone_simulator)."""
    return SmsBridge(sender=lambda _context: SimulatorSender(), router=lambda _context: APIRouter())


BRIDGES: Mapping[str, Callable[[Settings], SmsBridge]] = {"simulator": _simulator, "kannel": kannel, "gatewayapi": gatewayapi}
