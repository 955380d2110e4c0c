"""What a municipality could put together from parts, trained on the same messages and measured beside the model.

The trained ones are kept in a folder named by the hash of what they were made from: a second run has only to predict.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.evaluate.baselines.training_data import Example, read_examples
from tools.labelling.acted_on import Acted
from tools.labelling.messages import Message
from tools.setup.train import content_hash

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ("nlu_data", "tools/evaluate/baselines", "bot/engine/understanding/labels.py", "requirements/engine.lock")
FOLDER = "baselines-"  # and the first letters of the hash


@dataclass(frozen=True)
class Baseline:
    """A trained baseline: its labels for messages, and what it does for one message where time is taken (None: nothing)."""

    predict: Callable[[Sequence[Message]], list[Acted]]
    once: Callable[[Message], object] | None = None


def train_baselines(cache: Path, diet_epochs: int) -> dict[str, Baseline]:
    """All baselines by the names of the table; what can be kept lies in `cache`.

    Raises:
        DietError: Rasa refused to train its stock pipeline.
    """
    # Imported here: scikit-learn and Rasa take seconds, and a run without baselines needs neither.
    from tools.evaluate.baselines.diet import train_diet  # noqa: PLC0415
    from tools.evaluate.baselines.majority import train_majority  # noqa: PLC0415
    from tools.evaluate.baselines.neighbours import train_neighbours  # noqa: PLC0415

    examples = read_examples(ROOT / "nlu_data")
    kept = _folder(cache)
    diet = train_diet(examples, kept, diet_epochs)
    return {
        "majority": Baseline(train_majority(examples).predict),
        "tf-idf + linear SVM": _of(_kept_svm(examples, kept)),
        "nearest neighbours": _of(train_neighbours(examples)),
        f"stock DIET, {diet_epochs} epochs": Baseline(diet.predict, diet.parse_once),
    }


def _of(trained: Any) -> Baseline:
    return Baseline(trained.predict, lambda message: trained.predict([message]))


def _kept_svm(examples: Sequence[Example], folder: Path) -> Any:
    import joblib  # noqa: PLC0415 -- as above

    from tools.evaluate.baselines.linear_svm import train_linear_svm  # noqa: PLC0415

    path = folder / "linear_svm.joblib"
    if path.is_file():
        return joblib.load(path)
    trained = train_linear_svm(examples)
    joblib.dump(trained, path.with_suffix(".half"))
    path.with_suffix(".half").replace(path)
    return trained


def _folder(cache: Path) -> Path:
    """The folder of today's sources; those of older ones go."""
    kept = cache / f"{FOLDER}{content_hash(ROOT, SOURCES)[:12]}"
    for other in cache.glob(f"{FOLDER}*"):
        if other != kept:
            shutil.rmtree(other)
    kept.mkdir(parents=True, exist_ok=True)
    return kept
