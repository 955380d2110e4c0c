"""Reads the word lists of bot/shared/rules."""

from bot.shared.rule_book import RULES_FOLDER


def read_word_list(name: str) -> dict[str, frozenset[str]]:
    """The sections of a file: `[id]` on a line, then words in small letters; `#` begins a comment."""
    sections: dict[str, set[str]] = {}
    section: set[str] = set()
    for line in (RULES_FOLDER / name).read_text(encoding="utf-8").splitlines():
        content = line.partition("#")[0].strip()
        if content.startswith("["):
            section = sections.setdefault(content.strip("[]"), set())
        else:
            section.update(content.split())
    return {name: frozenset(words) for name, words in sections.items()}
