"""The numbers that the linear heads weigh: the embedding, hashed n-grams of the text, and those of the question asked.

Hashing needs no vocabulary to be kept and reads a word never seen before. crc32, not hash(): Python salts the latter
anew in every process. What was tried and measured stands in docs/understanding.md.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
import yaml
from scipy.sparse import csr_matrix, diags, hstack, vstack

from bot.engine.understanding.damaged import DamagedModel
from bot.engine.understanding.embedding import Vectors
from bot.engine.understanding.reading import Reading
from bot.shared.danish import fold

BUCKETS = 2**15
QUESTION_BUCKETS = 2**11  # there are few questions
CHARACTER_SIZES = (3, 4, 5)
WORD_SIZES = (1, 2, 3)
STEM = 5  # letters that a word shares with its other forms, roughly
SIGNS = ".,!?:;"
NEGATED_WORDS = 3  # how many words behind a negation it turns
# The length of each part in a row. Together they say how far a head trusts it before it has learnt anything.
EMBEDDING_SCALE = 2.5
NGRAM_SCALE = 6.0
QUESTION_SCALE = 1.5

ONLY_A_QUESTION = re.compile(r"[^.!?\n]+\?+\W*")
LEXICON = Path(__file__).parent.parent / "lexicon" / "negations.yml"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Rows:
    """The features of one message: row 0 is the whole text, the others its clauses where it has two or more."""

    reading: Reading
    dense: Floats  # (rows, dimensions of the embedding)
    sparse: csr_matrix  # (rows, BUCKETS + QUESTION_BUCKETS)

    @property
    def first_clause(self) -> int:
        """The row of the first clause: the whole text where it has but one clause or none."""
        return 1 if len(self.dense) > 1 else 0

    def clause(self, index: int) -> str | None:
        """The words of a clause by its place; None for a blank text."""
        return self.reading.clauses[index] if self.reading.clauses else None

    def fingerprint(self) -> str:
        """Rasa asks for it to tell training data apart; the text says it all."""
        return self.reading.fingerprint()


@dataclass(frozen=True)
class FeatureModel:
    """What is learnt about the features without any label.

    E5's vectors lie in a narrow cone: they are moved to their mean and stretched along the directions in which they hardly
    differ (half way to a whitening). An n-gram weighs the more the rarer it is (inverse document frequency).
    """

    mean: Floats  # (dimensions,)
    turn: Floats  # (dimensions, dimensions)
    rarity: Floats  # (BUCKETS,)
    embedding: str  # the name of the embedder whose vectors these are

    @classmethod
    def fit(cls, readings: Sequence[Reading], embedding: str) -> "FeatureModel":
        """From at least one reading."""
        vectors = np.stack([r.text_vector for r in readings])
        mean = vectors.mean(axis=0)
        parts = np.concatenate([vectors, *(r.clause_vectors for r in readings if len(r.clauses) > 1)]) - mean
        seen = np.zeros(BUCKETS, dtype=np.float32)
        for reading in readings:
            seen[list(_counts(ngrams(reading.text), BUCKETS))] += 1
        rarity = np.log((1 + len(readings)) / (1 + seen)) + 1
        return cls(mean.astype(np.float32), _half_whitening(parts), rarity.astype(np.float32), embedding)

    def rows(self, reading: Reading, question: str | None = None) -> Rows:
        """All rows of one message; each holds the question too."""
        texts, vectors = [reading.text], [reading.text_vector]
        if len(reading.clauses) > 1:
            texts += reading.clauses
            vectors += list(reading.clause_vectors)
        dense = (np.stack(vectors) - self.mean) @ self.turn * np.float32(EMBEDDING_SCALE)
        said = _of_length(NGRAM_SCALE, _count_rows(map(ngrams, texts), BUCKETS).multiply(self.rarity).tocsr())
        asked = _of_length(QUESTION_SCALE, _count_rows([ngrams(question) if question else ()], QUESTION_BUCKETS))
        return Rows(reading, dense, hstack([said, vstack([asked] * len(texts))], format="csr", dtype=np.float32))

    def save(self, folder: Path) -> None:
        """Writes into an existing folder."""
        name = np.array(self.embedding)
        np.savez(folder / "features.npz", mean=self.mean, turn=self.turn, rarity=self.rarity, embedding=name)

    @classmethod
    def load(cls, folder: Path, embedding: str) -> "FeatureModel":
        """Raises DamagedModel, also where what was learnt belongs to another embedding than `embedding`."""
        try:
            negations()
            with np.load(folder / "features.npz", allow_pickle=False) as kept:
                found = cls(kept["mean"], kept["turn"], kept["rarity"], str(kept["embedding"]))
        except Exception as error:  # zip, numpy and the file system each fail in their own ways
            raise DamagedModel(f"features: {type(error).__name__}: {error}") from error
        if found.turn.shape != 2 * found.mean.shape or found.rarity.shape != (BUCKETS,):
            raise DamagedModel("features: the parts do not fit together")
        if not all(np.isfinite(part).all() for part in (found.mean, found.turn, found.rarity)):
            raise DamagedModel("features: not every part is a number")
        if found.embedding != embedding:
            raise DamagedModel(f"the model was trained with {found.embedding}, the embedding here is {embedding}")
        return found


def ngrams(text: str) -> Iterator[str]:
    """Character n-grams within words, runs of words, words under a negation and the text's shape; told apart by a letter."""
    words = fold(text).split()
    for word in words:
        padded = f" {word} "
        for size in CHARACTER_SIZES:
            yield from (f"c{padded[i : i + size]}" for i in range(len(padded) - size + 1))
    for size in WORD_SIZES:
        yield from ("w" + " ".join(words[i : i + size]) for i in range(len(words) - size + 1))
    for word in _negated(words):
        yield f"n{word}"
        yield f"n{word[:STEM]}*"
    yield f"l{len(words).bit_length()}"  # length: whether a text answers at all hangs on it
    if ONLY_A_QUESTION.fullmatch(text):
        yield "q"


