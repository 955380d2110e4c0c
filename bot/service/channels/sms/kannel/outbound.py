"""Hands messages over to Kannel (sendsms).

All is told in headers and body, so that no number, text or password stands in a URL, which servers and proxies write down.
"""

import logging

import httpx

from bot.service.channels.base import Rate, Receipts, SendError, Sending
from bot.service.channels.sms.gsm7 import encoding, replace_safely, segments
from bot.service.channels.sms.kannel.gate import USER
from bot.service.channels.sms.kannel.paths import RECEIPT
from bot.service.channels.sms.kannel.settings import KannelSettings
from bot.service.channels.sms.numbers import is_number

# Together less than outbox.SENDING_FOR.
TIMEOUT = httpx.Timeout(connect=4, write=4, read=15, pool=1)
# A connection that is kept may be closed by Kannel just as we write: nobody could tell whether it took the message.
CONNECTIONS = httpx.Limits(max_connections=8, max_keepalive_connections=0)
CODING = {"gsm7": "0", "ucs2": "2"}
USUAL_SEGMENTS = 2
MOST_SEGMENTS = 10  # `max-messages` in the configuration: Kannel cuts off what is longer and says nothing
VALID_FOR_MINUTES = 48 * 60  # what has not reached the phone by then expires: before nobody waits for a receipt any more
EVERY_RECEIPT = 1 | 2 | 4 | 8 | 16

NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
ACCEPTED = ("0:", "3:")  # handed to the SMS centre's connection; queued
NOT_NOW = frozenset({429, 503})
REFUSES_US = frozenset({401, 404, 405, 407})
WRONG_PASSWORD = "Authorization failed"  # noqa: S105 - what Kannel says, with a 403 as it says "Not routable" too

logger = logging.getLogger(__name__)


class KannelSender:
    """Sends plain text. Kannel takes no id by which it would know a repeated call: the same message sent twice arrives twice."""

    repeatable = False
    receipts = Receipts.BY_REFERENCE
    rate: Rate | None = None

    def __init__(self, settings: KannelSettings, sender: str, service_url: str) -> None:
        """`sender` is what the phone shows; `service_url` is where Kannel reaches us with receipts."""
        self._settings = settings
        self._sender = sender
        self._receipt_url = _with_secret(f"{service_url}{RECEIPT}", settings.secret)
        self._http = httpx.Client(timeout=TIMEOUT, limits=CONNECTIONS, trust_env=False)

    def send(self, sending: Sending) -> None:
        """Hand the message over. Kannel gives no id of it: receipts name ours.

        Raises:
            SendError: with what it asks of the outbox.
        """
        text = replace_safely(sending.text)
        headers = self._headers(sending, text)
        try:
            answer = self._http.post(self._settings.url, content=text.encode(), headers=headers)
        except NEVER_LEFT as error:
            raise SendError(f"Kannel could not be reached ({type(error).__name__})") from error
        except httpx.RequestError as error:
            raise SendError(f"Kannel did not answer ({type(error).__name__})", unknown=True) from error
        check_answer(answer.status_code, answer.text)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _headers(self, sending: Sending, text: str) -> dict[str, str]:
        check_message(sending, text)
        return {
            "Content-Type": "text/plain; charset=UTF-8",
            "X-Kannel-Username": self._settings.user,
            "X-Kannel-Password": self._settings.password,
            "X-Kannel-From": self._sender,
            "X-Kannel-To": sending.address,
            "X-Kannel-Coding": CODING[encoding(text)],
            "X-Kannel-Validity": str(VALID_FOR_MINUTES),
            "X-Kannel-DLR-Mask": str(EVERY_RECEIPT),
            "X-Kannel-DLR-Url": f"{self._receipt_url}?ref={sending.reference}&type=%d&ts=%T",
        }


def check_message(sending: Sending, text: str) -> None:
    """Refuse what Kannel would cut or misread; a longer text than usual is sent whole, since a cut one may say the opposite.

    Raises:
        SendError: permanent, so that a human sees to it.
    """
    if not is_number(sending.address):
        raise SendError("the address is no phone number", permanent=True)
    count = segments(text)
    if not 0 < count <= MOST_SEGMENTS:
        raise SendError(f"the text takes {count} SMS, of which Kannel sends 1 to {MOST_SEGMENTS}", permanent=True)
    if count > USUAL_SEGMENTS:
        logger.warning("a text is longer than two SMS", extra={"outbound": sending.reference, "segments": count})


def check_answer(status: int, said: str) -> None:
    """Return if Kannel took the message. Kannel's sentences are kept out of ours: they may name the number.

    A wrong password or URL is no fault of the citizen's: it is tried again like an outage, and loudly. It does not wait for
    ever, since after the third try a human hears of each message.

    Raises:
        SendError: with what the outbox should do.
    """
    if status == httpx.codes.ACCEPTED and said.startswith(ACCEPTED):
        return
    if status in NOT_NOW:
        raise SendError(f"Kannel takes nothing for now ({status})")
    if status in REFUSES_US or (status == httpx.codes.FORBIDDEN and said.startswith(WRONG_PASSWORD)):
        logger.error("Kannel refuses us: look at GENKLANG_KANNEL_URL, _USER and _PASSWORD", extra={"status": status})
        raise SendError(f"Kannel refuses us ({status})")
    if httpx.codes.is_client_error(status):
        raise SendError(f"Kannel refuses the message ({status})", permanent=True)
    # No answer of Kannel's. Whatever stands between us may have passed the message on.
    raise SendError(f"the answer is not Kannel's ({status})", unknown=True)


def _with_secret(url: str, secret: str) -> str:
    """Kannel sends what stands before the `@` as a header (Basic authentication), never in the request's line."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{USER}:{secret}@{rest}"
