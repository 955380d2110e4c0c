"""What came to a case beside words: which media belong to it, and who may open them."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.logic.case_access import NotVisibleError, find_case
from bot.service.models import Case, CaseMedia, CaseMessage, Media, User
from bot.service.models.words import MediaState

OPENED = "medie_vist"  # of the audit
FETCHED_AGAIN = "medie_hentes_igen"


def media_of(session: Session, case: Case) -> dict[int, list[Media]]:
    """The media of a case by the id of their message, in the order in which they came; contents stay in the database."""
    rows = session.execute(
        select(CaseMedia.case_message_id, Media)
        .join(Media, Media.id == CaseMedia.media_id)
        .join(CaseMessage, CaseMessage.id == CaseMedia.case_message_id)
        .where(CaseMessage.case_id == case.id)
        .order_by(Media.id)
    )
    found: dict[int, list[Media]] = defaultdict(list)
    for message_id, media in rows:
        found[message_id].append(media)
    return dict(found)


def find_medium(session: Session, user: User, case_id: int, media_id: int) -> Media:
    """A medium of a case that this user may see.

    Raises:
        NotVisibleError: for a case that they may not see or that does not exist, and for a medium of another case.
    """
    case = find_case(session, user, case_id)
    media = session.scalar(
        select(Media)
        .join(CaseMedia, CaseMedia.media_id == Media.id)
        .join(CaseMessage, CaseMessage.id == CaseMedia.case_message_id)
        .where(CaseMessage.case_id == case.id, Media.id == media_id)
        .limit(1)
    )
    if media is None:
        raise NotVisibleError(user.id, case_id)
    return media


def try_again(media: Media, now: datetime) -> None:
    """Let the worker fetch once more what it gave up; nothing happens to any other."""
    if media.state == MediaState.FAILED:
        media.state, media.attempts, media.next_try_at = MediaState.WAITING, 0, now
