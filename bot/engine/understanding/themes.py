"""Themes with polarity: what an answer speaks of, and whether it worked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.engine.understanding.features import Rows
from bot.engine.understanding.heads import Heads, Verdicts
from bot.engine.understanding.labels import Labels
from bot.engine.understanding.polarity import Case, PolarityModel, train_polarity
from bot.engine.understanding.thresholds import Goal
from bot.engine.understanding.training import UNSEEN_FOLD, Examples, fit_heads, fold_of
from bot.shared.codebook import Polarity, Theme

GOAL = Goal(slack=0.02)


@dataclass(frozen=True)
class FoundTheme:
    """A theme above its threshold."""

    theme: Theme
    polarity: Polarity
    score: float
    clause: str | None


@dataclass(frozen=True)
class ThemeModel:
    """Heads for the themes, and the polarity of a theme where it is found."""

    themes: Heads
    polarity: PolarityModel

    def judge(self, rows: Rows) -> Verdicts:
        """A verdict per theme, above its threshold or not."""
        return self.themes.judge(rows)

    def find(self, rows: Rows, verdicts: Verdicts) -> list[FoundTheme]:
        """The themes the message speaks of, surest first."""
        found = [
            FoundTheme(theme, self.polarity.of(Case(rows, theme, v.clause)), v.score, rows.clause(v.clause))
            for theme, v in ((Theme(v.name), v) for v in verdicts.values() if v.found)
        ]
        return sorted(found, key=lambda theme: -theme.score)

    def save(self, folder: Path) -> None:
        """Writes both into an existing folder."""
        self.themes.save(folder, "themes")
        self.polarity.save(folder)

    @classmethod
    def load(cls, folder: Path) -> "ThemeModel":
        """Raises DamagedModel."""
        return cls(Heads.load(folder, "themes", tuple(Theme)), PolarityModel.load(folder))


def train_themes(messages: Sequence[Rows], labels: Sequence[Labels]) -> ThemeModel:
    """Fits themes on all messages, then polarities on each labelled theme at the clause that its head picks."""
    truth = {str(t): np.array([t in each.themes for each in labels]) for t in Theme}
    themes = fit_heads(Examples.stack(messages), truth, dict.fromkeys(truth, GOAL))
    cases: list[Case] = []
    for rows, each in zip(messages, labels, strict=True):
        verdicts = themes.judge(rows) if each.themes else {}
        cases += [Case(rows, theme, verdicts[str(theme)].clause, sign) for theme, sign in each.themes.items()]
    unseen = np.array([fold_of(case.rows.reading.text) == UNSEEN_FOLD for case in cases], dtype=bool)
    return ThemeModel(themes, train_polarity(cases, unseen))
