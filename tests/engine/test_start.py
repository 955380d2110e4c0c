"""An engine that cannot answer does not start, and says in one line why."""

import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.engine.running_engine import free_port, model_path, start_engine

pytestmark = pytest.mark.engine


def ended(model: Path, tmp_path: Path) -> tuple[int, str]:
    log = tmp_path / "engine.log"
    process: subprocess.Popen[bytes] = start_engine(free_port(), log, "http://127.0.0.1:9/webhook", model)
    return process.wait(timeout=60), log.read_text().strip().splitlines()[-1]


def test_a_missing_model_ends_it(tmp_path: Path) -> None:
    code, last_line = ended(tmp_path / "none.tar.gz", tmp_path)

    assert code == 1
    assert last_line.startswith("The engine does not start: there is no model at ")


def test_a_file_that_is_no_model_ends_it(tmp_path: Path) -> None:
    model = tmp_path / "genklang.tar.gz"
    model.write_bytes(b"not a model")

    code, last_line = ended(model, tmp_path)

    assert code == 1
    assert last_line.startswith(f"The engine does not start: the model {model} is damaged (")


def damaged_model(tmp_path: Path, part: str, damage: Callable[[Path], None]) -> Path:
    """A copy of the shipped model, one part of it damaged."""
    if not model_path().is_file():
        pytest.skip(f"no model at {model_path()}: run `make train`")
    with tarfile.open(model_path()) as whole:
        whole.extractall(tmp_path / "parts", filter="data")
    damage(next((tmp_path / "parts").rglob(part)))
    model = tmp_path / "genklang.tar.gz"
    with tarfile.open(model, "w:gz") as damaged:
        for path in (tmp_path / "parts").iterdir():
            damaged.add(path, path.name)
    return model


def test_a_model_with_damaged_weights_ends_it(tmp_path: Path) -> None:
    model = damaged_model(tmp_path, "routes.npz", lambda weights: weights.write_bytes(weights.read_bytes()[:1000]))

    code, last_line = ended(model, tmp_path)

    assert code == 1
    assert "routes" in last_line
    assert "is damaged" in last_line


def test_a_model_whose_parts_do_not_fit_together_ends_it(tmp_path: Path) -> None:
    def forget_a_feature(weights: Path) -> None:
        with np.load(weights) as kept:
            parts = dict(kept)
        np.savez(weights, **(parts | {"common": parts["common"][1:]}))

    code, last_line = ended(damaged_model(tmp_path, "polarity.npz", forget_a_feature), tmp_path)

    assert code == 1
    assert "is damaged" in last_line
