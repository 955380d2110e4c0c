"""What every bridge to a real gateway needs to know."""

import re

from bot.service.errors import ConfigurationError
from bot.service.setting_reader import SettingReader

REAL_BRIDGES = ("kannel", "gatewayapi")

_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_LETTERS = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9 .&-]{0,9}[A-Za-z0-9])?")


def read_sms_sender(read: SettingReader) -> str:
    """What stands as the sender on the citizen's phone: a number (a `+` before it is taken off), or up to 11 letters.

    Raises:
        ConfigurationError: it is not set, or nothing that a phone shows.
    """
    sender = read.text("GENKLANG_SMS_SENDER")
    if _NUMBER.fullmatch(sender):
        return sender.removeprefix("+")
    if _LETTERS.fullmatch(sender):
        return sender
    raise ConfigurationError(
        "GENKLANG_SMS_SENDER must be a number of 3 to 15 digits, which can be answered, or up to 11 letters A-Z and digits"
    )
