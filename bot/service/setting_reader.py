"""Reads settings from an environment; a wrong one is one sentence that says how to mend it."""

import re
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

    def hours_for(self, name: str, default: str, groups: tuple[str, ...]) -> dict[str, tuple[int, int]]:
        """Whole hours of the day for each group: `9-20` for all, or `9-20 <group>=8-16` where some differ."""
        words = self.text(name, default).split()
        usual = _hours(words[0])
        named = {group: _hours(hours) for group, _, hours in (word.partition("=") for word in words[1:])}
        if usual is None or None in named.values() or not named.keys() <= set(groups):
            wanted = f"hours such as 9-20, or 9-20 {groups[-1]}=8-16 where some differ"
            raise ConfigurationError(f"{name} must be {wanted}, not {' '.join(words)!r}")
        return {group: named.get(group) or usual for group in groups}


def _hours(text: str) -> tuple[int, int] | None:
    """`9-20` as (9, 20); None where that is no span of one day."""
    found = re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})", text)
    if not found or not 0 <= int(found[1]) < int(found[2]) <= 24:
        return None
    return int(found[1]), int(found[2])
