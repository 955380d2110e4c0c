"""What came beside words: noted with its message, fetched by the worker, kept encrypted.

A row is claimed (its try counted, committed), fetched with no transaction open, then settled. Who dies in between leaves it to
the next try.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.service.channels.base import Attachment, Fetcher, FetchError
from bot.service.context import Context
from bot.service.message_path.retry import SEND_PAUSES, pause_after
from bot.service.models import Inbound, Media
from bot.service.models.words import MediaState
from bot.shared.codebook import Channel

LARGEST = 20 * 1024 * 1024  # bytes; Telegram gives nothing larger to a bot
MOST_A_DAY = 10 * LARGEST  # of one conversation, so that nobody can fill the disk
MOST_TRIES = len(SEND_PAUSES) + 1
_MIME = re.compile(r"[a-z0-9][a-z0-9.+-]{0,48}/[a-z0-9][a-z0-9.+-]{0,48}")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claimed:
    """A medium that this worker fetches now."""

    media_id: int
    attempt: int  # the fence: who was thought dead settles nothing
    channel: Channel
    remote_id: str


def note_media(session: Session, inbound: Inbound, attachments: Sequence[Attachment]) -> None:
    """Note what came with a message, in the transaction that stores the message."""
    for number, attachment in enumerate(attachments):
        said = attachment.said.encode() if attachment.said is not None else None
        mime = (attachment.mime or "").lower()
        session.add(
            Media(
                inbound_id=inbound.id,
                number=number,
                channel=inbound.channel,
                kind=attachment.kind,
                remote_id=attachment.remote_id if said is None else None,
                mime=mime if _MIME.fullmatch(mime) else None,
                size=attachment.size if said is None else len(said),
                state=_state_at_the_door(attachment),
                next_try_at=inbound.received_at,
                received_at=inbound.received_at,
                content=said,
            )
        )
    if attachments:
        session.flush()


def fetch_next(context: Context, fetchers: Mapping[Channel, Fetcher]) -> int:
    """Fetch the medium that has waited longest; the number of media that were settled, 0 or 1."""
    claimed = _claim(context, fetchers)
    if claimed is None:
        return 0
    try:
        content = fetchers[claimed.channel].fetch(claimed.remote_id)
    except FetchError as error:
        logger.warning("a medium was not fetched", extra={"media": claimed.media_id, "attempt": claimed.attempt})
        _settle_failure(context, claimed, error)
        return 1
    _keep(context, claimed, content)
    return 1


def _state_at_the_door(attachment: Attachment) -> MediaState:
    if attachment.said is not None:
        return MediaState.FETCHED
    return MediaState.REFUSED if (attachment.size or 0) > LARGEST else MediaState.WAITING


def _claim(context: Context, fetchers: Mapping[Channel, Fetcher]) -> Claimed | None:
    """Count a try of the medium that is due and commit it; None where none is, or where this one is not to be fetched."""
    now = context.clock.now()
    due = (
        select(Media.id)
        .where(
            Media.state == MediaState.WAITING,
            Media.next_try_at <= now,
            Media.channel.in_([str(channel) for channel in fetchers]),
        )
        .order_by(Media.next_try_at, Media.id)
        .limit(1)
    )
    with context.database.read() as session:  # an idle worker must not take SQLite's write lock
        if session.scalar(due) is None:
            return None
    with context.database.write() as session:
        media_id = session.scalar(due.with_for_update(skip_locked=True))
        if media_id is None:
            return None
        media = session.get_one(Media, media_id)
        if media.attempts >= MOST_TRIES:  # the worker died over the last try as well
            media.state = MediaState.FAILED
            return None
        if _has_had_its_share(session, media, now):
            media.state = MediaState.REFUSED
            return None
        media.attempts += 1
        media.next_try_at = now + (pause_after(media.attempts) or SEND_PAUSES[-1])
        return Claimed(media.id, media.attempts, Channel(media.channel), media.remote_id or "")


def _has_had_its_share(session: Session, media: Media, now: datetime) -> bool:
    """Whether this conversation has brought as much in a day as we keep."""
    conversation_id = select(Inbound.conversation_id).where(Inbound.id == media.inbound_id).scalar_subquery()
    kept = (
        select(func.coalesce(func.sum(Media.size), 0))
        .join(Inbound, Inbound.id == Media.inbound_id)
        .where(
            Inbound.conversation_id == conversation_id,
            Media.state == MediaState.FETCHED,
            Media.received_at > now - timedelta(days=1),
        )
    )
    return (session.scalar(kept) or 0) + (media.size or 0) > MOST_A_DAY


def _keep(context: Context, claimed: Claimed, content: bytes) -> None:
    with context.database.write() as session:
        media = session.get_one(Media, claimed.media_id, with_for_update=True)
        if not _is_still_ours(media, claimed):
            return
        media.size = len(content)
        if len(content) > LARGEST:
            media.state = MediaState.REFUSED
            return
        media.state, media.content, media.remote_id = MediaState.FETCHED, content, None


def _settle_failure(context: Context, claimed: Claimed, error: FetchError) -> None:
    with context.database.write() as session:
        media = session.get_one(Media, claimed.media_id, with_for_update=True)
        if not _is_still_ours(media, claimed):
            return
        now = context.clock.now()
        pause = pause_after(claimed.attempt)
        if error.too_large:
            media.state = MediaState.REFUSED
        elif error.retry_after_s is not None:
            media.attempts -= 1
            media.next_try_at = now + timedelta(seconds=error.retry_after_s)
        elif pause is None:
            media.state = MediaState.FAILED
        else:
            media.next_try_at = now + pause


def _is_still_ours(media: Media, claimed: Claimed) -> bool:
    return media.state == MediaState.WAITING and media.attempts == claimed.attempt
