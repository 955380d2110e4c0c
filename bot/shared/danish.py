"""Folding of Danish as people type it, before any matching.

Rules are written in proper Danish and folded by the same functions as the text, so that a rule and a message meet in
the middle: "SLÅÅÅR", "slaar" and "s l å r" all become the word that the rule names.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

SENTENCE_END = "."
LONGEST_WORD = 40  # what comes after is cut off: no word of a rule is longer, and matching stays linear

# Letters that do not decompose, or that Danish keyboards and neighbours write otherwise.
_LETTERS = {"ä": "æ", "ö": "ø", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "ی": "ي", "ى": "ي", "ک": "ك", "ة": "ه", "ـ": ""}
_KEPT = frozenset("åæø")
_SKIN_TONES = frozenset(chr(code) for code in range(0x1F3FB, 0x1F400))

_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_TWO_LETTER_VOWELS = re.compile(r"aa|ae|oe")
_VOWELS = {"aa": "å", "ae": "æ", "oe": "ø"}
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’´`](?=[^\W\d_])")
# Three or more single letters with one and the same kind of mark between: "s l å r", "s.l.å.r".
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:[ ][^\W\d_]){2,}(?![^\W_])|(?<![^\W_])[^\W\d_](?:[.\-*_/][^\W\d_]){2,}(?![^\W_])")
_TOKEN = re.compile(r"[^\W_]+|[.!?;\n؟。]+|[^\w\s]")


def fold(text: str) -> str:
    """Lower case in plain letters: no compatibility forms, invisible characters, accents; æ, ø, å and emoji stay.

    "aa", "ae", "oe" become å, æ, ø; a letter three times or more in a row becomes one. Line ends stay, other control
    characters become blanks.
    """
    plain = "".join(_fold_character(character) for character in unicodedata.normalize("NFKC", text).casefold())
    plain = _STRETCHED.sub(r"\1", unicodedata.normalize("NFC", plain))
    return _TWO_LETTER_VOWELS.sub(lambda match: _VOWELS[match.group()], plain)


def words(text: str) -> list[str]:
    """The folded words of a text in order, doubled letters written once, each sentence end a `.`, each emoji a word."""
    joined = _SPACED.sub(_join_letters, _APOSTROPHE.sub("", fold(text)))
    return [token for match in _TOKEN.finditer(joined) if (token := _token(match.group()))]


def skeleton(word: str) -> str:
    """One word of a rule in the form that `words` gives it."""
    return _DOUBLED.sub(r"\1", fold(word))[:LONGEST_WORD]


def without_danish_letters(word: str) -> Iterator[str]:
    """How a folded word is typed on a keyboard without æ, ø, å: "slår" gives "slar", "bælte" gives "belte"."""
    if not _KEPT.isdisjoint(word):
        yield word.replace("å", "a").replace("ø", "o").replace("æ", "e")


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _LETTERS:
        return _LETTERS[character]
    if character < "\x7f" or character in _KEPT:
        return " " if character < " " and character != "\n" else character
    if character in _SKIN_TONES:
        return ""
    decomposed = unicodedata.normalize("NFD", character)
    return "".join(_replace_special(part) for part in decomposed)


def _replace_special(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf", "Cs"}:  # marks, invisible and lone surrogates
        return ""
    if category in {"Zl", "Zp"}:
        return "\n"
    return " " if category in {"Cc", "Zs"} else character


def _join_letters(match: re.Match[str]) -> str:
    return "".join(character for character in match.group() if character.isalpha())


def _token(raw: str) -> str:
    first = raw[0]
    if first.isalnum():
        return _DOUBLED.sub(r"\1", raw)[:LONGEST_WORD]
    if first in ".!?;\n؟。":
        return SENTENCE_END
    return raw if unicodedata.category(first) == "So" else ""
