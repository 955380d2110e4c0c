"""The commands of the service: serve, worker, migrate, demo. `python -m bot.service <command>`."""

import argparse
import logging
import signal
import sys

import uvicorn

from bot.service.app import make_app
from bot.service.bootstrap import make_context, make_engine_client, make_senders
from bot.service.demo import load_demo_town
from bot.service.errors import GenklangError
from bot.service.logging_setup import set_up_logging
from bot.service.logic.question_set_file import QuestionSetError
from bot.service.logic.texts import TextError
from bot.service.migrate import migrate
from bot.service.settings import Settings, read_settings
from bot.service.worker import Worker

SHUTDOWN_S = 3  # how long what is being answered has to end; the chat's open streams end with it


def main(arguments: list[str] | None = None) -> int:
    """Run one command; a configuration error is one sentence on stderr and exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m bot.service", description=__doc__)
    parser.add_argument("command", choices=("serve", "worker", "migrate", "demo"))
    command = parser.parse_args(arguments).command
    set_up_logging()
    try:
        settings = read_settings()
        {"serve": serve, "worker": work, "migrate": migrate, "demo": demo}[command](settings)
    except (GenklangError, QuestionSetError, TextError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def serve(settings: Settings) -> None:
    """The web service on 127.0.0.1; a reverse proxy stands before it in production."""
    uvicorn.run(
        make_app(settings),
        host="127.0.0.1",
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )


def work(settings: Settings) -> None:
    """The worker, until SIGTERM or SIGINT."""
    context = make_context(settings)
    worker = Worker(context, make_engine_client(settings), make_senders(context))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    logging.getLogger(__name__).info("the worker runs")
    worker.run()


def demo(settings: Settings) -> None:
    """The invented municipality that `make run` shows."""
    load_demo_town(make_context(settings))


if __name__ == "__main__":
    sys.exit(main())
