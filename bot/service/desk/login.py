"""Logging in and out."""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

from bot.service.clock import machine_now
from bot.service.desk.desk import Desk, desk_of
from bot.service.desk.gate import COOKIE, LOGIN_COOKIE, CurrentLogin, Form, read_form
from bot.service.logic.accounts import (
    SESSION_LIFE,
    check_password,
    close_session,
    open_session,
    same_secret,
)
from bot.service.logic.case_access import audit

HOME = "/desk"


def show_login(request: Request, videre: str = HOME) -> Response:
    """The login page; `videre` is where to go afterwards."""
    return _login_page(request, wanted=videre)


def log_in(request: Request, form: Annotated[Form, Depends(read_form)]) -> Response:
    """Check the password and open a session; wrong, too often or too late is the same page with a sentence."""
    desk = desk_of(request)
    wanted, username = form.text("videre"), form.text("brugernavn")
    secret = request.cookies.get(LOGIN_COOKIE, "")
    if not secret or not same_secret(secret, form.text("csrf")):
        return _login_page(request, wanted=wanted, fault="udloebet", status=HTTPStatus.FORBIDDEN)
    address = request.client.host if request.client else ""
    if not desk.limiter.admit(username, address, machine_now()):
        return _login_page(request, wanted=wanted, fault="for_mange", status=HTTPStatus.TOO_MANY_REQUESTS)
    user = check_password(desk.context.database, username, form.fields.get("adgangskode", ""))
    if user is None:
        return _login_page(request, wanted=wanted, fault="forkert", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    desk.limiter.succeeded(username, address)
    with desk.context.database.write() as session:
        token = open_session(session, user, machine_now())
        audit(session, desk.context, user.id, "login")
    response = RedirectResponse(safe_address(wanted), HTTPStatus.SEE_OTHER)
    response.delete_cookie(LOGIN_COOKIE, path=HOME)
    _set_cookie(response, desk, COOKIE, token)
    return response


def log_out(request: Request, login: CurrentLogin) -> Response:
    """End the session here and in the browser."""
    desk = desk_of(request)
    with desk.context.database.write() as session:
        close_session(session, request.cookies.get(COOKIE, ""))
        audit(session, desk.context, login.user.id, "logout")
    response = RedirectResponse("/desk/login", HTTPStatus.SEE_OTHER)
    response.delete_cookie(COOKIE, path=HOME)
    return response


def safe_address(wanted: str) -> str:
    """`wanted` if it is a page of the desk, else the queue: a link must not lead out of the house."""
    inside = wanted == HOME or wanted.startswith(f"{HOME}/")
    return wanted if inside and wanted.isprintable() and "\\" not in wanted and ".." not in wanted else HOME


def _login_page(request: Request, *, wanted: str, fault: str | None = None, status: int = HTTPStatus.OK) -> Response:
    desk = desk_of(request)
    secret = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(32)
    values = {"wanted": safe_address(wanted), "fault": fault, "csrf": secret}
    response = desk.pages.render("login.html", values, login=None, status=status)
    _set_cookie(response, desk, LOGIN_COOKIE, secret)
    return response


def _set_cookie(response: Response, desk: Desk, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(SESSION_LIFE.total_seconds()),
        path=HOME,
        secure=desk.context.settings.public_url.startswith("https:"),
        httponly=True,
        samesite="strict",
    )
