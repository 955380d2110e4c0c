"""The arithmetic, against figures worked out by hand."""

import numpy as np
import pytest

from tools.evaluate.rates import macro_f1, mean_ratio, micro_f1, precision_at, precision_recall, share, wilson


def marks(row: str) -> np.ndarray:
    """`x.x` as True, False, True."""
    return np.array([letter == "x" for letter in row])


def table(*rows: str) -> np.ndarray:
    return np.stack([marks(row) for row in rows])


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (29, 29, 0.8830, 1.0),  # "29 of 29 only means ≥ 88 %"
        (8, 10, 0.4902, 0.9433),  # 1.18415 ± .3137 by 1.38415
        (0, 10, 0.0, 0.2775),  # z² / (n + z²)
        (0, 0, 0.0, 1.0),
    ],
)
def test_wilsons_interval(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-4)


def test_a_share_of_nothing_is_not_a_number() -> None:
    assert share(0, 0)["share"] is None


def test_precision_recall_and_f1() -> None:
    found = precision_recall(marks("xxxx...."), marks("xxx.xx.."))

    assert (found["wanted"], found["found"], found["hits"]) == (4, 5, 3)
    assert (found["precision"]["share"], found["recall"]["share"]) == (0.6, 0.75)
    assert found["f1"] == pytest.approx(2 / 3)


def test_what_is_neither_wanted_nor_found_has_no_f1() -> None:
    assert precision_recall(marks("..."), marks("..."))["f1"] is None


def test_what_is_found_and_never_wanted_has_an_f1_of_zero() -> None:
    assert precision_recall(marks("..."), marks("x.."))["f1"] == 0.0


@pytest.mark.parametrize(
    ("recall", "threshold", "hits", "of"),
    [
        (0.5, 0.9, 2, 2),
        (0.75, 0.6, 3, 4),  # a harmless .7 comes before the third
        (0.98, 0.2, 4, 7),  # the two harmless at .2 come with the fourth
    ],
)
def test_precision_at_a_recall(recall: float, threshold: float, hits: int, of: int) -> None:
    scores = np.array([0.95, 0.9, 0.6, 0.2, 0.7, 0.2, 0.2, 0.1])

    found = precision_at(recall, marks("xxxx...."), scores)

    assert found is not None
    assert found["threshold"] == threshold
    assert (found["precision"]["hits"], found["precision"]["of"]) == (hits, of)


def test_precision_at_a_recall_of_nothing() -> None:
    assert precision_at(0.95, marks("..."), np.array([0.1, 0.2, 0.3])) is None


def test_macro_and_micro_f1_of_two_labels_and_one_that_never_occurs() -> None:
    wanted = table("x..", "x..", "xx.", "...")
    found = table("x..", "...", "x..", ".x.")

    # First label: 2 of 3 found, none wrongly: F1 4/5. Second: one missed, one wrong: 0. Third: left out.
    assert macro_f1(wanted, found)["value"] == pytest.approx(0.4)
    # All: 2 hits, 4 wanted, 3 found.
    assert micro_f1(wanted, found)["value"] == pytest.approx(4 / 7)


def test_an_interval_is_the_same_in_every_run_and_holds_the_value() -> None:
    wanted, found = np.tile(table("x.", ".x", "xx"), (20, 1)), np.tile(table("x.", "xx", "x."), (20, 1))

    first, second = macro_f1(wanted, found), macro_f1(wanted, found)

    assert first == second
    assert first["low"] < first["value"] < first["high"]


def test_an_interval_without_spread_is_a_point() -> None:
    all_right = table(*["x"] * 30)

    assert macro_f1(all_right, all_right) == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_a_ratio_of_sums_over_messages() -> None:
    found = mean_ratio(np.array([1, 0, 2]), np.array([1, 1, 2]))

    assert (found["value"], found["of"]) == (0.75, 4)


def test_a_ratio_of_nothing_is_not_defined() -> None:
    assert mean_ratio(np.array([0, 0]), np.array([0, 0])) == {"value": None, "low": None, "high": None, "of": 0}
