"""Feeding back what could not be read or stored at once: spooled messages, and messages unread by the safety net."""

import logging
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import cases, conversations
from bot.service.logic.deadlines import deadline_for
from bot.service.message_path import door, safety_net
from bot.service.message_path.spool import Spool
from bot.service.models import Case, CaseEvent, Inbound
from bot.service.models.words import CaseEventKind, CaseKind, CaseState, WayIn
from bot.shared.codebook import Concern, Role

logger = logging.getLogger(__name__)


def feed_spool(context: Context) -> int:
    """Store what waits on disk, oldest first, until the database refuses; returns the number of files dealt with."""
    spool = Spool(context)
    done = 0
    for path in spool.files():
        try:
            _feed(context, spool, path)
        except SQLAlchemyError:
            return done  # still away, busy, or it lost a race: everything stays, in order
        done += 1
    return done


def _feed(context: Context, spool: Spool, path: Path) -> None:
    """Store one message, or set it aside where no further try would help.

    Raises:
        SQLAlchemyError: the database does not take anything now.
    """
    try:
        spooled = spool.read(path)
        with context.database.write() as session:
            door.store(session, context, spooled.message, spooled.received_at, spooled.arrived_at)
    except FileNotFoundError:
        return  # another worker was quicker
    except (DataError, IntegrityError):
        logger.exception("the database refuses a spooled message")
        _set_aside(context, spool, path)
    except SQLAlchemyError:
        raise
    except Exception:  # damaged, its key or code gone, or we are wrong: it must not keep all later ones from being read
        logger.exception("a spooled message cannot be stored")
        _set_aside(context, spool, path)
    else:
        path.unlink(missing_ok=True)


def read_unread(context: Context) -> int:
    """Let the safety net read what it failed on; what it fails on again goes to a human at once."""
    unread = select(Inbound.id).where(Inbound.net_read_at.is_(None)).order_by(Inbound.id).limit(50)
    with context.database.read() as session:
        inbound_ids = list(session.scalars(unread))
    for inbound_id in inbound_ids:
        with context.database.write() as session:
            inbound = session.get_one(Inbound, inbound_id)
            conversation = conversations.lock(session, inbound.conversation_id)
            safety_net.read(session, context, conversation, inbound)
            if inbound.net_read_at is None:
                safety_net.leave_to_a_human(session, context, conversation, inbound)
    return len(inbound_ids)


def _set_aside(context: Context, spool: Spool, path: Path) -> None:
    """A file that nobody can read still ends in front of a human, as a case without a person."""
    detail = f"spool/broken/{path.name[:80]}"
    with context.database.write() as session:
        if session.scalar(select(CaseEvent.id).where(CaseEvent.detail == detail)) is None:  # else: we died before the move
            _open_case(session, context, detail)
    spool.set_aside(path)


def _open_case(session: Session, context: Context, detail: str) -> None:
    now = context.clock.now()
    deadline = deadline_for(CaseKind.UBEHANDLET, Concern.NEJ, Role.BARN, now, context.settings)
    case = Case(
        kind=CaseKind.UBEHANDLET,
        way_in=WayIn.WEBCHAT,
        received_at=now,
        due_at=deadline.due_at,
        ring_senest=deadline.ring_senest,
        policy=deadline.policy,
        state=CaseState.NY,
    )
    session.add(case)
    session.flush()
    cases.log(session, case, now, CaseEventKind.OPENED, detail)
