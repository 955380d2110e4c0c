"""Phone numbers as hands and gateways write them, in the one form that we keep: `+4500000012`."""

import re
from typing import Any

from bot.service.errors import UnreadableMessageError

NOBODY = "?"  # the address of a message whose sender nobody told
MOST_OF_A_NAME = 40

_E164 = re.compile(r"\+[1-9][0-9]{4,14}|\+45[0-9]{8}")  # our test numbers begin with zeros, as no real one does
_BETWEEN_DIGITS = re.compile(r"[ .-]")
_DANISH = re.compile(r"[0-9]{8}")
_WITH_COUNTRY = re.compile(r"(?:00)?([1-9][0-9]{8,14})")  # 00 is how Europe dials abroad; shorter ones are short codes


def read_number(typed: Any) -> str:
    """A number as a hand may type it, in the form `+4500000012`; eight digits alone are a Danish one.

    Raises:
        UnreadableMessageError: for anything else.
    """
    digits = _BETWEEN_DIGITS.sub("", typed) if isinstance(typed, str) else ""
    if _DANISH.fullmatch(digits):
        digits = f"+45{digits}"
    if not is_number(digits):
        raise UnreadableMessageError("`from` must be a phone number: +45 and eight digits, or + and the country's code")
    return digits


def read_sender(given: str) -> str:
    """The sender of an SMS as a gateway tells it: `+4500000012`, `004500000012` and `4500000012` are one and the same.

    A short code or a name stays as it is: what came from there is kept and read, and nothing can be sent to it.
    """
    digits = _BETWEEN_DIGITS.sub("", given)
    with_country = _WITH_COUNTRY.fullmatch(digits)
    if with_country:
        return f"+{with_country[1]}"
    try:
        return read_number(digits)
    except UnreadableMessageError:
        return given.strip()[:MOST_OF_A_NAME] or NOBODY


def is_number(address: str) -> bool:
    """Whether something can be sent to this address."""
    return _E164.fullmatch(address) is not None
