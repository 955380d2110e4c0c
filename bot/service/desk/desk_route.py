"""Turns what a page could not do into a page that says so in plain words."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.service.desk.desk import desk_of
from bot.service.desk.gate import ForgedFormError, LoginNeededError
from bot.service.errors import BadRequestError
from bot.service.logic.accounts import Login
from bot.service.logic.case_access import DENIED, NotVisibleError, audit


class DeskRoute(APIRoute):
    """A route of the desk: its errors are pages, and no browser or proxy keeps what it answers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the errors caught; what belongs to the database runs in a thread."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except LoginNeededError as error:
                response = _to_login(request, watching=error.watching)
            except NotVisibleError as error:
                response = await run_in_threadpool(_not_there, request, error)
            except ForgedFormError:
                response = _message(request, "gammel_formular", HTTPStatus.FORBIDDEN)
            except RequestValidationError as error:
                response = _message(request, *_invalid(error))
            except BadRequestError:
                response = _message(request, "ubrugelig", HTTPStatus.BAD_REQUEST)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return answer


def _to_login(request: Request, *, watching: bool) -> Response:
    if watching:
        return PlainTextResponse("", HTTPStatus.UNAUTHORIZED)
    wanted = quote(request.url.path) if request.method == "GET" else "/desk"
    return RedirectResponse(f"/desk/login?videre={wanted}", HTTPStatus.SEE_OTHER)


def _not_there(request: Request, error: NotVisibleError) -> Response:
    """The same page whether the case does not exist or is not for this user; the attempt is audited."""
    context = desk_of(request).context
    with context.database.write() as session:
        audit(session, context, error.user_id, DENIED, error.case_id)
    return _message(request, "ikke_fundet", HTTPStatus.NOT_FOUND)


def _invalid(error: RequestValidationError) -> tuple[str, HTTPStatus]:
    """A wrong address is a page that is not there; anything else is a form that was not ours."""
    if any(fault["loc"][0] == "path" for fault in error.errors()):
        return "ikke_fundet", HTTPStatus.NOT_FOUND
    return "ubrugelig", HTTPStatus.BAD_REQUEST


def _message(request: Request, key: str, status: HTTPStatus) -> Response:
    login: Login | None = getattr(request.state, "login", None)
    return desk_of(request).pages.message(key, login=login, status=status)
