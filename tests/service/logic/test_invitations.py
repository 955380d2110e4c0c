"""First contact: whom we write to, when, and when not."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.clock import COPENHAGEN
from bot.service.context import Context
from bot.service.errors import ConfigurationError
from bot.service.logic import invitations
from bot.service.logic.conversations import find_or_start
from bot.service.models import Interview, OptOut, Outbound, QuestionSetVersion
from bot.service.models.words import CaseKind, CaseState, ContactSafety, Disposition, InterviewState
from bot.shared.codebook import AwaitedStep, Channel, Role
from tests.factories import make_case, make_interview


def planned(session: Session, context: Context, **options: object) -> Interview:
    return make_interview(session, context, on_the_spot=False, **options)[0]  # type: ignore[arg-type]


def local(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=COPENHAGEN).astimezone(UTC)


WINDOW = [
    ("2026-11-18 08:59:59", False),  # a Wednesday
    ("2026-11-18 09:00:00", True),
    ("2026-11-18 19:59:59", True),
    ("2026-11-18 20:00:00", False),
    ("2026-11-20 12:00:00", True),  # Friday
    ("2026-11-21 12:00:00", False),  # Saturday
    ("2026-11-22 12:00:00", False),  # Sunday
    ("2026-12-24 12:00:00", False),  # offices close
    ("2026-10-23 09:00:00", True),  # the last Friday of summer time
    ("2026-10-26 08:59:59", False),  # the first Monday of winter time
    ("2026-10-26 09:00:00", True),
    ("2027-03-30 08:59:59", False),  # the Tuesday after Easter, summer time
    ("2027-03-30 09:00:00", True),
]


@pytest.mark.parametrize(("moment", "open_"), WINDOW)
def test_the_window_of_an_sms_is_a_working_day_from_nine_to_twenty(
    session: Session, context: Context, moment: str, open_: bool
) -> None:
    interview = planned(session, context)
    context.clock.set(local(moment))  # type: ignore[attr-defined]

    assert invitations.invite(session, context, interview) is open_
    assert interview.state == (InterviewState.INVITERET if open_ else InterviewState.PLANLAGT)


def test_on_the_spot_there_is_no_window(session: Session, context: Context) -> None:
    interview = make_interview(session, context, on_the_spot=True)[0]
    context.clock.set(local("2026-11-22 21:00:00"))  # type: ignore[attr-defined]

    assert invitations.invite(session, context, interview)


def test_the_web_chat_has_no_window(session: Session, context: Context) -> None:
    interview = planned(session, context, role=Role.BARN)
    context.clock.set(local("2026-11-22 21:00:00"))  # type: ignore[attr-defined]

    assert invitations.invite(session, context, interview)


def test_first_contact_opens_the_interview_for_seven_days(session: Session, context: Context) -> None:
    interview = planned(session, context)
    invitations.invite(session, context, interview)

    assert (interview.state, interview.disposition) == (InterviewState.INVITERET, Disposition.INTET_SVAR)
    assert (interview.expires_at - interview.invited_at).days == 7  # type: ignore[operator]


def test_the_first_sms_names_the_municipality_and_nothing_of_the_family(session: Session, context: Context) -> None:
    interview = planned(session, context)
    invitations.invite(session, context, interview)

    [row] = session.scalars(select(Outbound))
    assert (row.kind, row.once_key, row.step) == ("invitation", f"invitation:{interview.id}", AwaitedStep.SAMTYKKE)
    assert row.text.startswith("Hej fra Eksempel Kommune.")
    assert not any(word in row.text.casefold() for word in ("familie", "barn", "møde", "anna"))


def test_who_has_said_stop_is_not_written_to(session: Session, context: Context) -> None:
    interview, _, address = make_interview(session, context)
    session.add(OptOut(channel=Channel.SMS, address_hash=context.address_hash(Channel.SMS, address), at=context.clock.now()))
    session.flush()
    invitations.invite(session, context, interview)

    assert interview.disposition == Disposition.STOPPET
    assert session.scalars(select(Outbound)).all() == []


@pytest.mark.parametrize("kontakt", [ContactSafety.NEJ, ContactSafety.KUN_OPKALD])
def test_an_unsafe_phone_gets_no_sms(session: Session, context: Context, kontakt: ContactSafety) -> None:
    interview = planned(session, context, kontakt=kontakt)
    invitations.invite(session, context, interview)

    assert (interview.state, interview.disposition) == (InterviewState.AFSLUTTET, Disposition.IKKE_KONTAKTET)
    assert session.scalars(select(Outbound)).all() == []


def test_an_address_has_one_open_interview_the_next_waits(session: Session, context: Context) -> None:
    first, _, address = make_interview(session, context)
    second = planned(session, context, number=address)

    assert (invitations.invite(session, context, first), invitations.invite(session, context, second)) == (True, False)
    assert second.state == InterviewState.PLANLAGT


@pytest.mark.parametrize(
    ("kind", "state", "waits"),
    [
        (CaseKind.KLAGE, CaseState.NY, True),
        (CaseKind.KLAGE, CaseState.PARKERET, True),
        (CaseKind.BEKYMRING, CaseState.TAGET, True),
        (CaseKind.KLAGE, CaseState.LUKKET, False),
        (CaseKind.BEKYMRING, CaseState.LUKKET, False),
        (CaseKind.SPOERGSMAAL, CaseState.NY, False),
    ],
)
def test_no_interview_while_a_complaint_or_danger_case_is_open(
    session: Session, context: Context, kind: CaseKind, state: CaseState, waits: bool
) -> None:
    interview, _, address = make_interview(session, context)
    person = context.address_hash(Channel.SMS, address)
    make_case(session, context, kind=kind, state=state, person=person)

    assert invitations.invite(session, context, interview) is not waits


def test_nobody_is_invited_in_the_middle_of_a_callback_dialogue(session: Session, context: Context) -> None:
    interview, _, address = make_interview(session, context)
    conversation = find_or_start(session, context, Channel.SMS, address)
    case = make_case(session, context, kind=CaseKind.OPKALD, person=conversation.address_hash)
    conversation.awaits, conversation.callback_case_id = AwaitedStep.OPKALD_NUMMER, case.id

    assert not invitations.invite(session, context, interview)


def test_a_number_now_belongs_to_who_was_invited_last(session: Session, context: Context) -> None:
    first, _, address = make_interview(session, context)
    invitations.invite(session, context, first)
    first.state = InterviewState.AFSLUTTET
    conversation = find_or_start(session, context, Channel.SMS, address)
    conversation.awaits = AwaitedStep.INTET
    second, participant, _ = make_interview(session, context, number=address)
    invitations.invite(session, context, second)

    assert conversation.participant_id == participant.id


def test_a_version_that_was_asked_cannot_change(session: Session, context: Context) -> None:
    now = context.clock.now()
    session.add(QuestionSetVersion(set_id="foerste_moede", version=1, content_hash="another text", first_asked_at=now))
    interview = planned(session, context)

    with pytest.raises(ConfigurationError, match="has been asked and cannot change"):
        invitations.invite(session, context, interview)


def test_a_reminder_is_put_once(session: Session, context: Context) -> None:
    interview = planned(session, context)
    invitations.invite(session, context, interview)
    invitations.remind(session, context, interview)

    assert interview.reminded_at == context.clock.now()
    assert session.scalars(select(Outbound.once_key).order_by(Outbound.id)).all()[1:] == [f"paamindelse:{interview.id}"]
