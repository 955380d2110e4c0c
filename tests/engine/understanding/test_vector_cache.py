"""Vectors are computed once, on several cores where it pays, and are the same wherever they are computed."""

from pathlib import Path

import numpy as np
import pytest

from bot.engine.understanding import vector_cache
from bot.engine.understanding.embedding import embedder
from bot.engine.understanding.vector_cache import CachedEmbedder, Wanted

LETTERS = "tests.engine.understanding.letter_counts.LetterCounts"
TEXTS = ["hun lyttede", "mødet var langt", "vi fik en plan", "tak", "hun lyttede"]


def test_side_processes_give_the_vectors_that_one_process_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_cache, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(vector_cache.os, "cpu_count", lambda: 2)
    cached = CachedEmbedder(embedder(LETTERS), tmp_path)

    cached.warm(TEXTS, LETTERS)

    assert np.array_equal(cached.encode(TEXTS), embedder(LETTERS).encode(TEXTS))


def test_a_saved_vector_is_not_computed_again(tmp_path: Path) -> None:
    first = CachedEmbedder(embedder(LETTERS), tmp_path)
    first.encode(TEXTS)
    first.save()
    wanted = Wanted(embedder(LETTERS).dim)
    wanted.name = embedder(LETTERS).name

    CachedEmbedder(wanted, tmp_path).encode(TEXTS)

    assert wanted.texts == []


def test_a_damaged_cache_costs_time_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / f"{embedder(LETTERS).name}.npz").write_bytes(b"broken")

    assert CachedEmbedder(embedder(LETTERS), tmp_path).encode(["tak"]).shape == (1, embedder(LETTERS).dim)
