"""A poller as a process of its own, which dies by SIGKILL at the moment named: `python -m tests.gateways.poller MOMENT`.

Settings come from the environment, as those of any process of ours.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from bot.service.bootstrap import make_context
from bot.service.channels.telegram import polling
from bot.service.channels.telegram.client import make_client
from bot.service.settings import read_settings

BEFORE_THE_COMMIT, BEFORE_THE_CONFIRMATION, NEVER = "before-the-commit", "before-the-confirmation", "never"


def main(moment: str) -> None:
    settings = read_settings()
    context, client = make_context(settings), make_client(settings)
    assert client is not None
    if moment == BEFORE_THE_COMMIT:
        polling._write_offset = _dying(polling._write_offset)
    if moment == BEFORE_THE_CONFIRMATION:
        polling.store = _dying(polling.store)
    while polling.poll_once(context, client, wait_s=0):
        pass
    client.close()


def _dying(deed: Callable[..., Any]) -> Callable[..., Any]:
    """The deed is done, and nothing after it."""

    def done_and_dead(*given: Any) -> None:
        deed(*given)
        os.kill(os.getpid(), signal.SIGKILL)

    return done_and_dead


if __name__ == "__main__":
    main(sys.argv[1])
