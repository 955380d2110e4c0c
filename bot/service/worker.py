"""The worker: turns, outbox, spool and schedule, each loop in a thread of its own.

Turns and outbox rows are claimed row by row, so any number of workers may run; the other loops are leased by name.
"""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.service.channels.telegram.tasks import telegram_tasks
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.message_path import feed_back, outbox, turns
from bot.service.message_path.engine_client import EngineClient
from bot.service.message_path.outbox import Senders
from bot.service.message_path.pace import pace_of
from bot.service.message_path.spool import Spool
from bot.service.models import Lease
from bot.service.schedule.base import Task
from bot.service.schedule.callbacks import CALLBACKS
from bot.service.schedule.expiry import EXPIRY
from bot.service.schedule.invitations import INVITATIONS, REMINDERS
from bot.service.schedule.receipts import receipt_tasks
from bot.shared.codebook import Channel

logger = logging.getLogger(__name__)

IDLE_S = 0.06  # machine time between looks while there is nothing to do
AFTER_ERROR_S = 2.0
TURN_THREADS = 4
HEARTBEAT = "worker"
HEARTBEAT_EVERY_S = 2.0
LEASE_FOR = timedelta(seconds=15)


@dataclass(frozen=True)
class Loop:
    """`step` does one piece of work and says whether there may be more right now."""

    name: str
    step: Callable[[], bool]
    pause_s: float = IDLE_S


class Worker:
    """All loops of one worker process."""

    def __init__(self, context: Context, engine: EngineClient, senders: Senders) -> None:
        self.context = context
        self.engine = engine
        self.senders = senders
        self.owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until `stop` is called; a loop that fails is logged, pauses and goes on."""
        Spool(self.context).check()
        threads = [threading.Thread(target=self._run_loop, args=(loop,), name=loop.name) for loop in self._loops()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """Let every loop end after its present step."""
        self.stopping.set()

    def _loops(self) -> list[Loop]:
        tasks = (
            Task("spool", 0.5, feed_back.feed_spool),
            Task("unread", 1.0, feed_back.read_unread),
            INVITATIONS,
            REMINDERS,
            EXPIRY,
            CALLBACKS,
            *receipt_tasks(self.senders),
            *telegram_tasks(self.context.settings),
        )
        return [
            *(Loop(f"turns-{number}", self._work_a_turn) for number in range(TURN_THREADS)),
            *(Loop(f"outbox-{channel}", self._send_by(channel)) for channel in self.senders),
            Loop("abandoned", self._settle_abandoned, 1.0),
            Loop("heartbeat", self._beat, HEARTBEAT_EVERY_S),
            *(Loop(task.name, self._leased(task), task.every_s) for task in tasks),
        ]

    def _run_loop(self, loop: Loop) -> None:
        while not self.stopping.is_set():
            try:
                more = loop.step()
            except Exception:  # a loop must survive what a single piece of work does; the next step sees to it again
                logger.exception("a loop failed", extra={"loop": loop.name})
                self.stopping.wait(AFTER_ERROR_S)
                continue
            if not more:
                self.stopping.wait(loop.pause_s)

    def _work_a_turn(self) -> bool:
        owner = f"{self.owner}:{threading.current_thread().name}"
        leased = turns.lease_next(self.context, owner, spooled=Spool(self.context).waiting_addresses())
        if leased is None:
            return False
        turns.work(self.context, self.engine, leased)
        return True

    def _send_by(self, channel: Channel) -> Callable[[], bool]:
        """One channel's own loop: a provider that does not answer delays no other."""
        sender = self.senders[channel]
        senders, pace = {channel: sender}, pace_of(self.context.settings, channel, sender)

        def step() -> bool:
            claimed = outbox.claim_next(self.context, senders, pace)
            if claimed is None:
                return False
            outbox.send(self.context, senders, claimed, pace)
            return True

        return step

    def _settle_abandoned(self) -> bool:
        outbox.settle_abandoned(self.context, self.senders)
        return False

    def _beat(self) -> bool:
        with self.context.database.write() as session:
            take_lease(session, HEARTBEAT, self.owner, shared=True)
        return False

    def _leased(self, task: Task) -> Callable[[], bool]:
        def step() -> bool:
            with self.context.database.write() as session:
                if not take_lease(session, task.name, self.owner):
                    return False
            task.run(self.context)
            return False

        return step


def take_lease(session: Session, name: str, owner: str, *, shared: bool = False) -> bool:
    """Take or prolong the lease of a loop; False while another worker holds it. `shared`: anybody may (a heartbeat)."""
    now = machine_now()
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(Lease).values(name=name, owner=owner, until=now + LEASE_FOR)
    mine = (Lease.owner == owner) | (Lease.until < now)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"owner": owner, "until": now + LEASE_FOR},
            where=None if shared else mine,
        )
    )
    return session.scalar(select(Lease.owner).where(Lease.name == name)) == owner
