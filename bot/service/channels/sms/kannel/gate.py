"""Who may bring messages and receipts: calls from Kannel's network that know the secret (Basic authentication)."""

import base64
import hmac
import ipaddress
import logging
from datetime import timedelta

from fastapi import HTTPException, Request

from bot.service.channels.sms.kannel.settings import KannelSettings
from bot.service.channels.webchat.limits import RateLimit, network_of

USER = "kannel"
REFUSALS, REFUSALS_WITHIN = 30, timedelta(minutes=1)  # per network; beyond them nothing is logged

logger = logging.getLogger(__name__)


class Gate:
    """Refuses everybody but Kannel."""

    def __init__(self, settings: KannelSettings) -> None:
        self._networks = settings.networks
        self._expected = base64.b64encode(f"{USER}:{settings.secret}".encode())
        self._refusals = RateLimit(most=REFUSALS, window=REFUSALS_WITHIN)

    def check(self, request: Request) -> None:
        """Return if this is Kannel. Its calls are never counted: a flood of forgeries must not hold it up.

        Raises:
            HTTPException: 403, or 429 without a line in the log once too many came.
        """
        peer = request.client.host if request.client else ""
        if not self._is_near(peer):
            reason = "network"
        elif not self._knows_the_secret(request):
            reason = "secret"
        else:
            return
        if not self._refusals.take(network_of(peer)):
            raise HTTPException(429, headers={"Retry-After": str(int(REFUSALS_WITHIN.total_seconds()))})
        logger.warning("a call that is not Kannel's was refused", extra={"reason": reason})
        raise HTTPException(403)

    def _is_near(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)

    def _knows_the_secret(self, request: Request) -> bool:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(credentials.strip().encode(), self._expected)
        return right and scheme.lower() == "basic"
