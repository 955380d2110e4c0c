"""Keeps vectors by the hash of their text in an ignored folder, so that a second training computes only what is new."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.engine.understanding.embedding import Embedder, Vectors
from bot.engine.understanding.side_process import encode_aside

_BATCH = 64
_WORTH_A_PROCESS = 200  # texts; starting a process takes as long as embedding some fifty


def cache_folder() -> Path:
    """$GENKLANG_CACHE, or var/vectors under the working directory."""
    return Path(os.environ.get("GENKLANG_CACHE") or Path("var") / "vectors")


class CachedEmbedder:
    """An Embedder that looks into its file first; `save` writes what was new. Holds hashes and numbers, no text."""

    def __init__(self, inner: Embedder, folder: Path) -> None:
        self.name, self.dim = inner.name, inner.dim
        self._inner = inner
        self._path = folder / f"{inner.name}.npz"
        self._known: dict[str, Vectors] = _load(self._path)
        self._new = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        keys = [_key(text) for text in texts]
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}.items())
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            rows = self._inner.encode([text for _, text in batch])
            self._known.update((key, row) for (key, _), row in zip(batch, rows, strict=True))
        self._new += len(missing)
        return np.stack([self._known[key] for key in keys]) if keys else np.zeros((0, self.dim), dtype=np.float32)

    def warm(self, texts: Sequence[str], embedder_path: str) -> None:
        """Compute what is not known yet on all cores, where it is worth starting processes for."""
        missing = list({_key(text): text for text in texts if _key(text) not in self._known}.items())
        processes = min(os.cpu_count() or 1, len(missing) // _WORTH_A_PROCESS)
        if processes > 1:
            rows = encode_aside([text for _, text in missing], embedder_path, processes)
            self._known.update((key, row) for (key, _), row in zip(missing, rows, strict=True))
            self._new += len(missing)

    def save(self) -> None:
        """Writes the file anew if anything was added: whole or not at all, since two trainings may run at once."""
        if not self._new:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._path.parent, suffix=".npz", delete=False) as file:
            np.savez(file, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
        Path(file.name).replace(self._path)
        self._new = 0


class Wanted:
    """An Embedder that only notes which texts it is asked for."""

    name = "wanted"

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Zeros: nobody looks at them."""
        self.texts.extend(texts)
        return np.zeros((len(texts), self.dim), dtype=np.float32)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _load(path: Path) -> dict[str, Vectors]:
    if not path.exists():
        return {}
    try:
        with np.load(path, allow_pickle=False) as stored:
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, ValueError, KeyError):
        return {}  # a damaged cache costs time, nothing else
