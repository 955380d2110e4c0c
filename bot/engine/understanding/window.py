"""What part of a text the model reads, so that no text can cost more than a known time.

The embedding's time grows faster than the length of its input (500 characters 55 ms, 2,000 characters 330 ms), so a
long text is read as its beginning and its end, and never in pieces of more than 300 characters.
"""

import re
import unicodedata

HEAD = 1500
TAIL = 500
PIECE = 300
LONGEST_RUN = 10  # of one and the same character
MOST_SYMBOLS = 200  # each sign or emoji costs the model as much as a word
PUNCTUATION = ".,!?;:"  # where clauses end; counted apart

_LONG_RUN = re.compile(rf"(.)\1{{{LONGEST_RUN},}}", re.DOTALL)


def legible(text: str) -> str:
    """The text without what no tokenizer can use: control characters and lone surrogates become blanks."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") and c != "\n" else c for c in text).strip()


def without_runs(text: str) -> str:
    """The text with long runs of one character cut short."""
    return _LONG_RUN.sub(lambda run: run.group(1) * LONGEST_RUN, text)


def without_surplus(text: str) -> str:
    """The text with its first MOST_SYMBOLS ends of clauses, and as many other signs and emoji, only."""
    signs = [i for i, c in enumerate(text) if not (c.isalnum() or c.isspace())]
    ends = [i for i in signs if text[i] in PUNCTUATION]
    symbols = [i for i in signs if text[i] not in PUNCTUATION]
    surplus = {*ends[MOST_SYMBOLS:], *symbols[MOST_SYMBOLS:]}
    return "".join(c for i, c in enumerate(text) if i not in surplus).strip() if surplus else text


def read_window(text: str) -> str:
    """At most HEAD + TAIL characters of the text: all of it, or its beginning and its end on two lines."""
    clean = without_runs(legible(text))
    if len(clean) <= HEAD + TAIL:
        return without_surplus(clean)
    return f"{without_surplus(clean[:HEAD])}\n{without_surplus(clean[-TAIL:])}"


def pieces(text: str, limit: int = PIECE) -> list[str]:
    """Cuts a text at blanks into pieces of at most `limit` characters, a longer word anywhere. Empty if blank."""
    found: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        cut = max(rest.rfind(" ", 1, limit + 1), rest.rfind("\n", 1, limit + 1))
        cut = cut if cut > 0 else limit
        found.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*found, rest] if rest else found
