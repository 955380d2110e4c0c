"""One engine and one fake action webhook for all tests of the engine."""

import os
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from tests.engine.running_engine import (
    TOKEN,
    EngineClient,
    FakeActions,
    free_port,
    handler,
    model_path,
    start_engine,
    wait_until_up,
)


@pytest.fixture(scope="session")
def _action_server() -> Iterator[FakeActions]:
    actions = FakeActions()
    port = int(os.environ.get("GENKLANG_TEST_ACTION_PORT") or 0)
    server = ThreadingHTTPServer(("127.0.0.1", port), handler(actions))
    actions.url = f"http://127.0.0.1:{server.server_port}/webhook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield actions
    server.shutdown()
    server.server_close()


@pytest.fixture
def actions(_action_server: FakeActions) -> FakeActions:
    """The webhook with an empty memory."""
    _action_server.calls.clear()
    _action_server.tokens.clear()
    _action_server.answer = {"events": [], "responses": []}
    return _action_server


@pytest.fixture(scope="session")
def engine(_action_server: FakeActions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    """One engine for all tests: the one that the environment names, or one started with the trained model.

    A named engine must have been started with GENKLANG_ACTION_URL on 127.0.0.1:$GENKLANG_TEST_ACTION_PORT.
    """
    url, token = os.environ.get("GENKLANG_TEST_ENGINE_URL"), os.environ.get("GENKLANG_TEST_ENGINE_TOKEN")
    if url and token:
        yield EngineClient(url.rstrip("/"), token)
        return
    if not model_path().is_file():
        pytest.skip(f"no model at {model_path()}: run `make train`")
    log = tmp_path_factory.mktemp("engine") / "engine.log"
    port = free_port()
    process = start_engine(port, log, _action_server.url)
    try:
        wait_until_up(port, process, log)
        yield EngineClient(f"http://127.0.0.1:{port}", TOKEN, log)
    finally:
        process.terminate()
        process.wait(timeout=20)
