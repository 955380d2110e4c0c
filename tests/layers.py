"""Pytest plugin (`-p tests.layers`): runs the tests layer by layer, counts their seconds, and takes no excuses in CI.

With `--layers-file FILE` the sums go to FILE as JSON, {layer: {"passed": n, "failed": n, "skipped": n, "seconds": s}},
for tools/seconds_per_layer.py to add up. A session fixture's seconds count for the first test that uses it.

A skip whose reason begins with "missing:" says that a server or system package is not there; with CI=true it is a
failure.

It works with the pytest of both environments: Python 3.10, no imports of our own.
"""

import json
import os
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

# The layers in the order in which they run, the quickest answers first, and the mark that puts a test there.
# The last mark counts: what kills processes on PostgreSQL is a fault.
LAYERS = {
    "shared": None,
    "unit": None,
    "engine": "engine",
    "postgres": "postgres",
    "gateways": "gateway",
    "browser": "browser",
    "faults": "faults",
}
UNMARKED = {"shared": "shared", "engine": "engine"}  # folder in tests/ -> layer of its tests without a mark
EXCUSE = "missing:"


@dataclass
class Count:
    """What a layer has cost and brought so far."""

    outcomes: dict[str, str] = field(default_factory=dict)  # by test
    seconds: float = 0.0

    def add(self, test: str, outcome: str, seconds: float) -> None:
        """Count one phase of a test: a failure in any phase is the test's outcome."""
        self.seconds += seconds
        if self.outcomes.get(test) != "failed":
            self.outcomes[test] = outcome

    def summary(self) -> dict[str, float]:
        """Return the number of tests by outcome, and the seconds."""
        outcomes = list(self.outcomes.values())
        numbers = {outcome: outcomes.count(outcome) for outcome in ("passed", "failed", "skipped")}
        return {**numbers, "seconds": round(self.seconds, 2)}


def layer_of(path: Path, marks: Iterable[str]) -> str:
    """Return the layer of a test with these marks in this file (below the repository's root)."""
    marked = [layer for layer, mark in LAYERS.items() if mark in set(marks)]
    folder = path.parts[1] if len(path.parts) > 1 else ""
    return marked[-1] if marked else UNMARKED.get(folder, "unit")


class LayerCount:
    """The plugin's state during one run of pytest."""

    def __init__(self, root: Path, file: "Path | None") -> None:
        self.root = root
        self.file = file
        self.layers: dict[str, str] = {}  # by test
        self.counts = {layer: Count() for layer in LAYERS}

    @pytest.hookimpl(trylast=True)  # after the conftests have marked what they mark by folder
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note each test's layer and run the layers in order."""
        for item in items:
            marks = [mark.name for mark in item.iter_markers()]
            self.layers[item.nodeid] = layer_of(item.path.relative_to(self.root), marks)
        order = list(LAYERS)
        items.sort(key=lambda item: order.index(self.layers[item.nodeid]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one phase of a test; set-up and tear-down bring seconds, and an outcome only if they are not passed."""
        count = self.counts[self.layers[report.nodeid]]
        if report.when == "call" or not report.passed:
            count.add(report.nodeid, report.outcome, report.duration)
        else:
            count.seconds += report.duration

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count a file that cannot be read, or that skips itself, as one test."""
        if not report.passed:
            self.counts[layer_of(Path(report.nodeid), ())].add(report.nodeid, report.outcome, 0.0)

    def pytest_sessionfinish(self) -> None:
        """Write the sums."""
        if self.file:
            self.file.write_text(json.dumps({layer: count.summary() for layer, count in self.counts.items()}))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer --layers-file."""
    parser.addoption("--layers-file", type=Path, default=None, help="where to write tests and seconds of each layer")


def pytest_configure(config: pytest.Config) -> None:
    """Start counting."""
    config.pluginmanager.register(LayerCount(config.rootpath, config.getoption("--layers-file")), "layer-count")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, None]:
    """Let no test be skipped in CI because something is missing."""
    outcome = yield
    _refuse_excuse(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, None]:
    """Let no file of tests be skipped in CI because something is missing."""
    outcome = yield
    _refuse_excuse(outcome.get_result())


def _refuse_excuse(report: "pytest.TestReport | pytest.CollectReport") -> None:
    if os.environ.get("CI") != "true" or not report.skipped or not isinstance(report.longrepr, tuple):
        return
    path, line, reason = report.longrepr  # the reason as "Skipped: missing: chromium"
    if reason.removeprefix("Skipped: ").startswith(EXCUSE):
        report.outcome = "failed"
        report.longrepr = f"{path}:{line}: {reason}; with CI=true nothing may be missing"
