"""The forms of a case's page: each runs one deed and leads on, or shows the page again with what was typed."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from bot.service.clock import COPENHAGEN
from bot.service.desk.case import CaseId, case_page
from bot.service.desk.desk import desk_of
from bot.service.desk.gate import CurrentLogin, Form, PostedForm
from bot.service.errors import CaseConflictError
from bot.service.logic import case_endings, case_work, handler_lines
from bot.service.logic.accounts import Login
from bot.service.logic.case_endings import Closing
from bot.service.logic.case_work import Refusal, RefusedError
from bot.service.models import Case
from bot.service.models.words import CallOutcome, CaseEnding, CaseKind

GUIDE_FIELD = "trin_"  # a field of the guide's form, before the step's id
_YES_NO = {"ja": True, "nej": False}


def take(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """Take the case."""
    return _simple(request, login, case_id, form, case_work.take, "taget")


def put_back(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """Put it back into the queue."""
    return _simple(request, login, case_id, form, case_work.put_back, "lagt_tilbage")


def acknowledge(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """Answer for a case in danger."""
    return _simple(request, login, case_id, form, case_work.acknowledge, "kvitteret")


def park(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """Set it aside."""
    return _simple(request, login, case_id, form, case_work.park, "parkeret")


def reopen(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """Open a closed case again."""
    return _simple(request, login, case_id, form, case_work.reopen, "genaabnet")


def confirm(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """Confirm that it is no complaint."""
    return _simple(request, login, case_id, form, case_endings.confirm_not_complaint, "afsluttet")


def reject(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """Say that it is a complaint after all."""
    return _simple(request, login, case_id, form, case_endings.reject_not_complaint, "afvist")


def note(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """Keep a free note."""

    def deed(session: Session) -> str:
        context = desk_of(request).context
        case_work.note(session, context, login.user, case_id, form.version(), form.text("notat"))
        return "notat"

    return _do(request, login, case_id, form, deed)


def note_guide(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """Keep what changed in the notes of the call guide."""

    def deed(session: Session) -> str:
        desk = desk_of(request)
        texts = _guide_texts(form, desk.guides.noted_steps())
        case_work.note_guide(session, desk.context, login.user, case_id, form.version(), texts)
        return "notat"

    return _do(request, login, case_id, form, deed)


def write_line(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """Write a line into the chat of somebody in danger."""

    def deed(session: Session) -> str:
        context = desk_of(request).context
        handler_lines.write(session, context, login.user, case_id, form.version(), form.text("linje"))
        return "skrevet"

    return _do(request, login, case_id, form, deed)


def log_call(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """Log a call; one that reached somebody who complained leads on to the ending."""
    reached = False

    def deed(session: Session) -> str:
        nonlocal reached
        outcome = form.choice("udfald", CallOutcome)
        case_work.log_call(session, desk_of(request).context, login.user, case_id, form.version(), outcome)
        case = session.get_one(Case, case_id)
        reached = outcome is CallOutcome.TRUFFET and case.kind in {CaseKind.KLAGE, CaseKind.OPKALD}
        return "talt_med" if reached else "opkald"

    response = _do(request, login, case_id, form, deed)
    if not reached or response.status_code != HTTPStatus.SEE_OTHER:
        return response
    address = f"/desk/sager/{case_id}/afslut?gjort=talt_med&afslutning={CaseEnding.TALT_MED}"
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def end(request: Request, case_id: CaseId, login: CurrentLogin, form: PostedForm) -> Response:
    """End the case, or propose the ending that a second person must confirm."""

    def deed(session: Session) -> str:
        closing = read_closing(form)
        context = desk_of(request).context
        ended = case_endings.end(session, context, login.user, case_id, form.version(), closing)
        return "afsluttet" if ended else "foreslaaet"

    return _do(request, login, case_id, form, deed, template="afslut.html")


def read_closing(form: Form) -> Closing:
    """What the ending's form says; raises RefusedError for a choice that does not exist."""
    try:
        ending = CaseEnding(form.text("afslutning"))
    except ValueError as error:
        raise RefusedError(Refusal.WRONG_ENDING) from error
    journalised = _YES_NO.get(form.text("journaliseret"))
    return Closing(
        ending=ending,
        concerns_decision=_YES_NO.get(form.text("afgoerelse")),
        handed_to=form.text("genvurderes_af"),
        journal_number=form.text("journalnummer") if journalised else "",
        not_journalised_because=form.text("ikke_journaliseret") if journalised is False else "",
        reason=form.text("begrundelse"),
        handed_over_to=form.text("overgivet_til"),
        handed_over_at=_local_time(form.text("overgivet_tid")),
        assessor=form.text("vurderet_af"),
        letter_sent=form.text("brev_sendt") == "ja",
        lesson_area=form.text("laering_omraade"),
        lesson=form.text("laering"),
    )


def _local_time(text: str) -> datetime | None:
    """A `datetime-local` field, which is Danish local time; None where it is no time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=COPENHAGEN)).astimezone(UTC)


def _guide_texts(form: Form, steps: Iterable[str]) -> dict[str, str]:
    """The notes by step; only those that differ from what the page showed (`foer_…`)."""
    typed = {step: form.text(f"{GUIDE_FIELD}{step}") for step in steps}
    return {step: text for step, text in typed.items() if text and text != form.text(f"foer_{step}")}


def _simple(
    request: Request, login: Login, case_id: int, form: Form, deed: Callable[..., Any], done: str
) -> Response:
    """A deed that takes nothing but the case and its version."""

    def run(session: Session) -> str:
        deed(session, desk_of(request).context, login.user, case_id, form.version())
        return done

    return _do(request, login, case_id, form, run)


def _do(
    request: Request,
    login: Login,
    case_id: int,
    form: Form,
    deed: Callable[[Session], str],
    *,
    template: str = "sag.html",
) -> Response:
    """Run the deed in one transaction and lead to the case's page with the key of what was done."""
    try:
        with desk_of(request).context.database.write() as session:
            done = deed(session)
    except RefusedError as error:
        return case_page(request, login, case_id, template, refusal=error.refusal, typed=form.fields)
    except CaseConflictError:
        return case_page(request, login, case_id, template, conflict=True, typed=form.fields)
    return RedirectResponse(f"/desk/sager/{case_id}?gjort={done}", HTTPStatus.SEE_OTHER)
