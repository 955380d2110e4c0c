"""Whether the parts are alive: for the supervisor, for a load balancer, for who watches the watcher."""

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.message_path.engine_client import EngineClient
from bot.service.models import Lease
from bot.service.worker import HEARTBEAT

OK, AWAY = "ok", "away"


@dataclass(frozen=True)
class Health:
    """`ok` or `away` for each part."""

    service: str
    database: str
    worker: str
    engine: str

    def as_json(self) -> dict[str, str]:
        """As `/health` answers."""
        return asdict(self)


def look(context: Context, engine: EngineClient) -> Health:
    """Look at every part now; takes at most about two seconds."""
    try:
        with context.database.read() as session:
            beat = session.scalar(select(Lease.until).where(Lease.name == HEARTBEAT))
        database, worker = OK, OK if beat is not None and beat > machine_now() else AWAY
    except SQLAlchemyError:
        database, worker = AWAY, AWAY
    return Health(OK, database, worker, OK if engine.is_healthy() else AWAY)
