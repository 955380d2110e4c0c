"""A message as the classifiers see it: its clauses and the vectors of the whole and of each clause."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.engine.understanding.danish_text import DanishText
from bot.engine.understanding.embedding import Embedder, Vectors
from bot.engine.understanding.window import pieces


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
    """Embeds the clauses, each once; the whole is their mean by length.

    Embedding the whole beside its clauses doubles the time and moves the figures by less than .01 (docs/understanding.md).
    """
    cut = [pieces(clause) for clause in text.clauses]
    vectors = embedder.encode([piece for parts in cut for piece in parts])
    parts = np.zeros((len(cut), embedder.dim), dtype=np.float32)
    start = 0
    for row, clause in enumerate(cut):
        parts[row] = _mean(vectors[start : start + len(clause)], [len(piece) for piece in clause])
        start += len(clause)
    whole = _mean(parts, [len(clause) for clause in text.clauses]) if cut else np.zeros(embedder.dim, dtype=np.float32)
    return Reading(text.text, text.lemmas, text.clauses, whole, parts)


def _mean(vectors: Vectors, weights: Sequence[int]) -> Vectors:
    """The mean of unit vectors by weight, brought back to unit length."""
    if len(vectors) == 1:
        return vectors[0]
    mean = np.average(vectors, axis=0, weights=weights)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length else mean, dtype=np.float32)
