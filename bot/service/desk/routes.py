"""The desk's routes and who may use each, in one table. Every route but those marked open needs a login."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from pathlib import PurePath
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.params import Depends as DependsParam
from starlette.responses import Response

from bot.service.context import Context
from bot.service.desk import case, deeds, login, media, queue
from bot.service.desk.desk import Desk, desk_of
from bot.service.desk.desk_route import DeskRoute
from bot.service.desk.gate import checked_form, current_login, watching_login
from bot.service.desk.static_files import MEDIA_TYPES

MAX_BODY = 64_000  # bytes of a form, also of one that does not say its length


class Right(Enum):
    """Who may use a route. Which cases somebody may see and change is decided by the logic, case by case."""

    OPEN = "aaben"
    STAFF = "medarbejder"
    FORM = "formular"  # a member of staff, with a form that we made for this session
    WATCHING = "foelger_med"  # fetched by a page by itself: keeps no session alive


_DEPENDENCIES: dict[Right, list[DependsParam]] = {
    Right.OPEN: [],
    Right.STAFF: [Depends(current_login)],
    Right.FORM: [Depends(checked_form)],
    Right.WATCHING: [Depends(watching_login)],
}


@dataclass(frozen=True)
class Way:
    """One route; `path` stands under /desk."""

    method: str
    path: str
    endpoint: Callable[..., Any]
    right: Right


def static_file(request: Request, name: str) -> Response:
    """The style sheet, the script or the icon."""
    contents = desk_of(request).pages.static.contents
    if name not in contents:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(contents[name], media_type=MEDIA_TYPES[PurePath(name).suffix], headers=headers)


WAYS = (
    Way("GET", "/static/{name}", static_file, Right.OPEN),
    Way("GET", "/login", login.show_login, Right.OPEN),
    Way("POST", "/login", login.log_in, Right.OPEN),
    Way("POST", "/logout", login.log_out, Right.FORM),
    Way("GET", "", queue.show_queue, Right.STAFF),
    Way("GET", "/koe", queue.watch_queue, Right.WATCHING),
    Way("GET", "/sager/{case_id}", case.show_case, Right.STAFF),
    Way("GET", "/sager/{case_id}/beskeder", case.watch_messages, Right.WATCHING),
    Way("GET", "/sager/{case_id}/medie/{media_id}", media.show_medium, Right.STAFF),
    Way("POST", "/sager/{case_id}/medie/{media_id}/hent", media.fetch_again, Right.FORM),
    Way("POST", "/sager/{case_id}/tag", deeds.take, Right.FORM),
    Way("POST", "/sager/{case_id}/laeg-tilbage", deeds.put_back, Right.FORM),
    Way("POST", "/sager/{case_id}/kvitter", deeds.acknowledge, Right.FORM),
    Way("POST", "/sager/{case_id}/notat", deeds.note, Right.FORM),
    Way("POST", "/sager/{case_id}/guide", deeds.note_guide, Right.FORM),
    Way("POST", "/sager/{case_id}/skriv", deeds.write_line, Right.FORM),
    Way("POST", "/sager/{case_id}/opkald", deeds.log_call, Right.FORM),
    Way("POST", "/sager/{case_id}/parker", deeds.park, Right.FORM),
    Way("GET", "/sager/{case_id}/afslut", case.show_ending, Right.STAFF),
    Way("POST", "/sager/{case_id}/afslut", deeds.end, Right.FORM),
    Way("POST", "/sager/{case_id}/bekraeft", deeds.confirm, Right.FORM),
    Way("POST", "/sager/{case_id}/afvis", deeds.reject, Right.FORM),
    Way("POST", "/sager/{case_id}/genaabn", deeds.reopen, Right.FORM),
)


def desk_router(context: Context) -> APIRouter:
    """The desk's pages, to be included under the prefix /desk; raises ConfigurationError where a guide is wrong."""
    desk = Desk.build(context)
    router = APIRouter(
        route_class=DeskRoute, dependencies=[Depends(desk.install)], include_in_schema=False, max_body_size=MAX_BODY
    )
    for way in WAYS:
        router.add_api_route(
            way.path,
            way.endpoint,
            methods=[way.method],
            dependencies=_DEPENDENCIES[way.right],
            response_model=None,
        )
    return router
