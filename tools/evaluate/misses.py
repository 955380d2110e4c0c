"""The worst misses: what was decided wrongly, those first whose score lies furthest from the truth."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.evaluate.rates import Json
from tools.evaluate.small_labels import WISHES
from tools.evaluate.themes import THEMES
from tools.evaluate.wanted import Wanted
from tools.labelling.acted_on import NO_ANSWER, Acted

UNSCORED = 0.5  # how far off a wrong polarity or language counts: they have no score of their own


@dataclass(frozen=True)
class Miss:
    """One wrong label of one message."""

    label: str
    wanted: str
    found: str
    distance: float  # of the score from the truth, 0-1

    def as_json(self) -> Json:
        """For the report."""
        return {"label": self.label, "wanted": self.wanted, "found": self.found, "distance": round(self.distance, 3)}


def worst_misses(wanted: Sequence[Wanted], found: Sequence[Acted], *, texts: bool) -> list[Json]:
    """Every message with a wrong label: id and wrong labels, the text only where `texts` asks for it."""
    listed: list[Json] = []
    for w, f in zip(wanted, found, strict=True):
        misses = sorted(_misses(w, f), key=lambda miss: -miss.distance)
        if misses:
            words = {"text": w.message.text, "question": w.message.question} if texts else {}
            worst = round(misses[0].distance, 3)
            listed.append({"id": w.message.id, "worst": worst, "misses": [m.as_json() for m in misses], **words})
    return sorted(listed, key=lambda each: (-each["worst"], -len(each["misses"])))


def confused_themes(wanted: Sequence[Wanted], found: Sequence[Acted]) -> list[Json]:
    """Which theme was missed where which other one was found wrongly, most frequent first."""
    pairs = Counter(
        (missed, false)
        for w, f in zip(wanted, found, strict=True)
        for missed in w.themes.keys() - f.themes.keys()
        for false in f.themes.keys() - w.themes.keys()
    )
    return [{"wanted": w, "found": f, "times": n} for (w, f), n in sorted(pairs.items(), key=lambda p: (-p[1], p[0]))]


def _misses(w: Wanted, f: Acted) -> Iterator[Miss]:
    for theme in THEMES:
        yes, no = w.themes.get(theme, "–"), f.themes.get(theme, "–")
        if yes != no:
            is_polarity = "–" not in (yes, no)
            yield Miss(theme, yes, no, UNSCORED if is_polarity else _distance(f, theme, truth=yes != "–"))
    for wish in WISHES:
        if (wish in w.oensker) != (wish in f.oensker):
            yes, no = ("ja", "–") if wish in w.oensker else ("–", "ja")
            yield Miss(wish, yes, no, _distance(f, wish, truth=yes == "ja"))
    if w.klage != f.klage:
        head = "klage" if "ja" in (w.klage, f.klage) else "utilfreds"
        truth = w.klage == "ja" if head == "klage" else w.klage != "nej"
        yield Miss("klage", w.klage, f.klage, _distance(f, head, truth=truth))
    if w.bekymring != f.bekymring:
        head = "fare" if "nej" in (w.bekymring, f.bekymring) else "akut"
        truth = w.bekymring != "nej" if head == "fare" else w.bekymring == "akut"
        yield Miss("bekymring", w.bekymring, f.bekymring, _distance(f, head, truth=truth))
    if w.svar != f.svar:
        yield Miss("svar", w.svar, f.svar, _distance(f, NO_ANSWER, truth=w.svar == "nej"))
    if w.lang != f.lang:
        yield Miss("lang", w.lang, f.lang, UNSCORED)


def _distance(f: Acted, head: str, *, truth: bool) -> float:
    score = f.scores[head]
    return 1.0 - score if truth else score
