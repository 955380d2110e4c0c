"""Danish text as tokens, lemmas and clauses: spaCy's blank Danish pipeline with lookup lemmas and rule matchers."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import spacy
import yaml
from spacy.language import Language
from spacy.lookups import Table, load_lookups
from spacy.matcher import Matcher
from spacy.tokens import Doc

from bot.engine.understanding.window import read_window

LEXICON = Path(__file__).parent.parent / "lexicon" / "clauses.yml"
MOST_CLAUSES = 12  # each clause costs one embedding of about 8 ms
SHORTEST_CLAUSE = 10  # characters; shorter ones say too little by themselves


@dataclass(frozen=True)
class Token:
    """A token of a text with its place in the text."""

    text: str
    lemma: str  # in lower case
    start: int


@dataclass(frozen=True)
class DanishText:
    """The part of a text that the model reads, taken apart. `clauses` is empty only for a blank text."""

    text: str
    tokens: tuple[Token, ...]
    clauses: tuple[str, ...]

    @property
    def lemmas(self) -> tuple[str, ...]:
        """The lemmas in order, without blanks."""
        return tuple(token.lemma for token in self.tokens if token.text.strip())


def take_apart(text: str) -> DanishText:
    """Tokens, lemmas and clauses of what read_window leaves of the text."""
    window = read_window(text)
    language, breaks, lemmas = _danish()
    doc = language(window)
    tokens = tuple(Token(t.text, lemmas.get(t.lower_, t.lower_), t.idx) for t in doc)
    return DanishText(window, tokens, tuple(_clauses(doc, breaks)))


def warm_up() -> None:
    """Loads the pipeline (about 2 s), which the first message should not have to wait for."""
    take_apart("ja")


@lru_cache(maxsize=1)
def _danish() -> tuple[Language, Matcher, Table]:
    language = spacy.blank("da")
    # The table itself and not the pipe "lemmatizer": the pipe looks words up as written and misses "Bøgerne".
    lemmas = load_lookups("da", ["lemma_lookup"]).get_table("lemma_lookup")
    matcher = Matcher(language.vocab)
    for name, patterns in _patterns(yaml.safe_load(LEXICON.read_text("utf-8"))).items():
        matcher.add(name, patterns)
    return language, matcher, lemmas


def _patterns(lexicon: dict[str, list[str]]) -> dict[str, list[list[dict[str, Any]]]]:
    # "starts": a clause begins at the first token; "ends": a clause begins behind the last token.
    return {
        "starts": [
            [{"LOWER": {"IN": lexicon["breaks"]}}],
            [{"LOWER": {"IN": lexicon["joins"]}}, {"LOWER": {"IN": lexicon["subjects"]}}],
        ],
        "ends": [[{"ORTH": {"IN": lexicon["ends"]}}], [{"TEXT": {"REGEX": r"^[.!?…\n]+\s*$"}}]],
    }


def _clauses(doc: Doc, breaks: Matcher) -> list[str]:
    cuts = {0, len(doc.text)}
    for match, start, end in breaks(doc):
        at_start = doc.vocab.strings[match] == "starts"
        cuts.add(doc[start].idx if at_start else doc[end - 1].idx + len(doc[end - 1]))
    borders = sorted(cuts)
    spans = [doc.text[a:b] for a, b in pairwise(borders)]
    return _with_ends_kept(_joined(spans, SHORTEST_CLAUSE), len(doc.text) // MOST_CLAUSES)


def _with_ends_kept(clauses: list[str], shortest: int) -> list[str]:
    """Joins the clauses of a long text, but not its first and its last: what weighs most is often said there."""
    if len(clauses) <= MOST_CLAUSES:
        return clauses
    return [clauses[0], *_joined([f"{clause} " for clause in clauses[1:-1]], shortest), clauses[-1]]


def _joined(spans: list[str], shortest: int) -> list[str]:
    """Joins spans shorter than `shortest` with what follows (the last with what goes before)."""
    found: list[str] = []
    held = ""
    for span in spans:
        held += span
        if len(held.strip()) >= shortest:
            found.append(held.strip())
            held = ""
    if held.strip():
        if found:
            found[-1] = f"{found[-1]} {held.strip()}"
        else:
            found.append(held.strip())
    return found
