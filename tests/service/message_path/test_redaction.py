"""What engine and desk may see of a message."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.channels.base import Inbound
from bot.service.context import Context
from bot.service.logic.conversations import find_or_start
from bot.service.message_path.redaction import Redacted, redact_for
from bot.service.models import Contact
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel
from tests.factories import make_interview
from tests.service.message_path.conftest import STRANGER


def written(
    session: Session, context: Context, text: str, *, address: str = STRANGER, kind: InboundKind = InboundKind.TEXT
) -> Redacted:
    conversation = find_or_start(session, context, Channel.SMS, address)
    return redact_for(session, conversation, Inbound(Channel.SMS, "m1", address, kind, text=text))


def test_what_holds_nothing_personal_stays_as_it_is(session: Session, context: Context) -> None:
    assert written(session, context, "mødet var fint 👍") == Redacted("mødet var fint 👍", None)


def test_names_of_person_and_adviser_are_those_of_the_meeting(session: Session, context: Context) -> None:
    address = make_interview(session, context, name="Xenia Prøve", adviser="Ulla Eksempel")[2]

    assert written(session, context, "Ulla lyttede til Xenia", address=address).text == "[navn] lyttede til [navn]"


def test_a_person_without_a_name_is_no_error(session: Session, context: Context) -> None:
    address = make_interview(session, context, name=None)[2]

    assert session.scalars(select(Contact.name)).all() == [None]
    assert written(session, context, "mødet var langt", address=address).text == "mødet var langt"


def test_what_was_found_is_kept_with_its_kind(session: Session, context: Context) -> None:
    assert written(session, context, "ring på 00 00 00 42").found == [["telefon", "00 00 00 42"]]


def test_what_no_database_takes_is_left_out(session: Session, context: Context) -> None:
    assert written(session, context, "a\x00b \ud83d c").text == "ab ? c"


def test_a_press_has_no_text(session: Session, context: Context) -> None:
    assert written(session, context, "12:ja", kind=InboundKind.PRESS) == Redacted("", None)
