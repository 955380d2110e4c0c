"""LIX, the Danish measure of how hard a text is to read (Carl-Hugo Björnsson, 1968)."""

import re

LONG_WORD = 7  # letters; "over six"

_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$)|\n+")


def lix(text: str) -> float:
    """Words per sentence + 100 × words over six letters / words; 0.0 for a text without words.

    A sentence ends at `.`, `!`, `?` or `:` before a blank or the end, and at a line end; a stretch without a word (a
    lone emoji, "...") is no sentence, a text without any end is one. A dot, hyphen or apostrophe inside a word
    ("14.30", "e-mail") belongs to it; emoji and marks are not words.
    """
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = sum(1 for stretch in _SENTENCE_END.split(text) if _WORD.search(stretch))
    long_words = sum(1 for word in words if sum(map(str.isalpha, word)) >= LONG_WORD)
    return len(words) / sentences + 100 * long_words / len(words)
