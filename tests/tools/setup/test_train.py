import os
from pathlib import Path

import pytest

from tools.setup.train import MODEL, STAMP, TrainingFailed, train_if_changed

# Stands for rasa: adds a line to a file and makes a model.
TRAIN = ("/bin/sh", "-c", "echo trained >> log; echo model > models/genklang.tar.gz")
SOURCES = ["nlu_data/klage.yml", "stories/rules.yml", "bot/engine/lexicon/words.txt", "config.yml"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a little of everything that goes into the model, trained once."""
    for name in SOURCES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    train_if_changed(tmp_path, TRAIN)
    return tmp_path


def trainings(root: Path) -> int:
    return len((root / "log").read_text().splitlines())


def test_nothing_changed_nothing_trained(root: Path) -> None:
    os.utime(root / "config.yml", (0, 0))

    assert train_if_changed(root, TRAIN) is False
    assert trainings(root) == 1


@pytest.mark.parametrize("source", [*SOURCES, "nlu_data/new.yml"])
def test_a_changed_or_new_source_is_trained(source: str, root: Path) -> None:
    (root / source).write_text("two")

    assert train_if_changed(root, TRAIN) is True
    assert train_if_changed(root, TRAIN) is False


def test_a_renamed_or_deleted_source_is_trained(root: Path) -> None:
    (root / "nlu_data/klage.yml").rename(root / "nlu_data/klager.yml")
    renamed = train_if_changed(root, TRAIN)
    (root / "nlu_data/klager.yml").unlink()

    assert (renamed, train_if_changed(root, TRAIN)) == (True, True)


@pytest.mark.parametrize("other", ["bot/engine/__pycache__/a.cpython-310.pyc", "README.md", "bot/service/app.py"])
def test_what_does_not_go_into_the_model_is_not_counted(other: str, root: Path) -> None:
    (root / other).parent.mkdir(parents=True, exist_ok=True)
    (root / other).write_text("two")

    assert train_if_changed(root, TRAIN) is False


def test_a_lost_model_is_trained_again(root: Path) -> None:
    (root / MODEL).unlink()

    assert train_if_changed(root, TRAIN) is True


@pytest.mark.parametrize("failing", ["exit 1", "exit 0", "echo half > models/genklang.tar.gz; exit 1"])
def test_a_failed_training_is_tried_again(failing: str, root: Path) -> None:
    (root / "config.yml").write_text("two")

    with pytest.raises(TrainingFailed, match=r"^no intent$"):
        train_if_changed(root, ("/bin/sh", "-c", f"echo no intent; {failing}"))

    assert not (root / STAMP).exists()
    assert train_if_changed(root, TRAIN) is True
