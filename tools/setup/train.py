"""Trains the engine's model if anything it is made from has changed since the last training.

The hash of all that goes into the model stands beside it, in models/genklang.sha256. Run by `make train`.
"""

import fcntl
import hashlib
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL = Path("models/genklang.tar.gz")
STAMP = Path("models/genklang.sha256")
LOG = Path("models/training.log")
LOG_TAIL = 30  # lines shown of a training that failed
COMMAND = (
    "tools/rasa.sh", "train", "--config", "config.yml", "--domain", "bot/engine/domain",
    "--data", "nlu_data", "stories/rules.yml", "--out", "models", "--fixed-model-name", "genklang",
    "--force", "--skip-validation",
)  # fmt: skip
# Files and folders; of a folder every file counts, whatever its kind: word lists and weights too.
SOURCES = (
    "nlu_data", "stories", "config.yml", "bot/__init__.py", "bot/engine", "bot/shared",
    "requirements/engine.lock", "tools/rasa.sh",
)  # fmt: skip
# Changes with every import, or says nothing about the model.
IGNORED_SUFFIXES = frozenset({".pyc", ".pyo", ".md", ".swp"})


class TrainingFailed(Exception):
    """Rasa refused the training; the message is the end of what it said."""


def source_files(root: Path, sources: Iterable[str] = SOURCES) -> Iterator[Path]:
    """Every file that goes into the model, in an order that is the same on each machine."""
    for source in sources:
        path = root / source
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in found if file.is_file() and file.suffix not in IGNORED_SUFFIXES)


def content_hash(root: Path, sources: Iterable[str] = SOURCES) -> str:
    """One hash over names and contents of the sources. Dates do not count: a clone may be given a copied model."""
    total = hashlib.sha256()
    for file in source_files(root, sources):
        name = file.relative_to(root).as_posix()
        total.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def is_current(root: Path, wanted: str) -> bool:
    """Whether the model that stands there was trained from sources with this hash."""
    stamp = root / STAMP
    return (root / MODEL).is_file() and stamp.is_file() and stamp.read_text().strip() == wanted


def train(root: Path, command: tuple[str, ...] = COMMAND) -> None:
    """Train and stamp. The hash is taken first: an edit during the training then leads to another one."""
    wanted = content_hash(root)
    (root / STAMP).unlink(missing_ok=True)
    # A model that is half written must not look like one that is merely not stamped.
    (root / MODEL).unlink(missing_ok=True)
    with (root / LOG).open("w") as log:  # rasa's progress bars would fill the screen some hundred times
        done = subprocess.run(command, cwd=root, stdout=log, stderr=log, check=False)  # noqa: S603 (COMMAND above)
    if done.returncode != 0 or not (root / MODEL).is_file():
        lines = (root / LOG).read_text(errors="replace").splitlines()
        raise TrainingFailed("\n".join(line.rpartition("\r")[2] for line in lines[-LOG_TAIL:]))
    (root / STAMP).write_text(wanted + "\n")


def train_if_changed(root: Path, command: tuple[str, ...] = COMMAND) -> bool:
    """Return whether a training was needed. A second call beside this one waits, then finds the model current."""
    (root / MODEL).parent.mkdir(exist_ok=True)
    with (root / MODEL).with_name(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current(root, content_hash(root)):
            return False
        sys.stdout.write(f"Training the engine: some minutes, only when what it learns from has changed ({LOG})\n")
        sys.stdout.flush()
        train(root, command)
        return True


def main() -> int:
    """Return the exit status for the shell."""
    began = time.monotonic()
    try:
        if train_if_changed(ROOT):
            sys.stdout.write(f"Trained {MODEL} in {time.monotonic() - began:.0f} s\n")
    except TrainingFailed as failure:
        sys.stderr.write(
            f"{failure}\n\nTraining failed; the lines above are the end of {LOG}. `make validate` checks nlu_data/ and"
            " stories/; a training that was killed had too little memory.\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
