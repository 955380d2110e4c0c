import json
from pathlib import Path

import pytest

from tools.seconds_per_layer import main


def sums(passed: int, failed: int, skipped: int, seconds: float) -> dict[str, float]:
    return {"passed": passed, "failed": failed, "skipped": skipped, "seconds": seconds}


def test_adds_up_both_environments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "steps.txt").write_text("set-up 3\nlint 12\n")
    (tmp_path / "1-engine.json").write_text(json.dumps({"shared": sums(2, 0, 0, 0.5), "engine": sums(4, 0, 1, 60.0)}))
    (tmp_path / "2-service.json").write_text(json.dumps({"shared": sums(2, 0, 0, 0.25), "browser": sums(0, 0, 0, 0)}))

    status = main(tmp_path)

    assert status == 0
    assert capsys.readouterr().out.splitlines() == [
        "",
        "layer         tests  seconds",
        "set-up                   3.0",
        "lint                    12.0",
        "shared            4      0.8",
        "engine            5     60.0",
        "",
        "8 passed, 0 failed, 1 skipped",
    ]


@pytest.mark.parametrize("outcome", [sums(5, 1, 0, 1.0), sums(0, 0, 3, 1.0)])
def test_a_failed_test_or_none_that_passed_is_a_failure(outcome: dict[str, float], tmp_path: Path) -> None:
    (tmp_path / "steps.txt").write_text("")
    (tmp_path / "run.json").write_text(json.dumps({"unit": outcome}))

    assert main(tmp_path) == 1
