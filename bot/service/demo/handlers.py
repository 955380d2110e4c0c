"""Plays what handlers did to cases in the past, through the same deeds that the desk's buttons call."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.demo.script import Row
from bot.service.logic import case_endings, case_work, cases
from bot.service.logic.case_endings import Closing
from bot.service.models import Case, Conversation, User
from bot.service.models.words import CallOutcome, CaseEnding, CaseKind

Deed = Callable[[Session, Context, User, Case, Row], object]


def play(session: Session, past: Context, user: User, conversation: Conversation, entry: Row) -> None:
    """One deed at the person's open case of the kind that the line names."""
    session.flush()
    case = cases.find_open(session, conversation, CaseKind(entry["sag"]))
    assert case is not None, f"the script has no open case of the kind {entry['sag']} here"
    _DEEDS[entry["gerning"]](session, past, user, case, entry)


def _take(session: Session, past: Context, user: User, case: Case, _entry: Row) -> None:
    case_work.take(session, past, user, case.id, case.version)


def _acknowledge(session: Session, past: Context, user: User, case: Case, _entry: Row) -> None:
    case_work.acknowledge(session, past, user, case.id, case.version)


def _call(session: Session, past: Context, user: User, case: Case, entry: Row) -> None:
    case_work.log_call(session, past, user, case.id, case.version, CallOutcome(entry["udfald"]))


def _note(session: Session, past: Context, user: User, case: Case, entry: Row) -> None:
    case_work.note(session, past, user, case.id, case.version, entry["tekst"], guide_step=entry.get("trin"))


def _park(session: Session, past: Context, user: User, case: Case, _entry: Row) -> None:
    case_work.park(session, past, user, case.id, case.version)


def _end(session: Session, past: Context, user: User, case: Case, entry: Row) -> None:
    answers = dict(entry["afslutning"])
    ending = CaseEnding(answers.pop("ending"))
    handed_over_at = past.clock.now() if ending is CaseEnding.OVERGIVET else None
    closing = Closing(ending, handed_over_at=handed_over_at, **answers)
    case_endings.end(session, past, user, case.id, case.version, closing)


_DEEDS: dict[str, Deed] = {
    "tag": _take,
    "kvitter": _acknowledge,
    "ring": _call,
    "notat": _note,
    "parker": _park,
    "afslut": _end,
}
