"""tf-idf of words and letters with one linear support vector machine per label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from bot.shared.codebook import Theme, Wish
from tools.evaluate.baselines.training_data import Example
from tools.labelling.acted_on import Acted
from tools.labelling.messages import Message

WORD = r"\b\w+\b"  # scikit-learn's own leaves out "i" and "å"


@dataclass(frozen=True)
class LinearSvm:
    """One classifier per theme (is it there?), per theme's polarity, and per other label."""

    features: FeatureUnion
    themes: dict[str, Any]
    polarities: dict[str, Any]
    wishes: dict[str, Any]
    rest: dict[str, Any]  # klage, bekymring, svar, lang: classifiers that name the value

    def predict(self, messages: Sequence[Message]) -> list[Acted]:
        """The label of every classifier for every message."""
        rows = self.features.transform([message.text for message in messages])
        themes, polarities, wishes, rest = (
            {name: classifier.predict(rows) for name, classifier in group.items()}
            for group in (self.themes, self.polarities, self.wishes, self.rest)
        )
        return [
            Acted(
                id=message.id,
                lang=str(rest["lang"][i]),
                themes={name: str(polarities[name][i]) for name, found in themes.items() if found[i]},
                klage=str(rest["klage"][i]),
                bekymring=str(rest["bekymring"][i]),
                oensker=[name for name, found in wishes.items() if found[i]],
                svar=str(rest["svar"][i]),
                scores={},
                by_model={},
            )
            for i, message in enumerate(messages)
        ]


def train_linear_svm(examples: Sequence[Example]) -> LinearSvm:
    """Fits all classifiers; every label must occur with two values at least."""
    labels = [example.labels for example in examples]
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=WORD, sublinear_tf=True, min_df=2)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
    features = FeatureUnion([("words", words), ("letters", letters)])
    rows = features.fit_transform([example.text for example in examples])
    themes = {str(theme): np.array([theme in each.themes for each in labels]) for theme in Theme}
    wishes = {str(wish): np.array([wish in each.wishes for each in labels]) for wish in Wish}
    rest = {
        "klage": [str(each.complaint) for each in labels],
        "bekymring": [str(each.concern) for each in labels],
        "svar": ["ja" if each.answers else "nej" for each in labels],
        "lang": [each.language for each in labels],
    }
    polarities = {
        str(theme): _fit(rows[themes[str(theme)]], [str(each.themes[theme]) for each in labels if theme in each.themes])
        for theme in Theme
    }
    groups = ({name: _fit(rows, values) for name, values in group.items()} for group in (themes, wishes, rest))
    of_themes, of_wishes, of_rest = groups
    return LinearSvm(features, of_themes, polarities, of_wishes, of_rest)


def _fit(rows: Any, values: Any) -> Any:
    # Balanced, for without it the rare labels (danger, stop) are hardly ever named.
    return LinearSVC(class_weight="balanced", random_state=0).fit(rows, values)
