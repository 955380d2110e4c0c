"""Fitting, judging and keeping heads, and the models made of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.engine.understanding.damaged import DamagedModel
from bot.engine.understanding.heads import Heads, Verdict
from bot.engine.understanding.intents import train_intents
from bot.engine.understanding.labels import Labels
from bot.engine.understanding.routes import RouteModel, train_routes
from bot.engine.understanding.themes import ThemeModel, train_themes
from bot.engine.understanding.thresholds import Goal
from bot.engine.understanding.training import Examples, fit_heads, fold_of
from bot.engine.understanding.wishes import train_wishes
from bot.shared.codebook import Complaint, Concern, DialogueAct, Polarity, Theme, Wish
from tests.engine.understanding.letter_counts import rows_of

WHO = ["jeg", "vi", "min søster", "alle", "mor", "farfar", "drengen", "naboen", "tvillingerne", "Kim"]
GOOD = [f"{who} synes maden smagte dejligt" for who in WHO]
BAD = [f"{who} synes maden smagte grimt" for who in WHO]
SLOW = [f"{who} ventede længe på brevet" for who in WHO]
TEXTS = GOOD + BAD + SLOW
LABELS = (
    [Labels(themes={Theme.RAMMER: Polarity.PLUS})] * 10
    + [Labels(themes={Theme.RAMMER: Polarity.MINUS}, complaint=Complaint.MAASKE)] * 10
    + [Labels(themes={Theme.VENTETID: Polarity.MINUS}, complaint=Complaint.JA, wishes=frozenset({Wish.OPKALD}))] * 10
)


def find(model: Any, text: str) -> Any:
    rows = rows_of(text)
    return model.find(rows, model.judge(rows))


@pytest.fixture(scope="module")
def themes() -> ThemeModel:
    return train_themes([rows_of(text) for text in TEXTS], LABELS)


def test_themes_name_polarity_and_the_clause_that_carried_them(themes: ThemeModel) -> None:
    found = find(themes, "onkel synes maden smagte dejligt, men vi ventede længe på brevet")

    carried = {theme.theme: (theme.polarity, theme.clause) for theme in found}
    assert carried == {
        Theme.RAMMER: (Polarity.PLUS, "onkel synes maden smagte dejligt,"),
        Theme.VENTETID: (Polarity.MINUS, "men vi ventede længe på brevet"),
    }


def test_a_theme_never_seen_is_never_found(themes: ThemeModel) -> None:
    assert themes.judge(rows_of(TEXTS[0]))[Theme.SKOLE].score < 0.01


def test_routes_are_read_with_their_clauses() -> None:
    model = train_routes([rows_of(text) for text in TEXTS], LABELS)

    slow, good = find(model, SLOW[3]), find(model, GOOD[3])
    assert (slow.complaint.value, slow.complaint.clause) == (Complaint.JA, SLOW[3])
    assert good.complaint.value is Complaint.NEJ
    assert slow.concern.value is Concern.NEJ


@pytest.mark.parametrize("around", [0, 12, 60, 300])
def test_no_number_of_harmless_sentences_hides_a_route(around: int) -> None:
    model = train_routes([rows_of(text) for text in TEXTS], LABELS)

    filler = " ".join([GOOD[n % 10] + "." for n in range(around)])
    for text in (f"{SLOW[3]}. {filler}", f"{filler} {SLOW[3]}."):
        assert find(model, text).complaint.value is Complaint.JA


def test_danger_is_read_by_either_head_and_an_alarm_by_both() -> None:
    model = train_routes([rows_of(text) for text in TEXTS], LABELS)
    rows = rows_of(GOOD[0])

    def concern(*found: str) -> Concern:
        verdicts = {name: Verdict(name, 0.9, found=name in found, clause=0) for name in model.heads.names}
        return Concern(model.find(rows, verdicts).concern.value)

    assert (concern(), concern("fare"), concern("akut")) == (Concern.NEJ, Concern.JA, Concern.JA)
    assert concern("fare", "akut") is Concern.AKUT


def test_wishes_and_blank_text() -> None:
    model = train_wishes([rows_of(text) for text in TEXTS], LABELS)

    assert [wish.name for wish in model.wishes(model.judge(rows_of(SLOW[0])))] == ["opkald"]
    assert model.answers(model.judge(rows_of(" "))) == (False, 1.0)
    assert model.answers(model.judge(rows_of(GOOD[0])))[0] is True


def test_intents_rank_every_act() -> None:
    model = train_intents([rows_of(text) for text in TEXTS], ["svar"] * 20 + ["tak"] * 10)

    ranking = model.rank(rows_of(SLOW[0]))
    assert next(iter(ranking)) is DialogueAct.TAK
    assert set(ranking) == set(DialogueAct)
    assert sum(ranking.values()) == pytest.approx(1.0)
    assert model.rank(rows_of("")) == {DialogueAct.UDENFOR: 1.0}


def test_what_is_kept_judges_alike(themes: ThemeModel, tmp_path: Path) -> None:
    themes.save(tmp_path)

    assert find(ThemeModel.load(tmp_path), "maden smagte grimt") == find(themes, "maden smagte grimt")


@pytest.mark.parametrize("damage", ["missing", "cut", "other names", "a head renamed", "no json"])
def test_a_damaged_model_is_refused(tmp_path: Path, damage: str) -> None:
    train_routes([rows_of(text) for text in TEXTS], LABELS).save(tmp_path)
    weights, names = tmp_path / "routes.npz", tmp_path / "routes.json"
    if damage == "missing":
        weights.unlink()
    elif damage == "cut":
        weights.write_bytes(weights.read_bytes()[:500])
    elif damage == "other names":
        names.write_text('{"format": 1, "names": ["klage"]}')
    elif damage == "a head renamed":
        names.write_text(names.read_text().replace("fare", "fari"))
    else:
        names.write_text("{")

    with pytest.raises(DamagedModel, match="routes"):
        RouteModel.load(tmp_path)


def test_scores_lie_between_0_and_1() -> None:
    examples = Examples.stack([rows_of(text) for text in TEXTS])
    heads: Heads = fit_heads(examples, {"bad": np.arange(30) // 10 == 1}, {"bad": Goal()})

    assert all(0 <= heads.judge(rows_of(text))["bad"].score <= 1 for text in ["", "x", TEXTS[0], "maden " * 900])


def test_texts_of_the_same_words_share_a_fold() -> None:
    assert fold_of("Maden, var god!") == fold_of("god var maden")


def test_both_verdicts_on_one_theme_are_told_apart_by_their_clause(themes: ThemeModel) -> None:
    assert [t.polarity for t in find(themes, "tante synes maden smagte grimt")] == [Polarity.MINUS]
    assert [t.polarity for t in find(themes, "tante synes maden smagte dejligt")] == [Polarity.PLUS]


def test_every_score_is_given_whether_its_label_is_found_or_not(themes: ThemeModel) -> None:
    verdicts = themes.judge(rows_of(GOOD[0]))

    assert set(verdicts) == {str(theme) for theme in Theme}
    assert verdicts["rammer"].found
    assert not verdicts["ventetid"].found


def test_a_damaged_polarity_is_refused(themes: ThemeModel, tmp_path: Path) -> None:
    themes.save(tmp_path)
    (tmp_path / "polarity.npz").write_bytes(b"PK")

    with pytest.raises(DamagedModel, match="polarity"):
        ThemeModel.load(tmp_path)
