from pathlib import Path

import numpy as np
import pytest

from bot.engine.understanding.danish_text import take_apart
from bot.engine.understanding.reading import read
from bot.engine.understanding.vector_cache import CachedEmbedder
from bot.engine.understanding.window import HEAD, PIECE, TAIL
from tests.engine.understanding.letter_counts import LetterCounts


def test_a_single_clause_is_embedded_once() -> None:
    model = LetterCounts()

    reading = read(take_apart("hun lyttede"), model)

    assert model.asked == ["hun lyttede"]
    assert np.array_equal(reading.clause_vectors, reading.text_vector[None, :])


def test_a_blank_text_has_no_clause_and_a_zero_vector() -> None:
    reading = read(take_apart("  "), LetterCounts())

    assert (reading.clauses, reading.clause_vectors.shape, float(reading.text_vector.sum())) == ((), (0, 32), 0.0)


@pytest.mark.parametrize("text", ["det var fint, men hun kom ikke. " * 300, "xy" * 5_000, "ord " * 2500], ids=len)
def test_a_long_text_costs_no_more_than_its_window(text: str) -> None:
    model = LetterCounts()

    reading = read(take_apart(text), model)

    assert sum(map(len, model.asked)) <= HEAD + TAIL + 1
    assert max(map(len, model.asked)) <= PIECE
    assert float(np.linalg.norm(reading.text_vector)) == pytest.approx(1.0, abs=1e-4)


def test_the_cache_asks_for_new_texts_only_and_outlives_the_process(tmp_path: Path) -> None:
    first, second = LetterCounts(), LetterCounts()
    cache = CachedEmbedder(first, tmp_path)
    before = cache.encode(["en", "to", "en"])
    cache.save()

    after = CachedEmbedder(second, tmp_path).encode(["to", "en", "tre"])

    assert sorted(first.asked) == ["en", "to"]
    assert second.asked == ["tre"]
    assert np.array_equal(after[:2], before[[1, 0]])
    assert b"tre" not in b"".join(path.name.encode() for path in tmp_path.iterdir())


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "letters.npz").write_bytes(b"PK damaged")
    model = LetterCounts()

    CachedEmbedder(model, tmp_path).encode(["en"])

    assert model.asked == ["en"]
