"""A message as the classifiers see it: its clauses and the vectors of the whole and of each clause."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.engine.understanding.danish_text import DanishText
from bot.engine.understanding.embedding import Embedder, Vectors
from bot.engine.understanding.window import PIECE, pieces


@dataclass(frozen=True)
class Reading:
    """What is known about one text. A blank text has no clauses and a zero vector."""

    text: str
    lemmas: tuple[str, ...]
    clauses: tuple[str, ...]
    text_vector: Vectors  # (dim,), unit length
    clause_vectors: Vectors  # (clauses, dim), unit length

    def fingerprint(self) -> str:
        """Rasa asks for it to tell training data apart; the text says it all."""
        return self.text


def read(text: DanishText, embedder: Embedder) -> Reading:
    """Embeds the whole and its clauses, no part twice where it need not be.

    A single clause is the whole, and a text too long for one piece is the mean of its clauses.
    """
    if len(text.clauses) < 2:
        whole = embed_long(text.text, embedder)
        return Reading(text.text, text.lemmas, text.clauses, whole, whole[None, :][: len(text.clauses)])
    parts = np.stack([embed_long(clause, embedder) for clause in text.clauses])
    is_long = len(text.text) > PIECE
    whole = _mean(parts, [len(c) for c in text.clauses]) if is_long else embed_long(text.text, embedder)
    return Reading(text.text, text.lemmas, text.clauses, whole, parts)


def embed_long(text: str, embedder: Embedder) -> Vectors:
    """One vector for a text of any length: the mean of its pieces' vectors by their length, brought to unit length."""
    parts = pieces(text)
    if not parts:
        return np.zeros(embedder.dim, dtype=np.float32)
    return _mean(embedder.encode(parts), [len(part) for part in parts])


def _mean(vectors: Vectors, weights: Sequence[int]) -> Vectors:
    if len(vectors) == 1:
        return vectors[0]
    mean = np.average(vectors, axis=0, weights=weights)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length else mean, dtype=np.float32)
