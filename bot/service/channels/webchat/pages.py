"""The pages of the web chat: the code is asked for, the chat is shown, the chat is left."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from bot.service.channels.webchat import sessions
from bot.service.channels.webchat.browser import Pages, comes_from_here, go_to, small_body
from bot.service.channels.webchat.inbound import read_opening
from bot.service.channels.webchat.limits import RateLimit, network_of
from bot.service.context import Context
from bot.service.errors import ChatClosedError, UnknownCodeError
from bot.service.logic.chats import is_closed
from bot.service.logic.participants import find_by_code
from bot.service.message_path import door

WRONG_CODES, WRONG_CODES_WITHIN = 10, timedelta(minutes=15)
LONGEST_CODE = 60  # as typed, with blanks and dashes
TABLET_COOKIE = "tablet"  # the browser of a unit's tablet, where the chat empties itself

log = logging.getLogger(__name__)


class ChatPages:
    """What a person's browser shows."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pages = Pages(Path(__file__).parent, municipality=context.settings.municipality)
        self._wrong_codes = RateLimit(most=WRONG_CODES, window=WRONG_CODES_WITHIN)

    def ask_for_code(self, request: Request) -> Response:
        """The page where a code is typed; `?tablet=1` makes this browser a unit's tablet, `?tablet=0` ends that."""
        return self._remember_tablet(request, self._pages.show("code.html", problem=None, tablet=_is_tablet(request)))

    def take_code(self, request: Request, body: Annotated[bytes, Depends(small_body)]) -> Response:
        """A code that was typed (form field `kode`); a foreign page cannot type for us."""
        if not comes_from_here(request, self._context.settings.public_url):
            return self._refuse(request, "foreign", 403)
        typed = parse_qs(body.decode("utf-8", "replace")).get("kode", [""])
        return self._open(request, typed[0])

    def take_link(self, request: Request, code: str) -> Response:
        """A code that came by link or QR card; the page that follows has no code in its address."""
        return self._remember_tablet(request, self._open(request, code))

    def show_chat(self, request: Request) -> Response:
        """The chat of the visit whose cookie this is; without one, the code is asked for."""
        with self._context.database.read() as session:
            visit = sessions.find(session, request.cookies.get(sessions.COOKIE))
        if visit is None:
            return go_to(sessions.PATH)
        return self._remember_tablet(request, self._pages.show("chat.html", tablet=_is_tablet(request)))

    def show_closed(self, request: Request) -> Response:
        """The page that stands where the chat stood; it tells nothing about it."""
        return self._pages.show("closed.html", tablet=_is_tablet(request))

    def show_end(self) -> Response:
        """The page of a code whose time to answer is over; the same however it went."""
        return self._pages.show("end.html", words=self._context.texts.say("udloebet"))

    def show_file(self, name: str) -> Response:
        """A style sheet or script."""
        return self._pages.file(name)

    def _open(self, request: Request, code: str) -> Response:
        client = network_of(request.client.host if request.client else "")
        if self._wrong_codes.is_reached(client):
            log.warning("too many wrong chat codes from one address")
            return self._refuse(request, "too_many", 429)
        try:
            token = self._start_visit(request, code[:LONGEST_CODE])
        except UnknownCodeError:
            self._wrong_codes.count(client)
            return self._refuse(request, "unknown", 404)
        except ChatClosedError:
            return go_to(f"{sessions.PATH}/slut")
        except (SQLAlchemyError, OSError) as error:
            log.error("a chat could not be opened: %s", type(error).__name__)
            return self._refuse(request, "away", 503)
        return self._with_cookie(go_to(f"{sessions.PATH}/samtale"), sessions.COOKIE, token)

    def _start_visit(self, request: Request, code: str) -> str:
        """The token of a new visit, after the door has been told.

        Raises:
            UnknownCodeError: nobody has this code, or it has expired.
            ChatClosedError: the time to answer is over.
            SQLAlchemyError, OSError: nothing could be stored; the same code may be tried again.
        """
        with self._context.database.read() as session:
            participant = find_by_code(session, self._context, code)
            if is_closed(session, self._context, participant):
                raise ChatClosedError("the time to answer is over")
            address = participant.code
            token = sessions.new_token(session, self._context, address)
        door.receive(self._context, read_opening(sessions.hash_of(token), address))
        with self._context.database.write() as session:
            conversation = sessions.find_conversation(session, self._context, address)
            if conversation is None:
                raise OSError("the opening waits in the spool: there is no conversation yet")
            sessions.end(session, request.cookies.get(sessions.COOKIE))
            sessions.start(session, conversation.id, token)
        return token

    def _refuse(self, request: Request, problem: str, status: int) -> Response:
        """The code page again, with one kind sentence; it is the same for a wrong code and an expired one."""
        unknown = self._context.texts.say("kode_ukendt")
        return self._pages.show("code.html", status=status, problem=problem, unknown=unknown, tablet=_is_tablet(request))

    def _remember_tablet(self, request: Request, response: Response) -> Response:
        if request.query_params.get("tablet") == "1":
            return self._with_cookie(response, TABLET_COOKIE, "1")
        if request.query_params.get("tablet") == "0":
            response.delete_cookie(TABLET_COOKIE, path=sessions.PATH)
        return response

    def _with_cookie(self, response: Response, name: str, value: str) -> Response:
        secure = self._context.settings.public_url.startswith("https://")
        response.set_cookie(name, value, path=sessions.PATH, httponly=True, samesite="lax", secure=secure)
        return response


def _is_tablet(request: Request) -> bool:
    return request.query_params.get("tablet", request.cookies.get(TABLET_COOKIE)) == "1"
