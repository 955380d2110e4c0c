"""The numbers that the linear heads weigh: the embedding beside hashed word and character n-grams.

Hashing needs no vocabulary to be kept and reads a word never seen before. crc32, not hash(): Python salts the latter
anew in every process.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from bot.engine.understanding.embedding import Vectors
from bot.engine.understanding.reading import Reading
from bot.shared.danish import fold

BUCKETS = 2**13
CHARACTER_SIZES = (3, 4, 5)
WORD_SIZES = (1, 2)
# E5's vectors have unit length and lie close together: unscaled they barely move a regularised head.
EMBEDDING_SCALE = 8.0
NGRAM_SCALE = 3.0

Row = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Rows:
    """The features of one message: row 0 is the whole text, the others its clauses where it has two or more."""

    reading: Reading
    matrix: csr_matrix

    @property
    def clauses(self) -> csr_matrix:
        """One row per clause; the whole text where it has but one clause or none."""
        return self.matrix[1:] if self.matrix.shape[0] > 1 else self.matrix

    def clause(self, index: int) -> str | None:
        """The words of a row of `clauses`; None for a blank text."""
        return self.reading.clauses[index] if self.reading.clauses else None

    def fingerprint(self) -> str:
        """Rasa asks for it to tell training data apart; the text says it all."""
        return self.reading.fingerprint()


def rows(reading: Reading) -> Rows:
    """All rows of one message."""
    found = [row(reading.text, reading.text_vector)]
    if len(reading.clauses) > 1:
        found += [row(c, v) for c, v in zip(reading.clauses, reading.clause_vectors, strict=True)]
    return Rows(reading, csr_matrix(np.stack(found)))


def row(text: str, vector: Vectors) -> Row:
    """Embedding and n-grams of one text, each part brought to its scale."""
    counts = np.zeros(BUCKETS, dtype=np.float32)
    np.add.at(counts, [crc32(gram.encode("utf-8", "surrogatepass")) % BUCKETS for gram in ngrams(text)], 1.0)
    np.log1p(counts, out=counts)
    length = float(np.linalg.norm(counts))
    if length:
        counts *= NGRAM_SCALE / length
    return np.concatenate([vector * EMBEDDING_SCALE, counts])


def ngrams(text: str) -> Iterator[str]:
    """Character n-grams within words and runs of words, told apart by a first letter."""
    words = fold(text).split()
    for word in words:
        padded = f" {word} "
        for size in CHARACTER_SIZES:
            yield from (f"c{padded[i : i + size]}" for i in range(len(padded) - size + 1))
    yield from word_runs(words)


def word_runs(words: Sequence[str]) -> Iterator[str]:
    """One and two words in a row."""
    for size in WORD_SIZES:
        yield from ("w" + " ".join(words[i : i + size]) for i in range(len(words) - size + 1))
