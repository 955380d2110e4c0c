"""`make adapt`: trains the embedding's biases, norms and scales on nlu_data; their differences go to bot/engine/adaptation.npz.

Biases and norms ("BitFit", Ben Zaken and others 2022) and the scale of every 32 weights of a matrix ("PEQA", Kim and others
2023) are 0.7 of 21 million numbers: enough to turn an embedding made for web searches towards the matters of these answers,
few enough to be a file of 1.4 MB and not to learn the examples by heart.
A fold of the examples is never shown: on it `make train` chooses every threshold. Takes half an hour to an hour on two cores.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

from bot.engine.understanding.adaptation import KEPT, adapted_numbers, keep_differences
from bot.engine.understanding.danish_text import take_apart
from bot.engine.understanding.embedding import packaged_model
from bot.engine.understanding.labels import Labels, read_labels
from bot.engine.understanding.packed_model import PackedModel
from bot.engine.understanding.training import UNSEEN_FOLD, fold_of
from bot.engine.understanding.window import PIECE
from bot.shared.codebook import Theme
from tools.adapt.batches import MESSAGES, Message, batch, batches
from tools.adapt.encoder import Encoder
from tools.adapt.targets import TARGETS, targets
from tools.adapt.tuning import Tuning, as_tensors, weights_of
from tools.adapt.unigram import Unigram
from tools.lint_nlu_data import read_examples

EPOCHS = 6


def as_messages(texts: Sequence[str], labels: Sequence[Labels], unigram: Unigram) -> tuple[list[Message], list[int]]:
    """The messages with tokens numbered by their place in the second result, which lists the ids in use."""
    taken = [[c[:PIECE] for c in take_apart(text).clauses] or [" "] for text in texts]
    ids = [[unigram.ids(clause) for clause in clauses] for clauses in taken]
    words = sorted({i for clauses in ids for clause in clauses for i in clause})
    number = {word: at for at, word in enumerate(words)}
    messages = []
    for clauses, tokens, label in zip(taken, ids, labels, strict=True):
        length = sum(map(len, clauses))
        shares = [len(clause) / length for clause in clauses]
        messages.append(Message([[number[i] for i in row] for row in tokens], shares, targets(label)))
    return messages, words


def f1_of_themes(tuning: Tuning, messages: Sequence[Message]) -> float:
    """Macro-F1 of the themes on messages not learnt from, each at its best threshold: to see whether learning goes on."""
    found = [tuning.logits(as_tensors(batch(messages[at : at + 64])), 0.0).numpy() for at in range(0, len(messages), 64)]
    scores, wanted = np.concatenate(found), np.stack([m.wanted for m in messages])
    best = []
    for column in range(len(Theme)):
        hits = np.cumsum(wanted[np.argsort(-scores[:, column]), column])
        best.append(np.max(2 * hits / (np.arange(1, len(hits) + 1) + wanted[:, column].sum())))
    return float(np.mean(best))


def adapt(data: Path, out: Path, epochs: int, start: Path | None) -> None:
    """Learns from the examples below `data`, keeps the result in `out` after every epoch and says how it goes."""
    tf.random.set_seed(0)
    examples = read_examples(data)
    packed = PackedModel(packaged_model())
    labels = [read_labels(e.labels) for e in examples]
    messages, words = as_messages([e.text for e in examples], labels, Unigram(packed.pieces()))
    unseen = [fold_of(e.text) == UNSEEN_FOLD for e in examples]
    learnt = [m for m, hidden in zip(messages, unseen, strict=True) if not hidden]
    kept_back = [m for m, hidden in zip(messages, unseen, strict=True) if hidden]
    encoder, random = Encoder(packed, words), np.random.default_rng(0)
    if start is not None:
        encoder.start_from(adapted_numbers(packed, start))
    weights = weights_of(np.stack([m.wanted for m in learnt]))
    tuning = Tuning(encoder, weights, steps=epochs * -(-len(learnt) // MESSAGES))
    started = time.monotonic()
    sys.stdout.write(f"{len(learnt)} examples, {len(kept_back)} never shown, {len(TARGETS)} labels\n")
    for epoch in range(epochs):
        loss = float(np.mean([tuning.step(as_tensors(b)).numpy() for b in batches(learnt, random)]))
        f1 = f1_of_themes(tuning, kept_back)
        sys.stdout.write(f"epoch {epoch + 1}: loss {loss:.4f}, F1 {f1:.3f}, {time.monotonic() - started:.0f} s\n")
        sys.stdout.flush()
        keep_differences(packed, encoder.numbers(), out)


def main() -> int:
    """Read the arguments and adapt."""
    parser = argparse.ArgumentParser(description="Adapt the embedding to the answers in nlu_data.")
    parser.add_argument("--data", type=Path, default=Path("nlu_data"))
    parser.add_argument("--out", type=Path, default=KEPT)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--start", type=Path, help="a file of an earlier run, to go on from")
    options = parser.parse_args()
    adapt(options.data, options.out, options.epochs, options.start)
    return 0


if __name__ == "__main__":
    sys.exit(main())
