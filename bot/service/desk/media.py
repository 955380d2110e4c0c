"""Opens what a citizen sent beside words. It comes from outside: no browser may guess its kind or run anything in it."""

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Request
from starlette.responses import RedirectResponse, Response

from bot.service.desk.case import CaseId
from bot.service.desk.desk import desk_of
from bot.service.desk.gate import CurrentLogin
from bot.service.desk.shown_media import content_type, file_name, shown_as
from bot.service.logic.case_access import audit
from bot.service.logic.case_media import FETCHED_AGAIN, OPENED, find_medium, try_again
from bot.service.logic.case_queue import MAX_NUMBER
from bot.service.models.words import MediaState

MediaId = Annotated[int, Path(ge=1, le=MAX_NUMBER)]

HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Accept-Ranges": "bytes",
}
_RANGE = re.compile(r"bytes=([0-9]{0,10})-([0-9]{0,10})")


def show_medium(request: Request, case_id: CaseId, media_id: MediaId, login: CurrentLogin, hent: str = "") -> Response:
    """The medium itself, audited; `hent` is *ja* where it is to be saved. 404 as for the case, and while it is not fetched."""
    desk = desk_of(request)
    with desk.context.database.write() as session:
        media = find_medium(session, login.user, case_id, media_id)
        content = media.content if media.state == MediaState.FETCHED else None
        if content is not None:
            audit(session, desk.context, login.user.id, OPENED, case_id)
    if content is None:
        return desk.pages.message("ikke_fundet", login=login, status=HTTPStatus.NOT_FOUND)
    kind = content_type(media)
    shown = shown_as(media) is not None and hent != "ja"
    disposition = f'{"inline" if shown else "attachment"}; filename="{file_name(media)}"'
    return _answer(content, request.headers.get("range", ""), kind, HEADERS | {"Content-Disposition": disposition})


def fetch_again(request: Request, case_id: CaseId, media_id: MediaId, login: CurrentLogin) -> Response:
    """Try once more to fetch what was given up."""
    desk = desk_of(request)
    with desk.context.database.write() as session:
        try_again(find_medium(session, login.user, case_id, media_id), desk.context.clock.now())
        audit(session, desk.context, login.user.id, FETCHED_AGAIN, case_id)
    return RedirectResponse(f"/desk/sager/{case_id}?gjort=medie", HTTPStatus.SEE_OTHER)


def _answer(content: bytes, wanted: str, kind: str, headers: dict[str, str]) -> Response:
    """The whole or the range that was asked for: some browsers play nothing that does not come in ranges."""
    found = _RANGE.fullmatch(wanted)
    if not found or found[1] == found[2] == "":
        return Response(content, media_type=kind, headers=headers)
    size = len(content)
    first = int(found[1]) if found[1] else max(0, size - int(found[2]))
    last = min(int(found[2]), size - 1) if found[1] and found[2] else size - 1
    if first > last:
        headers |= {"Content-Range": f"bytes */{size}"}
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    headers |= {"Content-Range": f"bytes {first}-{last}/{size}"}
    return Response(content[first : last + 1], HTTPStatus.PARTIAL_CONTENT, headers, kind)
