"""Labels messages as the assistant would act on them: `make label IN=a.jsonl OUT=b.jsonl`.

    .venv-engine/bin/python tools/label.py a.jsonl b.jsonl [--model FILE] [--processes N]

IN holds one message a line in the codebook's form; `id`, `role`, `age`, `channel`, `question` and `text` are used, all
else is ignored. OUT gets one line for each in the same order: `id`, `lang`, `themes`, `klage`, `bekymring`, `oensker`,
`svar`, `scores`. No service need run. Exit 0: OUT is written whole. Else one line on stderr says what is wrong, where, and
how to mend it, and OUT is as it was. Exit 2: the input or a path; exit 1: the model.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a script, only tools/ is on the path

from tools.labelling.acted_on import ModelError
from tools.labelling.messages import BadInputError, read_messages
from tools.labelling.model import MODEL, PROCESSES, label_messages


def label_file(source: Path, target: Path, model: Path = MODEL, processes: int = PROCESSES) -> int:
    """Labels every message of `source` into `target`; the number of messages.

    Raises:
        BadInputError, ModelError, OSError: nothing is written.
    """
    messages = read_messages(source)
    if target.is_dir() or not os.access(target.parent, os.W_OK):
        raise BadInputError(f"{target}: cannot be written to; name a file in a folder that can")
    found = label_messages(messages, model, processes)
    write_whole(target, [json.dumps(each.as_json(), ensure_ascii=False) for each in found])
    return len(found)


def write_whole(path: Path, lines: Sequence[str]) -> None:
    """Writes the lines, or leaves the file as it was; raises OSError."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".half-", delete=False) as file:
        half = Path(file.name)
        try:
            file.write("".join(f"{line}\n" for line in lines))
        except BaseException:
            half.unlink()
            raise
    half.chmod(0o644)  # NamedTemporaryFile keeps others from reading
    half.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status for the shell."""
    parser = argparse.ArgumentParser(prog="label.py", description="Label messages as the assistant would act on them.")
    parser.add_argument("source", type=Path, metavar="IN", help="JSONL in the codebook's form")
    parser.add_argument("target", type=Path, metavar="OUT", help="JSONL to write")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    options = parser.parse_args(arguments)
    try:
        label_file(options.source, options.target, options.model, options.processes)
    except (BadInputError, ModelError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1 if isinstance(error, ModelError) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
