import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.layers import layer_of

ROOT = Path(__file__).parents[2]

TESTS = {
    "tests/service/test_queue.py": """
import pytest

@pytest.mark.faults
@pytest.mark.postgres
def test_kill(): pass

@pytest.mark.postgres
def test_rows(): pass

@pytest.mark.browser
def test_page(): pytest.skip("missing: chromium")

def test_order(request):
    assert [item.name for item in request.session.items][-4:] == ["test_rows", "test_bare", "test_page", "test_kill"]

@pytest.fixture
def breaks(): yield; raise OSError

def test_breaks_after(breaks): pass

def test_elsewhere(): pytest.skip("not on this system")
""",
    "tests/service/test_bare.py": "import pytest\n@pytest.mark.browser\ndef test_bare(): pass\n",
    "tests/service/test_kannel.py": "import pytest\npytest.skip('missing: kannel', allow_module_level=True)\n",
    "tests/shared/test_danish.py": "def test_fold(): pass\n",
}


def counted(folder: Path, **environment: str) -> dict[str, dict[str, int]]:
    """Run TESTS with the plugin; return tests by layer and outcome."""
    for name, code in TESTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(code)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    postgres\n    browser\n    faults\n")
    options = ("-p", "tests.layers", "--layers-file", "sums.json", "--continue-on-collection-errors")
    command = (sys.executable, "-m", "pytest", *options)
    environment = {**{name: value for name, value in os.environ.items() if name != "CI"}, **environment}
    subprocess.run(command, cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    sums = json.loads((folder / "sums.json").read_text())
    return {layer: {name: n for name, n in sums[layer].items() if n and name != "seconds"} for layer in sums}


def test_counts_each_layer_and_runs_them_in_order(tmp_path: Path) -> None:
    assert counted(tmp_path) == {
        "shared": {"passed": 1},
        "unit": {"passed": 1, "failed": 1, "skipped": 2},
        "engine": {},
        "postgres": {"passed": 1},
        "gateways": {},
        "browser": {"passed": 1, "skipped": 1},
        "faults": {"passed": 1},
    }


def test_in_ci_nothing_may_be_missing(tmp_path: Path) -> None:
    counts = counted(tmp_path, CI="true")

    assert counts["browser"] == {"passed": 1, "failed": 1}
    assert counts["unit"] == {"passed": 1, "failed": 2, "skipped": 1}


@pytest.mark.parametrize(
    ("path", "marks", "layer"),
    [
        ("tests/shared/test_danish.py", [], "shared"),
        ("tests/engine/test_themes.py", [], "engine"),
        ("tests/service/engine/test_client.py", [], "unit"),
        ("tests/conversations/test_all.py", ["timeout", "engine"], "engine"),
        ("tests/conversations/test_all.py", ["postgres", "engine"], "postgres"),
        ("tests/shared/test_slow.py", ["faults"], "faults"),
        ("tests/test_structure.py", [], "unit"),
    ],
)
def test_the_layer_follows_from_mark_and_folder(path: str, marks: list[str], layer: str) -> None:
    assert layer_of(Path(path), marks) == layer
