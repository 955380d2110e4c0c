"""Who is asking, and whether the form they sent is one of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from bot.service.clock import machine_now
from bot.service.desk.desk import desk_of
from bot.service.errors import BadRequestError, GenklangError
from bot.service.logic.accounts import SEEN_STEP, Login, find_login, mark_seen, same_secret
from bot.service.logic.case_work import Refusal, RefusedError

COOKIE = "desk"
LOGIN_COOKIE = "desk_login"  # holds what the login form must repeat; there is no session yet
MAX_VERSION = 2**31 - 1

Choice = TypeVar("Choice", bound=StrEnum)


class LoginNeededError(GenklangError):
    """Nobody is logged in; `watching` where a script asked, which cannot follow to the login page."""

    def __init__(self, *, watching: bool) -> None:
        super().__init__("not logged in")
        self.watching = watching


class ForgedFormError(GenklangError):
    """The form's secret is not the session's: forged, or from an earlier login."""


@dataclass(frozen=True)
class Form:
    """The fields of a form, as text, without the NUL that PostgreSQL refuses."""

    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        """The field, trimmed; "" where it is missing."""
        return self.fields.get(name, "").strip()

    def version(self) -> int:
        """The version of the case that the page showed; raises BadRequestError for anything else."""
        text = self.text("version")
        if not (text.isascii() and text.isdigit() and int(text[:12]) <= MAX_VERSION):
            raise BadRequestError("the form has no version")
        return int(text)

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        """The field as one of these words; raises RefusedError for any other."""
        try:
            return choices(self.text(name))
        except ValueError as error:
            raise RefusedError(Refusal.UNKNOWN_CHOICE) from error


def current_login(request: Request) -> Login:
    """Who is logged in, and the beginning of a new idle time; raises LoginNeededError."""
    return _login(request, watching=False)


def watching_login(request: Request) -> Login:
    """As `current_login` for what a page fetches by itself: it must not keep a session alive that nobody uses."""
    return _login(request, watching=True)


CurrentLogin = Annotated[Login, Depends(current_login)]
WatchingLogin = Annotated[Login, Depends(watching_login)]


async def read_form(request: Request) -> Form:
    """The fields that were posted; files are ignored."""
    posted = await request.form()
    fields = {name: value for name, value in posted.items() if not isinstance(value, UploadFile)}
    return Form({name: value.replace("\x00", "") for name, value in fields.items()})


def checked_form(login: CurrentLogin, form: Annotated[Form, Depends(read_form)]) -> Form:
    """The form of somebody logged in, made by us for this session; raises ForgedFormError."""
    if not same_secret(login.csrf, form.text("csrf")):
        raise ForgedFormError("the form's secret is wrong")
    return form


PostedForm = Annotated[Form, Depends(checked_form)]


def _login(request: Request, *, watching: bool) -> Login:
    token = request.cookies.get(COOKIE, "")
    database = desk_of(request).context.database
    now = machine_now()
    with database.read() as session:
        found = find_login(session, token, now)
    if found is None:
        raise LoginNeededError(watching=watching)
    login, desk_session = found
    if not watching and now - desk_session.seen_at >= SEEN_STEP:
        with database.write() as session:
            mark_seen(session, token, now)
    request.state.login = login
    return login
