"""The transformer of multilingual E5 small in TensorFlow: biases, norms and the scales of the matrices to be trained."""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from bot.engine.understanding.packed_model import Floats, PackedModel, is_matrix

FAR_BELOW = -1e9


class Encoder(tf.Module):  # type: ignore[misc]
    """Turns padded rows of token numbers into vectors of unit length. Token numbers are places in `words`."""

    def __init__(self, packed: PackedModel, words: Sequence[int]) -> None:
        super().__init__()
        self._shape = packed.shape
        hidden = packed.shape.hidden
        table = packed.weights("emb.word", hidden)
        self._words = tf.constant(table[np.asarray(words)])
        kind = packed.numbers("emb.type")[:hidden]
        self._positions = tf.constant(packed.numbers("emb.pos").reshape(-1, hidden) + kind)
        self._own = {n: packed.numbers(n) for n in packed.adaptable()}
        self._nibbles = {n: tf.constant(packed.nibbles(n) * self._own[n][:, None]) for n in self._own if is_matrix(n)}
        # Of a matrix the factor by which each scale is changed: so one rate of learning suits all.
        self._trained = {n: tf.Variable(_start(n, own), name=n.replace(".", "_")) for n, own in self._own.items()}

    @property
    def hidden(self) -> int:
        """The length of a vector."""
        return self._shape.hidden

    def start_from(self, numbers: Mapping[str, Floats]) -> None:
        """Goes on from earlier numbers, as `numbers` gave them, instead of the packed model's own."""
        for name, values in numbers.items():
            own = self._own[name]
            self._trained[name].assign(values / np.where(own == 0, 1, own) if is_matrix(name) else values)

    def numbers(self) -> dict[str, Floats]:
        """The trained numbers as they are now, by the names of their tensors in the packed file."""
        now = {name: variable.numpy() for name, variable in self._trained.items()}
        return {name: values * self._own[name] if is_matrix(name) else values for name, values in now.items()}

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
        matrix = self._nibbles[f"{name}.w"] * self._trained[f"{name}.w"][:, None]
        matrix = tf.reshape(matrix, (-1, rows.shape[-1]))
        return tf.tensordot(rows, matrix, axes=[[2], [1]]) + self._trained[f"{name}.b"]

    def _norm(self, rows: tf.Tensor, name: str) -> tf.Tensor:
        mean, variance = tf.nn.moments(rows, axes=[-1], keepdims=True)
        scale = tf.math.rsqrt(variance + self._shape.epsilon) * self._trained[f"{name}.w"]
        return (rows - mean) * scale + self._trained[f"{name}.b"]


def _start(name: str, own: Floats) -> Floats:
    return np.ones_like(own) if is_matrix(name) else own
