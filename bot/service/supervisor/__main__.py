"""`python -m bot.service.supervisor`: one development instance until Ctrl-C. `make run` calls it."""

import logging
import os
import signal
import sys

from bot.service.errors import GenklangError
from bot.service.supervisor.checks import check
from bot.service.supervisor.commands import plan
from bot.service.supervisor.home import home_of
from bot.service.supervisor.instance import read_instance
from bot.service.supervisor.run import Ending, Run, run

logger = logging.getLogger(__name__)


def main() -> int:
    """Run until told to end; return the exit status: 1 where it did not come to be ready."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    ending = Ending()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ending.ask)
    try:
        instance = read_instance(os.environ)
        with home_of(instance) as secrets:
            check(instance)
            run(Run(instance, secrets, plan(instance, secrets, os.environ), ending))
    except GenklangError as error:
        logger.error("%s", error)  # a sentence for whoever typed the command; a traceback would hide it
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
