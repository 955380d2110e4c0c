import numpy as np
import pytest

from bot.engine.understanding.thresholds import HIGHEST, LOWEST, Goal, choose_threshold, f_score

SCORES = np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9])
TRUTH = np.array([False, False, True, False, True, False, True, True])


@pytest.mark.parametrize(
    ("goal", "threshold"),
    [
        (Goal(), 0.25),
        (Goal(recall=0.5), 0.75),
        (Goal(recall=0.75), 0.5),
        (Goal(recall=1.0), 0.25),
        (Goal(recall=1.0, false_hits=0.25), 0.5),
        (Goal(recall=1.0, false_hits=0.0), 0.75),
    ],
)
def test_the_threshold_serves_the_goal(goal: Goal, threshold: float) -> None:
    assert choose_threshold(SCORES, TRUTH, goal) == pytest.approx(threshold)


def test_without_a_case_it_is_the_middle() -> None:
    assert choose_threshold(SCORES, np.zeros(8, dtype=bool), Goal(recall=0.9)) == 0.5


@pytest.mark.parametrize(("score", "threshold"), [(0.0, LOWEST), (1.0, HIGHEST)])
def test_it_stays_within_reach(score: float, threshold: float) -> None:
    assert choose_threshold(np.array([score]), np.array([True]), Goal()) == pytest.approx(threshold)


def test_f_score() -> None:
    assert f_score(np.array([True, True, False]), np.array([True, False, True])) == pytest.approx(0.5)
    assert f_score(np.array([False]), np.array([True])) == 0.0


def test_within_the_slack_the_highest_threshold_is_chosen() -> None:
    # F1 is .80 at .25 (five found, all four among them), and .67 at .65.
    assert choose_threshold(SCORES, TRUTH, Goal(slack=0.0)) == pytest.approx(0.25)
    assert choose_threshold(SCORES, TRUTH, Goal(slack=0.15)) > 0.5


def test_the_bearable_share_of_false_hits_is_used_up() -> None:
    scores, truth = np.array([0.1, 0.3, 0.4, 0.5, 0.6, 0.9]), np.array([True, False, False, False, False, True])

    # Between the two cases lie four other messages, of which two may be hit.
    assert choose_threshold(scores, truth, Goal(recall=1.0, false_hits=0.5)) == pytest.approx(0.45)
