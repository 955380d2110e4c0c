"""`make eval EVAL=path`: the trained model on labelled messages, and baselines beside it.

    .venv-engine/bin/python -m tools.evaluate PATH... [--out FILE] [--baselines yes|no] [--texts yes|no] …

PATH is a JSONL file in the codebook's form or a folder of them. A table goes to stdout, all figures to --out. Else one line
on stderr says what to mend, and nothing is written: exit 2 where the input is bad, 1 where a model is.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tools.evaluate.baselines import train_baselines
from tools.evaluate.baselines.diet import EPOCHS, DietError
from tools.evaluate.misses import confused_themes, worst_misses
from tools.evaluate.rates import Json
from tools.evaluate.report import measure_groups
from tools.evaluate.routes import measure_rules
from tools.evaluate.speed import measure_speed
from tools.evaluate.table import table
from tools.evaluate.wanted import read_wanted
from tools.labelling.acted_on import ModelError
from tools.labelling.messages import BadInputError
from tools.labelling.model import MODEL, label_messages, load, prepare_process

BASELINES = Path("var/eval")  # what is trained for comparison, kept until the training data change
OUT = BASELINES / "report.json"
YES_NO = ("yes", "no")


@dataclass(frozen=True)
class Asked:
    """What one run shall measure."""

    paths: Sequence[Path]
    model: Path
    baselines: bool
    diet_epochs: int
    speed: bool
    texts: bool  # show what was written beside each miss


def evaluate(asked: Asked) -> Json:
    """All figures of the model on the labelled messages of `asked.paths`.

    Raises:
        BadInputError, ModelError, DietError: with one line that says what to mend.
    """
    began = time.monotonic()
    wanted = read_wanted(asked.paths)
    messages = [each.message for each in wanted]
    found = label_messages(messages, asked.model)
    labelled_at = time.monotonic()
    baselines = train_baselines(BASELINES, asked.diet_epochs) if asked.baselines else {}
    measured = {name: measure_groups(wanted, each.predict(messages)) for name, each in baselines.items()}
    compared_at = time.monotonic()
    once = {name: each.once for name, each in baselines.items() if each.once is not None}
    return {
        "data": {"files": [str(path) for path in asked.paths], "messages": len(wanted)},
        "model": {"file": asked.model.name, "trained": _trained(asked.model)},
        "groups": measure_groups(wanted, found),
        "rules_alone": measure_rules(wanted),
        "baselines": measured,
        "speed": measure_speed(messages, load(asked.model), once) if asked.speed else None,
        "confused_themes": confused_themes(wanted, found),
        "misses": worst_misses(wanted, found, texts=asked.texts),
        "seconds": {
            "labelling": round(labelled_at - began, 1),
            "baselines": round(compared_at - labelled_at, 1),
            "all": round(time.monotonic() - began, 1),
        },
    }


def _trained(model: Path) -> str:
    when = datetime.fromtimestamp(model.stat().st_mtime, ZoneInfo("Europe/Copenhagen"))
    return when.isoformat(sep=" ", timespec="minutes")


def _asked(arguments: "Sequence[str] | None") -> tuple[Asked, Path]:
    """What to measure, and where the figures go."""
    parser = argparse.ArgumentParser(prog="evaluate", description="Measure the trained model on labelled messages.")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="labelled JSONL, or folders of it")
    parser.add_argument("--out", type=Path, default=OUT, help=f"where all figures go as JSON ({OUT})")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--baselines", choices=YES_NO, default="yes")
    parser.add_argument("--diet-epochs", type=int, default=EPOCHS, help="how long stock DIET learns; Rasa's own is 100")
    parser.add_argument("--speed", choices=YES_NO, default="yes")
    parser.add_argument("--texts", choices=YES_NO, default="no", help="show what was written beside each miss")
    o = parser.parse_args(arguments)
    yes = {name: getattr(o, name) == "yes" for name in ("baselines", "speed", "texts")}
    return Asked(paths=o.paths, model=o.model, diet_epochs=o.diet_epochs, **yes), o.out


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Return the exit status for the shell."""
    asked, out = _asked(arguments)
    try:
        report = evaluate(asked)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except (BadInputError, ModelError, DietError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1 if isinstance(error, (ModelError, DietError)) else 2
    sys.stdout.write(table(report))
    return 0


if __name__ == "__main__":
    prepare_process()  # not in main: a test's process has more to do than this
    sys.exit(main())
