"""Training messages as padded batches of clauses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

MESSAGES = 32  # in a batch
POOL = 16  # batches among which messages of like length are put together, so that little is padding

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Message:
    """A message's clauses as token numbers, each clause's share of the text's length, and what should be found."""

    clauses: Sequence[Sequence[int]]
    shares: Sequence[float]
    wanted: Floats


@dataclass(frozen=True)
class Batch:
    """`owner` names each clause's message by its place in `wanted`; it never falls."""

    tokens: Ints  # (clauses, length), padded with zeros
    mask: Floats  # (clauses, length)
    owner: Ints  # (clauses,)
    shares: Floats  # (clauses,)
    wanted: Floats  # (messages, labels)


def batches(messages: Sequence[Message], random: np.random.Generator) -> Iterator[Batch]:
    """All messages once, in a new order."""
    order = random.permutation(len(messages))
    made: list[npt.NDArray[np.int64]] = []
    for start in range(0, len(order), MESSAGES * POOL):
        pool = sorted(order[start : start + MESSAGES * POOL], key=lambda i: max(map(len, messages[i].clauses)))
        made += [np.array(pool[at : at + MESSAGES]) for at in range(0, len(pool), MESSAGES)]
    for chosen in random.permutation(len(made)):
        yield batch([messages[i] for i in made[chosen]])


def batch(messages: Sequence[Message]) -> Batch:
    """One batch of at least one message."""
    rows = list(chain.from_iterable(m.clauses for m in messages))
    tokens = np.zeros((len(rows), max(map(len, rows))), dtype=np.int32)
    mask = np.zeros(tokens.shape, dtype=np.float32)
    for at, row in enumerate(rows):
        tokens[at, : len(row)] = row
        mask[at, : len(row)] = 1.0
    owner = np.repeat(np.arange(len(messages), dtype=np.int32), [len(m.clauses) for m in messages])
    shares = np.array(list(chain.from_iterable(m.shares for m in messages)), dtype=np.float32)
    return Batch(tokens, mask, owner, shares, np.stack([m.wanted for m in messages]))
