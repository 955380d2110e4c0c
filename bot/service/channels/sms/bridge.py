"""What an SMS bridge is to the rest: one sender, and the routes on which its gateway brings messages and receipts."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from bot.service.channels.base import Sender
from bot.service.context import Context


@dataclass(frozen=True)
class SmsBridge:
    """One bridge. Both parts are made from the settings when a process starts; the worker sends, the service receives.

    Attributes:
        sender: makes the outbound half.
        router: makes the gateway's routes. A bridge that is switched off has none mounted, so its webhook answers 404.
    """

    sender: Callable[[Context], Sender]
    router: Callable[[Context], APIRouter]
