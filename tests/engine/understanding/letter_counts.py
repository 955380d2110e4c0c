"""An embedder without a model: letters counted, so that like texts have like vectors."""

from collections.abc import Sequence

import numpy as np

from bot.engine.understanding.danish_text import take_apart
from bot.engine.understanding.embedding import Vectors
from bot.engine.understanding.features import BUCKETS, FeatureModel, Rows
from bot.engine.understanding.reading import read


class LetterCounts:
    """Remembers what it was asked to embed."""

    name = "letters"
    dim = 32

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        found = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(found, texts, strict=True):
            for letter in text:
                row[ord(letter) % self.dim] += 1
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, 1e-9), dtype=np.float32)


FEATURES = FeatureModel(
    mean=np.zeros(LetterCounts.dim, dtype=np.float32),
    turn=np.eye(LetterCounts.dim, dtype=np.float32),
    rarity=np.ones(BUCKETS, dtype=np.float32),
    embedding=LetterCounts.name,
)


def rows_of(text: str, question: str | None = None) -> Rows:
    return FEATURES.rows(read(take_apart(text), LetterCounts()), question)
