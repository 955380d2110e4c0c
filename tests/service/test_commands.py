"""A start that cannot work ends with one sentence that says how to mend it, never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service_fixtures import ENVIRONMENT

ROOT = Path(__file__).parents[2]


def start(tmp_path: Path, **environment: str) -> tuple[int, str]:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("GENKLANG_")} | ENVIRONMENT
    done = subprocess.run(
        [sys.executable, "-m", "bot.service", "worker"],
        cwd=ROOT,
        env=settings | {"GENKLANG_HOME": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"GENKLANG_MUNICIPALITY": ""}, "GENKLANG_MUNICIPALITY is not set"),
        ({"GENKLANG_COMPLAINT_HOURS": "25"}, "GENKLANG_COMPLAINT_HOURS must be a whole number from 1 to 24"),
        ({"GENKLANG_KEY": "short"}, "a key is not base64"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    code, error = start(tmp_path, **environment)

    assert code == 2
    assert said in error
    assert "Traceback" not in error


def test_a_faulty_question_set_stops_the_start_and_is_named_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.service import __main__ as commands
    from bot.service import bootstrap
    from bot.service.logic.question_sets import QUESTION_SETS, Catalogue

    text = (QUESTION_SETS / "foerste_moede.yml").read_text(encoding="utf-8")
    (tmp_path / "foerste_moede.yml").write_text(text.replace("slags: tekst", "slags: digt", 1), encoding="utf-8")
    load = Catalogue.load
    monkeypatch.setattr(bootstrap.Catalogue, "load", lambda: load(tmp_path))
    for name, value in (ENVIRONMENT | {"GENKLANG_HOME": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)

    assert commands.main(["worker"]) == 2

    line = next(number for number, row in enumerate(text.splitlines(), start=1) if "slags: tekst" in row)
    said = capsys.readouterr().err
    assert f"foerste_moede.yml:{line}" in said
    assert "skala" in said
