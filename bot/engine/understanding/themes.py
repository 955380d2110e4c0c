"""Themes with polarity: what an answer speaks of, and whether it worked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from bot.engine.understanding.features import Rows
from bot.engine.understanding.heads import Heads
from bot.engine.understanding.labels import Labels
from bot.engine.understanding.reading import Reading
from bot.engine.understanding.thresholds import Goal
from bot.engine.understanding.training import Examples, fit_heads
from bot.shared.codebook import Polarity, Theme


@dataclass(frozen=True)
class FoundTheme:
    """A theme above its threshold."""

    theme: Theme
    polarity: Polarity
    score: float
    clause: str | None


@dataclass(frozen=True)
class ThemeModel:
    """Heads for the themes, and three for the polarity of a theme where it is found."""

    themes: Heads
    polarities: Heads

    def find(self, rows: Rows) -> list[FoundTheme]:
        """The themes the message speaks of, surest first."""
        verdicts = [v for v in self.themes.judge(rows).values() if v.found]
        found = [FoundTheme(Theme(v.name), self._polarity(rows, v.clause), v.score, rows.clause(v.clause)) for v in verdicts]
        return sorted(found, key=lambda theme: -theme.score)

    def scores(self, rows: Rows) -> dict[str, float]:
        """Every theme's score, above its threshold or not."""
        return {name: verdict.score for name, verdict in self.themes.judge(rows).items()}

    def _polarity(self, rows: Rows, clause: int) -> Polarity:
        verdicts = self.polarities.judge(polarity_rows(rows, clause))
        return Polarity(max(verdicts.values(), key=lambda verdict: verdict.score).name)

    def save(self, folder: Path) -> None:
        """Writes both sets of heads into an existing folder."""
        self.themes.save(folder, "themes")
        self.polarities.save(folder, "polarities")

    @classmethod
    def load(cls, folder: Path) -> "ThemeModel":
        """Raises DamagedModel."""
        return cls(Heads.load(folder, "themes"), Heads.load(folder, "polarities"))


def polarity_rows(rows: Rows, clause: int) -> Rows:
    """What the polarity heads see: the clause that carried the theme and the whole text, in equal parts."""
    mixed = (rows.matrix[0] + rows.clauses[clause]) * 0.5
    return Rows(_without_clauses(rows.reading), csr_matrix(mixed))


def train_themes(messages: Sequence[Rows], labels: Sequence[Labels]) -> ThemeModel:
    """Fits themes on all messages, then polarities on each labelled theme at the clause that its head picks."""
    truth = {str(t): np.array([t in each.themes for each in labels]) for t in Theme}
    themes = fit_heads(Examples.stack(messages), truth, {name: Goal() for name in truth})
    seen: list[Rows] = []
    polarities: list[Polarity] = []
    for rows, each in zip(messages, labels, strict=True):
        verdicts = themes.judge(rows) if each.themes else {}
        for theme, polarity in each.themes.items():
            seen.append(polarity_rows(rows, verdicts[str(theme)].clause))
            polarities.append(polarity)
    return ThemeModel(themes, _train_polarities(seen or list(messages[:1]), polarities or [Polarity.NEUTRAL]))


def _train_polarities(seen: Sequence[Rows], polarities: Sequence[Polarity]) -> Heads:
    truth = {str(p): np.array([each is p for each in polarities]) for p in Polarity}
    return fit_heads(Examples.stack(seen), truth, {name: Goal() for name in truth})


def _without_clauses(reading: Reading) -> Reading:
    return Reading(reading.text, (), (), reading.text_vector, reading.clause_vectors[:0])
