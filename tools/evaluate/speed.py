"""How long one message takes, on one core and one after the other, beside one whole-text embedding of the same message.

What is timed is the engine's part as the service sees it (Rasa's graph) and the rules before it. The runs take turns
message by message, so that a busy machine slows all alike and the ratios hold.
"""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from time import perf_counter

import numpy as np

from bot.engine.understanding.embedding import embedder
from tools.evaluate.baselines.neighbours import EMBEDDER, whole_vector
from tools.evaluate.rates import SEED, Json
from tools.labelling.messages import Message
from tools.labelling.model import Model

MOST = 400  # messages timed
WARM_UP = 5
OURS = "Genklang"  # the name of the model's row

Work = Callable[[Message], object]


def measure_speed(messages: Sequence[Message], model: Model, others: Mapping[str, Work]) -> Json:
    """Milliseconds a message of the model, of one embedding and of `others`, with the model's ratio to each."""
    chosen = list(messages) if len(messages) <= MOST else Random(SEED).sample(list(messages), MOST)  # noqa: S311
    encoder = embedder(EMBEDDER)
    works: dict[str, Work] = {
        OURS: model.label,
        "embedding": lambda message: whole_vector(message.text, encoder),
        **others,
    }
    taken = time_in_turns(chosen, works)
    medians = {name: float(np.median(ms)) for name, ms in taken.items()}
    return {
        "messages": len(chosen),
        "ms": {name: _summary(ms) for name, ms in taken.items()},
        "ratio": {name: medians[OURS] / medians[name] for name in taken if name != OURS and medians[name]},
    }


def time_in_turns(messages: Sequence[Message], works: Mapping[str, Work]) -> dict[str, list[float]]:
    """Milliseconds of each work for each message; the first few are done once before, for caches to fill."""
    for message in messages[:WARM_UP]:
        for work in works.values():
            work(message)
    taken: dict[str, list[float]] = {name: [] for name in works}
    for message in messages:
        for name, work in works.items():
            began = perf_counter()
            work(message)
            taken[name].append((perf_counter() - began) * 1000)
    return taken


def _summary(ms: Sequence[float]) -> Json:
    return {"median": float(np.median(ms)), "p95": float(np.percentile(ms, 95))}
