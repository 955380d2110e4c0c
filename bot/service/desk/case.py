"""A case's page, the page that ends it, and the messages that it fetches anew by itself."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Path, Request
from starlette.responses import HTMLResponse, Response

from bot.service.desk.case_view import CaseView, read_case, read_messages
from bot.service.desk.desk import Desk, desk_of
from bot.service.desk.event_words import describe
from bot.service.desk.gate import CurrentLogin, WatchingLogin
from bot.service.desk.queue import unless_seen
from bot.service.logic.accounts import Login
from bot.service.logic.case_access import VIEWED, audit, find_case
from bot.service.logic.case_endings import LESSON_AREAS
from bot.service.logic.case_media import media_of
from bot.service.logic.case_queue import MAX_NUMBER
from bot.service.logic.case_work import Refusal
from bot.service.logic.handler_lines import chat_state
from bot.service.models.words import CallOutcome

CaseId = Annotated[int, Path(ge=1, le=MAX_NUMBER)]


def show_case(request: Request, case_id: CaseId, login: CurrentLogin, gjort: str = "") -> Response:
    """The case; that it was looked at is audited. `gjort` names the deed that led here."""
    return case_page(request, login, case_id, "sag.html", done=gjort)


def show_ending(
    request: Request, case_id: CaseId, login: CurrentLogin, gjort: str = "", afslutning: str = ""
) -> Response:
    """The form that ends a case; `afslutning` is chosen beforehand."""
    return case_page(request, login, case_id, "afslut.html", done=gjort, typed={"afslutning": afslutning})


def watch_messages(request: Request, case_id: CaseId, login: WatchingLogin) -> Response:
    """What was written, if it is not what the asker has; then, and only then, it is audited as a look."""
    desk = desk_of(request)
    with desk.context.database.read() as session:
        case = find_case(session, login.user, case_id)
        values = {"case": case, "messages": read_messages(session, case), "media": media_of(session, case)}
        values["chat"] = chat_state(session, case)
    page = desk.pages.render("sag_beskeder.html", values, login=login)
    response = unless_seen(request, page)
    response.headers["X-Version"] = str(case.version)
    if response.status_code == HTTPStatus.OK:
        with desk.context.database.write() as session:
            audit(session, desk.context, login.user.id, VIEWED, case_id)
    return response


def case_page(
    request: Request,
    login: Login,
    case_id: int,
    template: str,
    *,
    done: str = "",
    refusal: Refusal | None = None,
    conflict: bool = False,
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """One of the case's pages, with what was typed where a deed was refused or somebody else was first."""
    desk = desk_of(request)
    with desk.context.database.write() as session:
        view = read_case(session, desk.context, desk.guides, login.user, case_id)
        audit(session, desk.context, login.user.id, VIEWED, case_id)
    status = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
    values = {
        "view": view,
        "case": view.case,
        "done": done if done in desk.pages.words.all("gjort") else "",
        "refusal": refusal,
        "conflict": conflict,
        "typed": typed or {},
        **_choices(desk, view),
    }
    return desk.pages.render(template, values, login=login, status=status)


def _choices(desk: Desk, view: CaseView) -> dict[str, Any]:
    return {
        "outcomes": tuple(CallOutcome),
        "lesson_areas": sorted(LESSON_AREAS),
        "last_event": view.events[-1] if view.events else None,
        "step_title": desk.guides.title_of,
        "event_words": partial(describe, desk.pages.words, desk.pages.names),
    }
