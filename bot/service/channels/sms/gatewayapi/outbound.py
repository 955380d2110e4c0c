"""Hands messages over to GatewayAPI (POST /rest/mtsms)."""

import logging
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.service.channels.base import Rate, Receipts, SendError, Sending
from bot.service.channels.sms.gatewayapi.inbound import OURS
from bot.service.channels.sms.gatewayapi.settings import GatewayApiSettings
from bot.service.channels.sms.gsm7 import encoding
from bot.service.channels.sms.numbers import is_number
from bot.service.clock import machine_now

# Together less than outbox.SENDING_FOR.
TIMEOUT = httpx.Timeout(connect=4, write=4, read=15, pool=1)
CONNECTIONS = httpx.Limits(max_connections=8)  # the provider allows 40 from one address
VALID_FOR = timedelta(hours=48)  # what has not reached the phone by then expires: long before nobody waits for a receipt
USUAL_PAUSE_S, LONGEST_PAUSE_S = 30.0, 3600.0
WIRE_ENCODING = {"gsm7": "UTF8", "ucs2": "UCS2"}  # the provider's word for GSM-7 is UTF8

NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
REFUSES_THE_MESSAGE = frozenset({400, 413, 422})
REFUSES_US = frozenset({401, 403, 404, 405})
PASSED_ON = frozenset({502, 504})  # a server in between has lost the answer of the one behind it
# What counts more than the status that comes with it.
REFUSES_THE_ADDRESS = frozenset({"0x0215", "0x0217", "0x021f"})  # blacklisted; its country or operator is not allowed
REFUSES_FOR_A_WHILE = frozenset({"0x0214"})  # blacklisted for a time
REFUSES_THE_ACCOUNT = frozenset({"0x0216", "0x021d"})  # no credit left; no SMS for this account

_ERROR_CODE = re.compile(r"0x[0-9a-f]{4}")

logger = logging.getLogger(__name__)


class GatewayApiSender:
    """Sends plain text. The API documents no key by which it knows a repeated call: the same message sent twice arrives twice."""

    repeatable = False
    receipts = Receipts.BY_REFERENCE
    rate: Rate | None = None

    def __init__(self, settings: GatewayApiSettings, sender: str) -> None:
        self._sender = sender
        self._http = httpx.Client(
            base_url=settings.url,
            headers={"Authorization": f"Token {settings.token}"},
            timeout=TIMEOUT,
            limits=CONNECTIONS,
        )

    def send(self, sending: Sending) -> str:
        """Hand the message over and return GatewayAPI's id of it.

        Raises:
            SendError: with what it asks of the outbox.
        """
        body = as_call(sending, self._sender)
        try:
            answer = self._http.post("/rest/mtsms", json=body)
        except NEVER_LEFT as error:
            raise SendError(f"GatewayAPI could not be reached ({type(error).__name__})") from error
        except httpx.RequestError as error:
            raise SendError(f"GatewayAPI did not answer ({type(error).__name__})", unknown=True) from error
        if answer.is_success:
            return _read_id(answer)
        raise as_send_error(answer)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()


def as_call(sending: Sending, sender: str) -> dict[str, Any]:
    """The body of the call.

    Raises:
        SendError: the address is no phone number.
    """
    if not is_number(sending.address):
        raise SendError("the address is no phone number", permanent=True)
    return {
        "sender": sender,
        "message": sending.text,
        "encoding": WIRE_ENCODING[encoding(sending.text)],
        "recipients": [{"msisdn": int(sending.address)}],
        "userref": f"{OURS}{sending.reference}",
        "validity_period": int(VALID_FOR.total_seconds()),
    }


def as_send_error(answer: httpx.Response) -> SendError:
    """What the outbox should do about a refusal. The provider's sentences may name the number: none is kept."""
    status, code = answer.status_code, _error_code(answer)
    sentence = f"GatewayAPI refused ({status}, {code})" if code else f"GatewayAPI refused ({status})"
    if status == httpx.codes.TOO_MANY_REQUESTS or (status == httpx.codes.SERVICE_UNAVAILABLE and "retry-after" in answer.headers):
        return SendError("GatewayAPI asks for a pause", retry_after_s=_pause(answer))
    if code in REFUSES_THE_ADDRESS:
        return SendError(sentence, permanent=True)
    if code in REFUSES_FOR_A_WHILE:
        return SendError(sentence)
    if code in REFUSES_THE_ACCOUNT or status in REFUSES_US:
        # Not the message's fault: it is tried again, and whoever runs the service hears of it.
        logger.error("GatewayAPI refuses this account: look at token, URL, credit", extra={"status": status, "code": code})
        return SendError(sentence)
    return SendError(sentence, permanent=status in REFUSES_THE_MESSAGE, unknown=status in PASSED_ON)


def _read_id(answer: httpx.Response) -> str:
    """The id of the one message. A success that names none is no answer of the provider's: nobody knows what became of it."""
    content = _json(answer)
    ids = content.get("ids") if isinstance(content, dict) else None
    if not isinstance(ids, list) or not ids or not isinstance(ids[0], int | str):
        raise SendError("GatewayAPI's answer cannot be read", unknown=True)
    return str(ids[0])


def _error_code(answer: httpx.Response) -> str | None:
    """The API's own code, such as `0x0216`; None where there is none."""
    content = _json(answer)
    code = str(content.get("code")).lower() if isinstance(content, dict) else ""
    return code if _ERROR_CODE.fullmatch(code) else None


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def _pause(answer: httpx.Response) -> float:
    """The seconds that `Retry-After` asks for: a number of them or a date; 30 without either, an hour at most."""
    wish = answer.headers.get("retry-after", "").strip()
    if wish.isascii() and wish.isdecimal():
        return min(float(wish[:9]), LONGEST_PAUSE_S)
    try:
        until = parsedate_to_datetime(wish)
    except ValueError:
        return USUAL_PAUSE_S
    if until.tzinfo is None:  # "-0000": a date that does not know its zone
        return USUAL_PAUSE_S
    return min(max((until - machine_now()).total_seconds(), 1.0), LONGEST_PAUSE_S)
