"""Rasa's server on loopback with our channel, after the model has proved that it loads."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import rasa.utils.common
from rasa.core.channels.channel import UserMessage
from rasa.core.run import serve_application
from rasa.core.utils import AvailableEndpoints
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.utils.log_utils import configure_structlog

from bot.engine.understanding.damaged import DamagedModel

INTERFACE = "127.0.0.1"  # the engine faces the service only
FIRST_MESSAGE = "Hun lyttede, men vi ventede længe. Jeg vil gerne ringes op."  # themes of both polarities and a wish


class UnusableModel(Exception):
    """The model is missing or damaged, or was trained by another version."""


def check_model(model: Path) -> None:
    """Loads every part of the model and reads one message; raises UnusableModel with a reason fit for one line.

    Parts can each be whole and yet not fit together: only a message that goes through all of them shows it.
    """
    if not model.is_file():
        raise UnusableModel(f"there is no model at {model}; train one first")
    try:
        with tempfile.TemporaryDirectory() as folder:
            metadata, runner = load_predict_graph_runner(Path(folder), model, LocalModelStorage, DaskGraphRunner)
            message = {PLACEHOLDER_MESSAGE: [UserMessage(FIRST_MESSAGE)], PLACEHOLDER_TRACKER: None}
            runner.run(message, targets=[metadata.nlu_target])
    except Exception as error:  # tar, json, numpy and Rasa each fail in their own ways
        raise UnusableModel(f"the model {model} is damaged ({_root(error)})") from error


def _root(error: BaseException) -> str:
    """The first line of the error that all others come from; Rasa's own says no more than which component it was."""
    while error.__cause__ is not None and not isinstance(error, DamagedModel):
        error = error.__cause__
    words = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {words[0][:200]}"


def serve(model: Path, port: int, *, endpoints: Path, credentials: Path) -> None:
    """Serves until the process is told to end. Without Rasa's HTTP API: nobody needs it, and it stands open."""
    rasa.utils.common.configure_logging_and_warnings(logging.INFO)
    configure_structlog(logging.INFO)
    logging.getLogger("spacy").setLevel(logging.WARNING)
    serve_application(
        model_path=str(model),
        interface=INTERFACE,
        port=port,
        credentials=str(credentials),
        enable_api=False,
        endpoints=AvailableEndpoints.read_endpoints(str(endpoints)),
    )
