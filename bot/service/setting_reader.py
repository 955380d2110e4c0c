"""Reads settings from an environment; a wrong one is one sentence that says how to mend it."""

from collections.abc import Mapping
from pathlib import Path

from bot.service.errors import ConfigurationError


class SettingReader:
    """One environment. Nothing is collected: the first wrong setting raises ConfigurationError."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def text(self, name: str, default: str | None = None) -> str:
        """The setting's text, without blanks around it; required where there is no default."""
        value = self.environment.get(name, "").strip() or default
        if value is None:
            raise ConfigurationError(f"{name} is not set; README.md (Settings) says what belongs there")
        return value

    def optional_secret(self, name: str) -> str | None:
        """A secret, given itself or as `<name>_FILE` with the path of a file; None where neither is set."""
        path = self.environment.get(f"{name}_FILE", "").strip()
        if not path:
            return self.environment.get(name, "").strip() or None
        try:
            secret = Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{name}_FILE names a file that cannot be read as text ({type(error).__name__})") from error
        if not secret:
            raise ConfigurationError(f"{name}_FILE names an empty file; write the secret into it")
        return secret

    def secret(self, name: str) -> str:
        """A secret that must be there."""
        value = self.optional_secret(name)
        if value is None:
            raise ConfigurationError(f"{name} is not set; give it, or {name}_FILE with the path of a file that holds it")
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        text = self.text(name, str(default))
        if not (text.isascii() and text.isdecimal()) or not low <= int(text) <= high:
            raise ConfigurationError(f"{name} must be a whole number from {low} to {high}, not {text!r}")
        return int(text)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of the words in `choices`."""
        text = self.text(name, default)
        if text not in choices:
            raise ConfigurationError(f"{name} is {text!r}; it must be one of: {', '.join(choices)}")
        return text

    def decimal(self, name: str, default: str, low: float, high: float) -> float:
        """Seconds from `low` to `high`."""
        text = self.text(name, default)
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not low <= number <= high:
            raise ConfigurationError(f"{name} must be a number of seconds from {low} to {high}, not {text!r}")
        return number
