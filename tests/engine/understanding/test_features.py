"""What the heads weigh: n-grams, negation, the question asked, and the scales learnt without labels."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.engine.understanding.damaged import DamagedModel
from bot.engine.understanding.danish_text import take_apart
from bot.engine.understanding.features import BUCKETS, NGRAM_SCALE, QUESTION_SCALE, FeatureModel, ngrams
from bot.engine.understanding.reading import Reading, read
from bot.engine.understanding.solver import C, apply, fit_logistic
from tests.engine.understanding.letter_counts import LetterCounts

TEXTS = ["hun lyttede", "vi ventede længe, men det var fint", "Kagen var god!", "ingen ringede tilbage", "jeg ved det ikke"]


def reading(text: str) -> Reading:
    return read(take_apart(text), LetterCounts())


@pytest.fixture(scope="module")
def model() -> FeatureModel:
    return FeatureModel.fit([reading(text) for text in TEXTS], "letters")


def test_words_behind_a_negation_are_marked_up_to_the_next_sign() -> None:
    marked = {gram for gram in ngrams("de har ikke hjulpet os, men hun lyttede") if gram.startswith("n")}

    assert marked == {"nhjulpet", "nhjulp*", "nos", "nos*"}


def test_a_bare_question_and_a_short_text_show_in_the_shape() -> None:
    assert "q" in set(ngrams("Hvem får det at se?"))
    assert "q" not in set(ngrams("Det gik godt. Hvem får det at se?"))
    assert "l1" in set(ngrams("ok"))


def test_every_row_has_its_length_and_the_question(model: FeatureModel) -> None:
    rows = model.rows(reading("vi ventede længe, men det var fint"), "Hvordan gik det?")

    said, asked = rows.sparse[:, :BUCKETS].toarray(), rows.sparse[:, BUCKETS:].toarray()
    assert len(rows.dense) == 3
    assert np.linalg.norm(said, axis=1) == pytest.approx([NGRAM_SCALE] * 3, rel=1e-4)
    assert np.linalg.norm(asked, axis=1) == pytest.approx([QUESTION_SCALE] * 3, rel=1e-4)


@pytest.mark.parametrize("text", ["", " ", "😀", "\u200b\u202e", "12345", "x" * 10_000])
def test_any_text_and_no_question_give_finite_rows(model: FeatureModel, text: str) -> None:
    rows = model.rows(reading(text))

    assert np.isfinite(rows.dense).all()
    assert np.isfinite(rows.sparse.data).all()
    assert rows.sparse[:, BUCKETS:].nnz == 0


def test_rare_ngrams_weigh_more(model: FeatureModel) -> None:
    often = FeatureModel.fit([reading("det var fint")] * 50 + [reading("sjældent ord")], "letters")

    assert often.rarity.max() == pytest.approx(np.log(52) + 1)
    assert often.rarity.min() == pytest.approx(1.0)  # what stands in all of them


def test_what_is_kept_gives_the_same_rows(model: FeatureModel, tmp_path: Path) -> None:
    model.save(tmp_path)

    mine, kept = model.rows(reading(TEXTS[1])), FeatureModel.load(tmp_path, "letters").rows(reading(TEXTS[1]))
    assert np.array_equal(mine.dense, kept.dense)
    assert (mine.sparse != kept.sparse).nnz == 0


def test_a_damaged_file_is_refused(model: FeatureModel, tmp_path: Path) -> None:
    with pytest.raises(DamagedModel, match="features"):
        FeatureModel.load(tmp_path, "letters")
    np.savez(tmp_path / "features.npz", mean=model.mean, turn=model.turn[:3], rarity=model.rarity, embedding="letters")
    with pytest.raises(DamagedModel, match="do not fit"):
        FeatureModel.load(tmp_path, "letters")
    model.save(tmp_path)
    with pytest.raises(DamagedModel, match="trained with letters"):
        FeatureModel.load(tmp_path, "another")


def test_all_heads_at_once_find_what_scikit_learn_finds_one_by_one() -> None:
    random = np.random.default_rng(0)
    dense = random.normal(size=(200, 6)).astype(np.float32)
    sparse = csr_matrix((random.random((200, 9)) < 0.3).astype(np.float32))
    wanted = np.stack([dense[:, 0] > 0.4, sparse.toarray()[:, 2] + dense[:, 1] > 1], axis=1).astype(np.float32)

    found = fit_logistic(dense, sparse, wanted)

    both = np.concatenate([dense, sparse.toarray()], axis=1)
    for head in range(2):
        theirs = LogisticRegression(C=C, class_weight="balanced").fit(both, wanted[:, head])
        ours = apply(found, dense, sparse)[:, head]
        assert np.corrcoef(ours, theirs.decision_function(both))[0, 1] > 0.999
