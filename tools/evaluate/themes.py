"""Themes and their polarity."""

from collections.abc import Sequence

import numpy as np

from bot.shared.codebook import Polarity, Theme
from tools.evaluate.rates import Json, macro_f1, mean_ratio, micro_f1, precision_recall, share
from tools.evaluate.wanted import Wanted
from tools.labelling.acted_on import Acted

THEMES = tuple(str(theme) for theme in Theme)


def measure_themes(wanted: Sequence[Wanted], found: Sequence[Acted]) -> Json:
    """Macro and micro F1, polarity on rightly found themes, and the figures of each theme."""
    is_wanted = np.array([[theme in each.themes for theme in THEMES] for each in wanted])
    is_found = np.array([[theme in each.themes for theme in THEMES] for each in found])
    right = np.array([[w.themes.get(t) == f.themes.get(t) for t in THEMES] for w, f in zip(wanted, found, strict=True)])
    hits = is_wanted & is_found
    return {
        "macro_f1": macro_f1(is_wanted, is_found),
        "micro_f1": micro_f1(is_wanted, is_found),
        "polarity": mean_ratio((hits & right).sum(axis=1), hits.sum(axis=1)),
        "polarity_confusion": _confusion(wanted, found),
        "each": {
            theme: {
                **precision_recall(is_wanted[:, i], is_found[:, i]),
                "polarity": share(int((hits & right)[:, i].sum()), int(hits[:, i].sum())),
            }
            for i, theme in enumerate(THEMES)
        },
    }


def _confusion(wanted: Sequence[Wanted], found: Sequence[Acted]) -> dict[str, int]:
    """How often a rightly found theme has which polarity, as `wanted>found`."""
    pairs = [
        f"{polarity}>{f.themes[theme]}"
        for w, f in zip(wanted, found, strict=True)
        for theme, polarity in w.themes.items()
        if theme in f.themes
    ]
    return {f"{w}>{f}": pairs.count(f"{w}>{f}") for w in Polarity for f in Polarity}
