"""Wishes, `svar` and the language."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from bot.shared.codebook import Wish
from tools.evaluate.rates import Json, macro_f1, micro_f1, precision_recall, share
from tools.evaluate.wanted import Wanted
from tools.labelling.acted_on import Acted

WISHES = tuple(str(wish) for wish in Wish)


def measure_wishes(wanted: Sequence[Wanted], found: Sequence[Acted]) -> Json:
    """Macro and micro F1 and the figures of each wish."""
    is_wanted = np.array([[wish in each.oensker for wish in WISHES] for each in wanted])
    is_found = np.array([[wish in each.oensker for wish in WISHES] for each in found])
    return {
        "macro_f1": macro_f1(is_wanted, is_found),
        "micro_f1": micro_f1(is_wanted, is_found),
        "each": {wish: precision_recall(is_wanted[:, i], is_found[:, i]) for i, wish in enumerate(WISHES)},
    }


def measure_no_answers(wanted: Sequence[Wanted], found: Sequence[Acted]) -> Json:
    """`svar: nej` against ja."""
    return precision_recall(np.array([w.svar == "nej" for w in wanted]), np.array([f.svar == "nej" for f in found]))


def measure_languages(wanted: Sequence[Wanted], found: Sequence[Acted]) -> Json:
    """The share of rightly named languages, and which were taken for which, as `wanted>found`."""
    pairs = [(w.lang, f.lang) for w, f in zip(wanted, found, strict=True)]
    wrong = Counter(f"{w}>{f}" for w, f in pairs if w != f)
    return {**share(sum(w == f for w, f in pairs), len(pairs)), "wrong": dict(wrong.most_common())}
