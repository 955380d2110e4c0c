"""The queue's page, and the rows that it fetches anew by itself."""

import hashlib
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.service.desk.desk import Desk, desk_of
from bot.service.desk.gate import Choice, CurrentLogin, WatchingLogin
from bot.service.logic.accounts import Login
from bot.service.logic.case_access import DENIED, NotVisibleError, audit, has_queue
from bot.service.logic.case_queue import QueueFilter, find_by_number, read_queue
from bot.service.models.words import CaseKind, CaseState

KINDS = tuple(CaseKind)
STATES = (CaseState.NY, CaseState.TAGET, CaseState.PARKERET)
MAX_PAGE = 10_000

PageNumber = Annotated[int, Query(ge=1, le=MAX_PAGE)]


def show_queue(
    request: Request,
    login: CurrentLogin,
    type: str = "",
    tilstand: str = "",
    mine: str = "",
    nr: str = "",
    side: PageNumber = 1,
) -> Response:
    """The queue, filtered; a case number in `nr` leads to that case. Who works no cases gets a page that says so."""
    desk = desk_of(request)
    if not has_queue(login.user):
        return desk.pages.message("ingen_koe", login=login, status=HTTPStatus.OK)
    not_found = False
    if nr.strip():
        found = _search(desk, login, nr)
        if found is not None:
            return RedirectResponse(f"/desk/sager/{found}", HTTPStatus.SEE_OTHER)
        not_found = True
    values = _values(desk, login, _filter(type, tilstand, mine), side)
    return desk.pages.render("koe.html", {**values, "searched": nr, "not_found": not_found}, login=login)


def watch_queue(
    request: Request, login: WatchingLogin, type: str = "", tilstand: str = "", mine: str = "", side: PageNumber = 1
) -> Response:
    """Only the rows, or 304 where they are as before."""
    if not has_queue(login.user):
        raise NotVisibleError(login.user.id, None)
    desk = desk_of(request)
    values = _values(desk, login, _filter(type, tilstand, mine), side)
    response = desk.pages.render("koe_raekker.html", values, login=login)
    response.headers["X-In-Danger"] = str(values["queue"].in_danger)
    return unless_seen(request, response)


def unless_seen(request: Request, response: HTMLResponse) -> Response:
    """304 instead of an answer that the asker already has."""
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return response


def _values(desk: Desk, login: Login, wanted: QueueFilter, page: int) -> dict[str, Any]:
    with desk.context.database.read() as session:
        queue = read_queue(session, desk.context, login.user, wanted, page)
    chosen = {"type": wanted.kind or "", "tilstand": wanted.state or "", "mine": "ja" if wanted.mine else ""}
    query = urlencode({name: value for name, value in chosen.items() if value})
    return {"queue": queue, "wanted": wanted, "kinds": KINDS, "states": STATES, "query": query}


def _filter(kind: str, state: str, mine: str) -> QueueFilter:
    """What the address asks for; a word that we do not know filters nothing."""
    return QueueFilter(kind=_known(CaseKind, kind), state=_known(CaseState, state), mine=mine == "ja")


def _known(choices: type[Choice], word: str) -> Choice | None:
    return choices(word) if word in set(choices) else None


def _search(desk: Desk, login: Login, text: str) -> int | None:
    """The case with this number, None where there is none for this user (which is audited)."""
    try:
        with desk.context.database.read() as session:
            return find_by_number(session, login.user, text)
    except NotVisibleError as error:
        with desk.context.database.write() as session:
            audit(session, desk.context, login.user.id, DENIED, error.case_id)
        return None
