"""Each kind of label against figures worked out by hand."""

import numpy as np
import pytest

from tests.engine.evaluate.cases import find, find_without_scores, want
from tools.evaluate.misses import confused_themes, worst_misses
from tools.evaluate.report import measure_groups
from tools.evaluate.routes import measure_complaints, measure_danger, measure_rules, per_thousand
from tools.evaluate.small_labels import measure_languages, measure_no_answers, measure_wishes
from tools.evaluate.themes import measure_themes


def test_themes_and_their_polarity() -> None:
    wanted = [want(themes={"hoert": "+", "plan": "-"}), want(themes={"hoert": "-"}), want(themes={})]
    found = [find(themes={"hoert": "+", "plan": "0"}), find(themes={}), find(themes={"skole": "+"})]

    figures = measure_themes(wanted, found)

    # hoert 1 of 2 found, plan 1 of 1, skole once wrongly: F1 2/3, 1, 0.
    assert figures["macro_f1"]["value"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert figures["micro_f1"]["value"] == pytest.approx(2 * 2 / (3 + 3))
    assert (figures["polarity"]["value"], figures["polarity"]["of"]) == (0.5, 2)
    assert figures["each"]["plan"]["polarity"]["share"] == 0.0
    assert figures["polarity_confusion"]["->0"] == 1


def test_complaints_by_route_and_by_score() -> None:
    wanted = [want(klage=value) for value in ("ja", "ja", "maaske", "nej")]
    answers, scores = ("ja", "maaske", "maaske", "ja"), (0.9, 0.3, 0.2, 0.8)
    found = [find(klage=value, scores={"klage": score}) for value, score in zip(answers, scores, strict=True)]

    figures = measure_complaints(wanted, found)

    assert (figures["klage"]["recall"]["share"], figures["klage"]["precision"]["share"]) == (0.5, 0.5)
    assert figures["klage_at_recall"]["precision"]["share"] == pytest.approx(2 / 3)
    assert (figures["utilfreds"]["hits"], figures["utilfreds"]["found"]) == (3, 4)


def test_danger_and_its_bands() -> None:
    wanted = [want(bekymring=value) for value in ("akut", "akut", "ja", "nej", "nej", "nej", "nej")]
    found = [find(bekymring=value) for value in ("akut", "ja", "nej", "akut", "ja", "nej", "nej")]

    figures = measure_danger(wanted, found)

    assert (figures["danger"]["recall"]["share"], figures["danger"]["precision"]["share"]) == (2 / 3, 0.5)
    assert (figures["acute_in_alarm"]["share"], figures["acute_read_first_at_least"]["share"]) == (0.5, 1.0)
    assert (figures["harmless_in_alarm"]["share"], figures["harmless_in_read_first"]["share"]) == (0.25, 0.25)


def test_a_thousand_messages_with_one_per_cent_danger() -> None:
    harmless = np.array([False, False, True, True, True, True])
    in_band = np.array([True, False, True, False, False, False])

    # Half of 10 and a quarter of 990.
    assert per_thousand(harmless, in_band) == {"all": 252.5, "harmless": 247.5}
    assert per_thousand(harmless[2:], in_band[2:]) == {"all": None, "harmless": None}


def test_the_rules_are_measured_without_the_model() -> None:
    figures = measure_rules([want(text="min far slår mig", bekymring="ja"), want(text="vi fik kage")])

    assert (figures["danger"]["recall"]["share"], figures["harmless"]["share"]) == (1.0, 0.0)


def test_a_baseline_has_no_figure_along_scores() -> None:
    figures = measure_danger([want(bekymring="ja")], [find_without_scores(bekymring="ja")])

    assert (figures["danger_at_recall"], figures["danger"]["recall"]["share"]) == (None, 1.0)


def test_wishes_no_answers_and_languages() -> None:
    wanted = [want(oensker=["stop", "opkald"], svar="nej"), want(lang="tr", svar="nej")]
    found = [find(oensker=["stop"], svar="nej"), find(oensker=["tolk"])]

    wishes, no_answers, languages = (m(wanted, found) for m in (measure_wishes, measure_no_answers, measure_languages))

    assert wishes["micro_f1"]["value"] == 0.5
    assert wishes["macro_f1"]["value"] == pytest.approx(1 / 3)
    assert (no_answers["recall"]["share"], no_answers["precision"]["share"]) == (0.5, 1.0)
    assert (languages["share"], languages["wrong"]) == (0.5, {"tr>da": 1})


def test_children_and_the_others_stand_apart_and_an_empty_group_is_left_out() -> None:
    wanted = [want(role="barn", svar="nej"), want(role="netvaerk"), want()]

    groups = measure_groups(wanted, [find(svar="nej"), find(), find()])

    assert {name: group["messages"] for name, group in groups.items()} == {"all": 3, "children": 1, "others": 2}
    assert groups["children"]["svar_nej"]["f1"] == 1.0
    assert set(measure_groups(wanted[1:], [find(), find()])) == {"all", "others"}


def test_the_furthest_miss_comes_first_and_no_text_with_it() -> None:
    wanted = [want("a1", themes={"plan": "+"}), want("a2"), want("a3", bekymring="akut"), want("a4", themes={"plan": "-"})]
    found = [
        find("a1", themes={"plan": "-"}),
        find("a2"),
        find("a3", bekymring="ja", scores={"akut": 0.05}),
        find("a4", themes={"skole": "-"}, scores={"skole": 0.6, "plan": 0.3}),
    ]

    misses = worst_misses(wanted, found, texts=False)

    assert [(each["id"], each["worst"]) for each in misses] == [("a3", 0.95), ("a4", 0.7), ("a1", 0.5)]
    assert misses[0] == {
        "id": "a3",
        "worst": 0.95,
        "misses": [{"label": "bekymring", "wanted": "akut", "found": "ja", "distance": 0.95}],
    }
    assert worst_misses(wanted, found, texts=True)[0]["text"] == "noget"


def test_themes_that_were_found_in_the_place_of_others() -> None:
    wanted = [want(themes={"hoert": "+"}), want(themes={"hoert": "-", "plan": "-"})]
    found = [find(themes={"tryghed": "+"}), find(themes={"tryghed": "-", "plan": "-"})]

    assert confused_themes(wanted, found) == [{"wanted": "hoert", "found": "tryghed", "times": 2}]
