"""The encoder under a linear head, and one step of learning."""

import numpy as np
import tensorflow as tf

from tools.adapt.batches import Batch, Floats
from tools.adapt.encoder import Encoder

RATE, HEAD_RATE = 2e-3, 1e-2  # of biases and norms, and of the linear head that is thrown away afterwards
WARM_UP = 0.06  # share of the steps in which the rate rises
DROPOUT = 0.1
SCALE = 8.0  # a head on unit vectors learns next to nothing
MOST_WEIGHT = 50.0  # of a rare label's positive cases, before the root is taken
LONGEST_STEP = 1.0  # gradient norm


class Tuning(tf.Module):  # type: ignore[misc]
    """The encoder under a linear head that sees whole messages and their best clause, as the shipped heads do."""

    def __init__(self, encoder: Encoder, weights: Floats, steps: int) -> None:
        super().__init__()
        self.encoder = encoder
        self._head = tf.Variable(tf.zeros((weights.size, encoder.hidden)), name="head")
        self._bias = tf.Variable(tf.fill((weights.size,), -2.5), name="bias")
        self._weights = tf.constant(weights)
        self._step = tf.Variable(0.0, trainable=False)
        self._steps = float(steps)
        self._slow, self._fast = tf.keras.optimizers.Adam(RATE), tf.keras.optimizers.Adam(HEAD_RATE)

    @tf.function(reduce_retracing=True)  # type: ignore[misc]
    def logits(self, b: tuple[tf.Tensor, ...], dropout: tf.Tensor) -> tf.Tensor:
        """(messages, labels): the mean of the whole's logits and of the best clause's."""
        tokens, mask, owner, shares, _ = b
        vectors = self.encoder.vectors(tokens, mask, dropout)
        whole = tf.math.l2_normalize(tf.math.segment_sum(vectors * shares[:, None], owner), axis=1)
        best = tf.math.segment_max(self._read(vectors), owner)
        return (self._read(whole) + best) / 2

    @tf.function(reduce_retracing=True)  # type: ignore[misc]
    def step(self, b: tuple[tf.Tensor, ...]) -> tf.Tensor:
        """One batch learnt; its loss."""
        encoder = self.encoder.trainable_variables
        with tf.GradientTape() as tape:
            found = self.logits(b, DROPOUT)
            loss = tf.reduce_mean(tf.nn.weighted_cross_entropy_with_logits(b[4], found, self._weights))
        gradients = tape.gradient(loss, [*encoder, self._head, self._bias])
        slow, _ = tf.clip_by_global_norm(gradients[:-2], LONGEST_STEP)
        share = self._step / self._steps
        factor = tf.minimum(1.0, (share + 1e-4) / WARM_UP) * tf.maximum(0.02, 1.0 - share)
        self._slow.learning_rate.assign(RATE * factor)
        self._fast.learning_rate.assign(HEAD_RATE * factor)
        # autograph's zip knows no `strict`
        self._slow.apply_gradients(zip(slow, encoder))  # noqa: B905
        self._fast.apply_gradients(zip(gradients[-2:], [self._head, self._bias]))  # noqa: B905
        self._step.assign_add(1.0)
        return loss

    def _read(self, vectors: tf.Tensor) -> tf.Tensor:
        return tf.matmul(vectors * SCALE, self._head, transpose_b=True) + self._bias


def weights_of(wanted: Floats) -> Floats:
    """How much more a positive case of each label weighs, from (messages, labels): the root of how rare it is."""
    share = wanted.mean(axis=0).clip(1e-3, 0.999)
    return np.sqrt(np.clip((1 - share) / share, 1, MOST_WEIGHT)).astype(np.float32)


def as_tensors(b: Batch) -> tuple[tf.Tensor, ...]:
    """What the graph takes."""
    return tuple(tf.constant(part) for part in (b.tokens, b.mask, b.owner, b.shares, b.wanted))
