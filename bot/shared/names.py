"""Finds names of people: those known beforehand, given names, and words after a cue such as "hedder"."""

import re
from collections.abc import Iterator

from bot.shared.word_lists import read_word_list

Span = tuple[int, int]

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SHORTEST_PART = 2
_ABBREVIATIONS = frozenset(["hr", "fr", "dr"])
_SHOUTING = 0.7  # share of capital letters from which a capital says nothing


_LISTS = read_word_list("names.txt")
_SURE = _LISTS["fornavne"]
_ALSO_WORDS = _LISTS["fornavne_der_ogsaa_er_ord"]
_SURNAMES = _LISTS["efternavne"]
_SURE_CUES = _LISTS["hedder"]
_CUES = _LISTS["titler_og_slaegt"]
_NO_NAMES = _LISTS["aldrig_navne"]
_NEVER_NAMES = _NO_NAMES | _CUES
_NEED_CAPITAL = _ALSO_WORDS | _NO_NAMES


def known_name_spans(text: str, names: tuple[str, ...]) -> Iterator[Span]:
    """Where names known from the meeting stand: whole names, then their parts.

    A part that is also an ordinary word ("Mark" of "Mark Holm") is masked only with a capital letter.
    """
    whole = [parts for name in names if (parts := _WORD.findall(name))]
    for parts in sorted(whole, key=len, reverse=True):
        gap = r"[\s.\-]{1,3}"
        for match in re.finditer(rf"(?<!\w){gap.join(map(re.escape, parts))}(?:['’]?s)?(?!\w)", text, re.IGNORECASE):
            yield match.span()
    single = {part.casefold() for parts in whole if len(parts) > 1 for part in parts if len(part) > _SHORTEST_PART}
    for match in _WORD.finditer(text):
        word = _base(match.group(), single)
        if word and (match.group()[0].isupper() or word not in _NEED_CAPITAL):
            yield match.span()


def name_spans(text: str) -> Iterator[Span]:
    """Where other people's names stand, surnames that follow a given name included."""
    words = list(_WORD.finditer(text))
    shouted = _is_shouted(text)
    position = 0
    while position < len(words):
        if _is_name(text, words, position, shouted):
            last = _last_of_name(text, words, position, shouted)
            yield words[position].start(), words[last].end()
            position = last
        position += 1


def _is_name(text: str, words: list[re.Match[str]], position: int, shouted: bool) -> bool:
    word = words[position].group()
    if word.casefold() in _NEVER_NAMES or len(word) < _SHORTEST_PART:
        return False
    if _base(word, _SURE):
        return True
    capital = word[0].isupper() and not shouted
    cue = _cue_before(text, words, position)
    if cue in _SURE_CUES:
        return True
    if not capital or (word.isupper() and len(word) <= 4):
        return False
    if cue in _CUES or _base(word, _SURNAMES):
        return True
    return bool(_base(word, _ALSO_WORDS)) and (
        not _starts_sentence(text, words[position].start()) or _surname_follows(text, words, position)
    )


def _last_of_name(text: str, words: list[re.Match[str]], position: int, shouted: bool) -> int:
    """The index of the last word that belongs to the name beginning at `position`."""
    last = position
    while last + 1 < len(words) and last - position < 4 and _adjacent(text, words, last):
        following = words[last + 1].group()
        if shouted or not _may_be_name(following):
            break
        last += 1
    return last


def _may_be_name(word: str) -> bool:
    return word[0].isupper() and len(word) >= _SHORTEST_PART and word.casefold() not in _NO_NAMES


def _cue_before(text: str, words: list[re.Match[str]], position: int) -> str:
    if position == 0 or not _adjacent(text, words, position - 1):
        return ""
    return words[position - 1].group().casefold()


def _surname_follows(text: str, words: list[re.Match[str]], position: int) -> bool:
    return (
        position + 1 < len(words)
        and _adjacent(text, words, position)
        and words[position + 1].group()[0].isupper()
        and words[position + 1].group().casefold() not in _NO_NAMES
    )


def _adjacent(text: str, words: list[re.Match[str]], position: int) -> bool:
    """Whether only blanks (or the dot of "hr.") stand between this word and the next."""
    between = text[words[position].end() : words[position + 1].start()]
    abbreviated = words[position].group().casefold() in _ABBREVIATIONS
    return between.strip(" \t\u00a0") in {"", ":"} or (abbreviated and between == ". ")


def _starts_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 8) : start].rstrip(" \t\"'»”(–-")
    # An emoji ends a sentence as well as a mark does.
    return not before or before[-1] in ".!?:\n" or not (before[-1].isascii() or before[-1].isalpha())


def _base(word: str, names: frozenset[str] | set[str]) -> str | None:
    """The name in small letters if the word is one of these names, the genitive included."""
    plain = word.casefold().replace("’", "'")
    for form in (plain, plain.removesuffix("s"), plain.removesuffix("'s"), plain.split("-")[0]):
        if form in names:
            return form
    return None


def _is_shouted(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return len(letters) > 3 and sum(map(str.isupper, letters)) / len(letters) >= _SHOUTING