def _negated(words: Sequence[str]) -> Iterator[str]:
    """The words that stand close behind a negation, up to the next sign."""
    left = 0
    for word in words:
        bare = word.strip(SIGNS)
        if bare in negations():
            left = NEGATED_WORDS
        elif left:
            left -= 1
            yield bare
        if word[-1] in SIGNS:
            left = 0


@lru_cache(maxsize=1)
def negations() -> frozenset[str]:
    """The words that turn what follows, as bot/engine/lexicon/negations.yml lists them."""
    return frozenset(map(fold, yaml.safe_load(LEXICON.read_text("utf-8"))["words"]))


def _counts(grams: Iterable[str], buckets: int) -> Counter[int]:
    return Counter(crc32(gram.encode("utf-8", "surrogatepass")) % buckets for gram in grams)


def _count_rows(rows: Iterable[Iterable[str]], buckets: int) -> csr_matrix:
    """One row of dampened counts for each of `rows`."""
    starts, columns, values = [0], list[int](), list[float]()
    for grams in rows:
        counts = _counts(grams, buckets)
        columns.extend(counts)
        values.extend(counts.values())
        starts.append(len(columns))
    dampened = np.log1p(np.array(values, dtype=np.float32))
    return csr_matrix((dampened, columns, starts), shape=(len(starts) - 1, buckets), dtype=np.float32)


def _of_length(length: float, rows: csr_matrix) -> csr_matrix:
    """Every row brought to one length; an empty one stays empty."""
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return diags(length / np.maximum(lengths, 1e-9), dtype=np.float32) @ rows


def _half_whitening(centred: Vectors) -> Floats:
    """Turns vectors to their principal axes, each divided by the root of its spread, so that their mean length is 1."""
    spread, axes = np.linalg.eigh(np.cov(centred, rowvar=False) if len(centred) > 1 else np.eye(centred.shape[1]))
    deviation = np.sqrt(np.maximum(spread, spread.max() * 1e-6))
    turn = axes / np.sqrt(deviation)
    length = float(np.linalg.norm(centred @ turn, axis=1).mean())
    return np.asarray(turn / (length or 1.0), dtype=np.float32)
