"""The constant answer: the most frequent theme with its most frequent polarity, and of all else the most frequent value."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.shared.codebook import Wish
from tools.evaluate.baselines.training_data import Example
from tools.labelling.acted_on import Acted
from tools.labelling.messages import Message


@dataclass(frozen=True)
class Majority:
    """What every message is taken for."""

    lang: str
    theme: str
    polarity: str
    klage: str
    bekymring: str
    wishes: tuple[str, ...]
    svar: str

    def predict(self, messages: Sequence[Message]) -> list[Acted]:
        """The same labels for all."""
        themes = {self.theme: self.polarity}
        wishes = list(self.wishes)
        return [
            Acted(m.id, self.lang, themes, self.klage, self.bekymring, wishes, self.svar, scores={}, by_model={})
            for m in messages
        ]


def train_majority(examples: Sequence[Example]) -> Majority:
    """Counts the labels of at least one example that has a theme."""
    labels = [example.labels for example in examples]
    pairs = [(str(theme), str(polarity)) for each in labels for theme, polarity in each.themes.items()]
    theme = _most_frequent([theme for theme, _ in pairs])
    return Majority(
        lang=_most_frequent([each.language for each in labels]),
        theme=theme,
        polarity=_most_frequent([polarity for name, polarity in pairs if name == theme]),
        klage=_most_frequent([str(each.complaint) for each in labels]),
        bekymring=_most_frequent([str(each.concern) for each in labels]),
        wishes=tuple(str(wish) for wish in Wish if sum(wish in each.wishes for each in labels) * 2 > len(labels)),
        svar=_most_frequent(["ja" if each.answers else "nej" for each in labels]),
    )


def _most_frequent(values: Sequence[str]) -> str:
    return Counter(values).most_common(1)[0][0]
