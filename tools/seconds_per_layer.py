"""Prints what the parts of a test run took, and as the last line how many tests passed, failed and were skipped.

    seconds_per_layer.py FOLDER

FOLDER holds steps.txt, a line "<step> <seconds>" for each step before the tests, and the files *.json that
tests/layers.py writes. Exit status 1 if a test failed or none passed.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

OUTCOMES = ("passed", "failed", "skipped")
Layers = dict[str, dict[str, float]]


def add_up(runs: Iterable[Layers]) -> Layers:
    """Add the sums of several runs, layer by layer, in the order in which the layers first appear."""
    total: Layers = {}
    for run in runs:
        for layer, sums in run.items():
            so_far = total.setdefault(layer, {})
            for name, value in sums.items():
                so_far[name] = so_far.get(name, 0) + value
    return total


def table(steps: Iterable[tuple[str, float]], layers: Layers) -> str:
    """Return one line per step and per layer that has tests: name, tests, seconds."""
    lines = [f"{'layer':<12} {'tests':>6} {'seconds':>8}"]
    lines += [f"{step:<12} {'':>6} {seconds:>8.1f}" for step, seconds in steps]
    for layer, sums in layers.items():
        tests = sum(int(sums[outcome]) for outcome in OUTCOMES)
        if tests:
            lines.append(f"{layer:<12} {tests:>6} {sums['seconds']:>8.1f}")
    return "\n".join(lines)


def read_steps(text: str) -> list[tuple[str, float]]:
    """Read lines such as "lint 12"."""
    return [(name, float(seconds)) for name, seconds in (line.rsplit(maxsplit=1) for line in text.splitlines())]


def main(folder: Path) -> int:
    """Return the exit status for the shell."""
    layers = add_up(json.loads(file.read_text()) for file in sorted(folder.glob("*.json")))
    passed, failed, skipped = (sum(int(sums[outcome]) for sums in layers.values()) for outcome in OUTCOMES)
    sys.stdout.write(f"\n{table(read_steps((folder / 'steps.txt').read_text()), layers)}\n\n")
    sys.stdout.write(f"{passed} passed, {failed} failed, {skipped} skipped\n")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
