"""A small invented town behind the real desk, served to a real browser."""

import base64
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.crypto import KeyRing
from bot.service.database import Database
from bot.service.desk.routes import desk_router
from bot.service.logic import case_work
from bot.service.logic.accounts import create_user
from bot.service.logic.cases import log
from bot.service.logic.question_sets import Catalogue
from bot.service.logic.texts import Texts
from bot.service.models import Base, Case, CaseMessage, User, install_keys
from bot.service.models.words import CallOutcome, CaseEventKind, CaseKind, StaffRole
from bot.service.settings import read_settings
from bot.shared.codebook import Role
from tests.factories import make_case, make_contact, make_unit
from tests.fakes import FakeClock

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PASSWORD = "hemmelig-prøve-1"
KEY = base64.b64encode(bytes(range(32))).decode()
ENVIRONMENT = {
    "GENKLANG_MUNICIPALITY": "Eksempel Kommune",
    "GENKLANG_KEY": KEY,
    "GENKLANG_HASH_KEY": KEY,
    "GENKLANG_ENGINE_TOKEN": "engine-token",
    "GENKLANG_ACTION_TOKEN": "action-token",
}
# As the application sets it: a page that needs more than its own files fails here.
POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


@dataclass(frozen=True)
class Town:
    """What the browser finds."""

    address: str
    context: Context
    complaint: int  # ids of cases
    danger: int
    unsafe: int


@contextmanager
def serve_town(home: Path) -> Iterator[Town]:
    """The town on a free port of this machine."""
    context = _context(home)
    cases = _seed(context)
    server = uvicorn.Server(uvicorn.Config(_app(context), port=0, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Town(f"http://127.0.0.1:{port}/desk", context, *cases)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        context.database.close()


def add_message(context: Context, case_id: int, text: str) -> None:
    """The citizen writes once more."""
    with context.database.write() as session:
        session.add(CaseMessage(case_id=case_id, at=context.clock.now(), text=text))


def add_complaint(context: Context) -> int:
    """Another complaint comes in, while the queue is looked at."""
    with context.database.write() as session:
        return make_case(session, context, role=Role.FORAELDER).id


def _app(context: Context) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    app.include_router(desk_router(context), prefix="/desk")
    return app


def _context(home: Path) -> Context:
    url = f"sqlite:///{home / 'desk.db'}"
    settings = read_settings(ENVIRONMENT | {"GENKLANG_HOME": str(home), "GENKLANG_DATABASE": url})
    keys = KeyRing.read(KEY, KEY)
    install_keys(keys)
    database = Database(url)
    Base.metadata.create_all(database.engine)
    return Context(settings, FakeClock(), database, keys, Texts.load(), Catalogue.load())


def _seed(context: Context) -> tuple[int, int, int]:
    with context.database.write() as session:
        area = make_unit(session, name="Børn og familie")
        north = make_unit(session, name="Familieteam Nord", parent_id=area.id).id
        south = make_unit(session, name="Familieteam Syd", parent_id=area.id).id
        create_user(session, "anna", "Anna Holm", PASSWORD, StaffRole.HANDLER, area.id)
        create_user(session, "lise", "Lise Falk", PASSWORD, StaffRole.LEADER, area.id)
        create_user(session, "rie", "Rie Dam", PASSWORD, StaffRole.ADVISER, north)
        complaint = _complaint(session, context, north)
        danger = _danger(session, context, south)
        unsafe = _unsafe(session, context, north)
        _late(session, context, south, create_user(session, "bo", "Bo Lund", PASSWORD, StaffRole.HANDLER, area.id))
        now = context.clock.now()
        for columns in (
            {"kind": CaseKind.TOLK, "band": "ja", "received_at": now - 50 * MINUTE, "unit_id": north, "language": "ar"},
            {"kind": CaseKind.UBEHANDLET, "received_at": now - 30 * MINUTE, "unit_id": south, "role": Role.BARN, "age": 15},
            {"kind": CaseKind.SPOERGSMAAL, "received_at": now - 240 * MINUTE, "role": Role.NETVAERK},
        ):
            make_case(session, context, **({"role": Role.FORAELDER} | columns))
        return complaint.id, danger.id, unsafe.id


def _complaint(session: Session, context: Context, unit_id: int) -> Case:
    phone = make_contact(session, name="Mette Prøve", number="+4500000011", safe_hours="hverdage 9–12", family_ref="F-204")
    case = make_case(
        session,
        context,
        received_at=context.clock.now() - 18 * HOUR,
        unit_id=unit_id,
        role=Role.FORAELDER,
        call_consent="ja",
        contact_id=phone.id,
        wished_time="om formiddagen",
    )
    themes = [
        {"id": "tilgaengelighed", "polarity": "-", "score": 0.91, "clause": "Ingen svarer på telefonen"},
        {"id": "plan", "polarity": "-", "score": 0.74, "clause": "lovede at ringe mandag"},
    ]
    labels = [
        {"id": "klage", "value": "ja", "score": 0.97, "clause": "Jeg vil klage", "source": "model"},
        {"id": "opkald", "value": "ja", "score": 1.0, "clause": None, "source": "rule"},
    ]
    text = "Jeg vil klage. [navn] lovede at ringe mandag, og nu er der gået tre uger.\nIngen svarer på telefonen."
    _told(session, case, text, question="Hvad kunne være bedre ved mødet?", themes=themes, labels=labels)
    return case


def _danger(session: Session, context: Context, unit_id: int) -> Case:
    child = make_contact(
        session,
        name="Sofie",
        number=None,
        birth_year=2014,
        lives="Hos mor, Prøvevej 3, 9999 Eksempelby",
        family_ref="F-117",
        adviser="Rie Dam",
        adviser_phone="+4500000012",
    )
    case = make_case(
        session,
        context,
        kind=CaseKind.BEKYMRING,
        band="akut",
        received_at=context.clock.now() - 9 * MINUTE,
        unit_id=unit_id,
        role=Role.BARN,
        age=12,
        way_in="webchat",
        contact_id=child.id,
    )
    label = {"id": "bekymring", "value": "akut", "score": 1.0, "clause": None, "source": "rule"}
    _told(session, case, "jeg tør ikke gå hjem i dag", question="Er der mere, du vil sige?", labels=[label])
    log(session, case, case.received_at, CaseEventKind.ALARM)
    return case


def _unsafe(session: Session, context: Context, unit_id: int) -> Case:
    phone = make_contact(session, name="Karen Prøve", number="+4500000013", kontakt="nej")
    case = make_case(
        session,
        context,
        kind=CaseKind.OPKALD,
        received_at=context.clock.now() - 2 * HOUR,
        unit_id=unit_id,
        role=Role.FORAELDER,
        call_consent="ja",
        contact_id=phone.id,
    )
    _told(session, case, "Vil I ringe til mig? Men ikke på det her nummer.")
    return case


def _late(session: Session, context: Context, unit_id: int, bo: User) -> None:
    columns = {"unit_id": unit_id, "role": Role.FORAELDER, "assignee_id": bo.id, "state": "taget"}
    case = make_case(session, context, received_at=context.clock.now() - 26 * HOUR, **columns)
    _told(session, case, "Vores sag er blevet væk to gange.")
    case_work.log_call(session, context, bo, case.id, case.version, CallOutcome.IKKE_TRUFFET)


def _told(session: Session, case: Case, text: str, **columns: Any) -> None:
    session.add(CaseMessage(case_id=case.id, at=case.received_at, text=text, **columns))
    log(session, case, case.received_at, CaseEventKind.OPENED, case.kind)
