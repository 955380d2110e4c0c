"""The settings of Telegram that are more than a word."""

import re

from bot.service.errors import ConfigurationError
from bot.service.setting_reader import SettingReader

_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")  # Telegram takes these letters only, and as few as one


def read_bot_name(read: SettingReader) -> str | None:
    """The bot's username without its @, for the links on cards; None where none is set.

    Raises:
        ConfigurationError: it is no username.
    """
    name = read.environment.get("GENKLANG_TELEGRAM_BOT", "").strip().removeprefix("@")
    if name and not _USERNAME.fullmatch(name):
        raise ConfigurationError(f"GENKLANG_TELEGRAM_BOT must be the bot's username, such as anna_bot, not {name!r}")
    return name or None


def read_webhook_secret(read: SettingReader) -> str | None:
    """The secret with which Telegram brings updates; None: we fetch them.

    Raises:
        ConfigurationError: Telegram would not take it, or it could be guessed.
    """
    secret = read.optional_secret("GENKLANG_TELEGRAM_SECRET")
    if secret is not None and not _SECRET.fullmatch(secret):
        raise ConfigurationError(
            "GENKLANG_TELEGRAM_SECRET must be 16 to 256 of A-Z, a-z, 0-9, _ and -; try `openssl rand -hex 32`"
        )
    return secret
