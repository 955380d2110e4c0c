"""Embeds many texts in several processes, since one embedding runs on one core: for a training with an empty vector cache.

`python -m bot.engine.understanding.side_process` is one such process: JSON {embedder, texts} in, an .npy of vectors out.
"""

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bot.engine.understanding.embedding import Vectors, embedder

BATCH = 64


def encode_aside(texts: Sequence[str], embedder_path: str, processes: int) -> Vectors:
    """One row per text, in their order.

    Raises:
        subprocess.CalledProcessError: a process failed; what it said stands on stderr.
    """
    parts = [list(texts[start::processes]) for start in range(processes)]
    with ThreadPoolExecutor(processes) as pool:
        found = list(pool.map(lambda part: _in_a_process(part, embedder_path), parts))
    vectors = np.zeros((len(texts), found[0].shape[1]), dtype=np.float32)
    for start, rows in enumerate(found):
        vectors[start::processes] = rows
    return vectors


def _in_a_process(texts: list[str], embedder_path: str) -> Vectors:
    command = [sys.executable, "-m", "bot.engine.understanding.side_process"]
    asked = json.dumps({"embedder": embedder_path, "texts": texts}).encode()
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own module
    return np.asarray(np.load(io.BytesIO(done.stdout)), dtype=np.float32)


def main() -> None:
    """Encode what stands on stdin."""
    asked = json.load(sys.stdin)
    model = embedder(asked["embedder"])
    texts = asked["texts"]
    rows = [model.encode(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
    vectors = np.concatenate(rows) if rows else np.zeros((0, model.dim), dtype=np.float32)
    np.save(sys.stdout.buffer, vectors)


if __name__ == "__main__":
    main()
