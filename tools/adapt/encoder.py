"""The transformer of multilingual E5 small in TensorFlow: matrices as packed and fixed, biases and norms to be trained."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from bot.engine.understanding.packed_model import Floats, PackedModel

FAR_BELOW = -1e9


class Encoder(tf.Module):  # type: ignore[misc]
    """Turns padded rows of token numbers into vectors of unit length. Token numbers are places in `words`."""

    def __init__(self, packed: PackedModel, words: Sequence[int]) -> None:
        super().__init__()
        self._shape = packed.shape
        hidden = packed.shape.hidden
        table = packed.weights("emb.word", packed.shape.words, hidden)
        self._words = tf.constant(table[np.asarray(words)])
        kind = packed.floats("emb.type")[:hidden]
        self._positions = tf.constant(packed.floats("emb.pos").reshape(-1, hidden) + kind)
        self._matrices = {n: tf.constant(_transposed(packed, n)) for n in packed.tensors if _is_matrix(n)}
        self._trained = {n: tf.Variable(packed.floats(n), name=n.replace(".", "_")) for n in packed.adaptable()}

    @property
    def hidden(self) -> int:
        """The length of a vector."""
        return self._shape.hidden

    def floats(self) -> dict[str, Floats]:
        """The trained tensors as they are now, by their names in the packed file."""
        return {name: variable.numpy() for name, variable in self._trained.items()}

    def vectors(self, tokens: tf.Tensor, mask: tf.Tensor, dropout: float) -> tf.Tensor:
        """(texts, hidden), from (texts, length) token numbers and a mask of ones and zeros."""
        length = tf.shape(tokens)[1]
        rows = tf.gather(self._words, tokens) + self._positions[:length]
        rows = self._norm(rows, "emb.ln")
        hidden_away = (1.0 - mask)[:, None, None, :] * FAR_BELOW
        for layer in range(self._shape.layers):
            rows = self._layer(rows, hidden_away, f"l{layer}.", dropout)
        mean = tf.reduce_sum(rows * mask[..., None], axis=1) / tf.reduce_sum(mask, axis=1, keepdims=True)
        return tf.math.l2_normalize(mean, axis=1)

    def _layer(self, rows: tf.Tensor, hidden_away: tf.Tensor, layer: str, dropout: float) -> tf.Tensor:
        query, key, value = (self._heads(self._linear(rows, layer + n)) for n in ("q", "k", "v"))
        near = tf.matmul(query, key, transpose_b=True) / np.sqrt(self._shape.hidden / self._shape.heads) + hidden_away
        mixed = tf.transpose(tf.matmul(tf.nn.softmax(near), value), (0, 2, 1, 3))
        mixed = tf.reshape(mixed, tf.shape(rows))
        rows = self._norm(rows + tf.nn.dropout(self._linear(mixed, layer + "ao"), dropout), layer + "aln")
        inner = tf.nn.gelu(self._linear(rows, layer + "fi"))
        return self._norm(rows + tf.nn.dropout(self._linear(inner, layer + "fo"), dropout), layer + "oln")

    def _heads(self, rows: tf.Tensor) -> tf.Tensor:
        texts, length = tf.shape(rows)[0], tf.shape(rows)[1]
        size = self._shape.hidden // self._shape.heads
        return tf.transpose(tf.reshape(rows, (texts, length, self._shape.heads, size)), (0, 2, 1, 3))

    def _linear(self, rows: tf.Tensor, name: str) -> tf.Tensor:
        return tf.tensordot(rows, self._matrices[f"{name}.w"], axes=1) + self._trained[f"{name}.b"]

    def _norm(self, rows: tf.Tensor, name: str) -> tf.Tensor:
        mean, variance = tf.nn.moments(rows, axes=[-1], keepdims=True)
        scale = tf.math.rsqrt(variance + self._shape.epsilon) * self._trained[f"{name}.w"]
        return (rows - mean) * scale + self._trained[f"{name}.b"]


def _is_matrix(name: str) -> bool:
    return name.startswith("l") and name.endswith(".w") and not name.endswith("ln.w")


def _transposed(packed: PackedModel, name: str) -> Floats:
    hidden, inner = packed.shape.hidden, packed.shape.inner
    rows, columns = {"fi": (inner, hidden), "fo": (hidden, inner)}.get(name.split(".")[1], (hidden, hidden))
    return np.ascontiguousarray(packed.weights(name, rows, columns).T)
