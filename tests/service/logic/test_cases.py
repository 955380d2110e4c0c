"""Cases from the message path: one open per person and kind, the band only rises, no deadline moves later."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import cases, conversations
from bot.service.models import Case, CaseEvent, CaseMessage, Contact, Conversation, Inbound, Meeting
from bot.service.models.words import CallConsent, CaseEventKind, CaseKind, CaseState
from bot.shared.codebook import Channel, Concern, Role
from tests.factories import make_interview, make_user
from tests.service.driver import Citizen

STRANGER = "+4500009901"


@pytest.fixture
def conversation(session: Session, context: Context) -> Conversation:
    return conversations.find_or_start(session, context, Channel.SMS, STRANGER)


def open_case(
    session: Session, context: Context, conversation: Conversation, kind: CaseKind = CaseKind.KLAGE, **more: object
) -> Case:
    matter = cases.Matter(kind, context.clock.now(), **more)  # type: ignore[arg-type]
    return cases.open_or_attach(session, context, conversation, matter)


def concern(session: Session, context: Context, conversation: Conversation, band: Concern) -> Case:
    return open_case(session, context, conversation, CaseKind.BEKYMRING, band=band)


def events(session: Session) -> list[str]:
    return list(session.scalars(select(CaseEvent.event).order_by(CaseEvent.id)))


def test_a_second_complaint_joins_the_first(session: Session, context: Context, conversation: Conversation) -> None:
    first = open_case(session, context, conversation)
    due_at = first.due_at
    context.clock.advance(3600)
    second = open_case(session, context, conversation)

    assert (second.id, second.due_at, second.received_at) == (first.id, due_at, context.clock.now() - timedelta(hours=1))


def test_another_kind_is_another_case(session: Session, context: Context, conversation: Conversation) -> None:
    for kind in CaseKind:
        open_case(session, context, conversation, kind)

    assert session.scalars(select(Case.kind).order_by(Case.id)).all() == list(CaseKind)


def test_another_person_is_another_case(session: Session, context: Context, conversation: Conversation) -> None:
    other = conversations.find_or_start(session, context, Channel.SMS, "+4500009902")

    assert open_case(session, context, conversation).id != open_case(session, context, other).id


def test_after_the_first_is_closed_a_new_one_opens(session: Session, context: Context, conversation: Conversation) -> None:
    first = open_case(session, context, conversation)
    first.state = CaseState.LUKKET
    session.flush()

    assert open_case(session, context, conversation).id != first.id


@pytest.mark.parametrize("state", [CaseState.TAGET, CaseState.PARKERET])
def test_a_case_in_work_is_still_the_open_one(
    session: Session, context: Context, conversation: Conversation, state: CaseState
) -> None:
    first = open_case(session, context, conversation)
    first.state = state
    session.flush()

    assert open_case(session, context, conversation).id == first.id


def test_of_cases_opened_at_the_same_moment_one_remains(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    with context.database.write() as session:
        conversation_id = conversations.find_or_start(session, context, Channel.SMS, STRANGER).id
    both_have_looked = threading.Barrier(2)
    look = cases.find_open
    opened: list[int] = []

    def look_together(session: Session, conversation: Conversation, kind: CaseKind, *, lock: bool = False) -> Case | None:
        found = look(session, conversation, kind, lock=lock)
        if found is None and session.get_bind().dialect.name == "postgresql":  # SQLite has one writer anyway
            both_have_looked.wait(10)
        return found

    def open_one() -> None:
        with context.database.write() as session:
            conversation = session.get_one(Conversation, conversation_id)
            opened.append(open_case(session, context, conversation, CaseKind.BEKYMRING, band=Concern.JA).id)

    monkeypatch.setattr(cases, "find_open", look_together)
    threads = [threading.Thread(target=open_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(opened), len(set(opened))) == (2, 1)


@pytest.mark.parametrize(
    ("first", "second", "band"),
    [
        (Concern.JA, Concern.AKUT, "akut"),
        (Concern.AKUT, Concern.JA, "akut"),
        (Concern.JA, Concern.JA, "ja"),
        (Concern.AKUT, Concern.NEJ, "akut"),
    ],
)
def test_the_band_only_rises(
    session: Session, context: Context, conversation: Conversation, first: Concern, second: Concern, band: str
) -> None:
    concern(session, context, conversation, first)

    assert concern(session, context, conversation, second).band == band


def test_a_risen_band_brings_its_own_earlier_deadline(session: Session, context: Context, conversation: Conversation) -> None:
    case = concern(session, context, conversation, Concern.JA)
    context.clock.advance(60)
    concern(session, context, conversation, Concern.AKUT)

    assert case.due_at == case.ring_senest == context.clock.now() + timedelta(minutes=15)
    assert events(session) == [CaseEventKind.OPENED, CaseEventKind.BAND_RAISED, CaseEventKind.ALARM]


def test_a_deadline_never_moves_later(session: Session, context: Context, conversation: Conversation) -> None:
    case = concern(session, context, conversation, Concern.JA)
    due_at = case.due_at
    context.clock.advance(2 * 3600 - 60)
    concern(session, context, conversation, Concern.AKUT)

    assert (case.band, case.due_at) == ("akut", due_at)


def test_a_new_danger_message_takes_back_an_acknowledgement(
    session: Session, context: Context, conversation: Conversation
) -> None:
    case = concern(session, context, conversation, Concern.AKUT)
    case.acknowledged_at = context.clock.now()
    context.clock.advance(1)
    concern(session, context, conversation, Concern.AKUT)

    assert case.acknowledged_at is None
    assert events(session)[-1] == CaseEventKind.ALARM


def test_the_same_message_read_again_by_the_engine_takes_nothing_back(
    session: Session, context: Context, conversation: Conversation
) -> None:
    received_at = context.clock.now()
    case = concern(session, context, conversation, Concern.JA)
    context.clock.advance(60)
    case.acknowledged_at = acknowledged_at = context.clock.now()
    matter = cases.Matter(CaseKind.BEKYMRING, received_at, band=Concern.JA)
    cases.open_or_attach(session, context, conversation, matter)

    assert case.acknowledged_at == acknowledged_at


def test_an_alarm_is_in_the_log_from_the_start(session: Session, context: Context, conversation: Conversation) -> None:
    concern(session, context, conversation, Concern.AKUT)

    assert events(session) == [CaseEventKind.OPENED, CaseEventKind.ALARM]


def test_a_case_knows_unit_role_age_and_the_way_in(context: Context, child: Citizen) -> None:
    with context.database.write() as session:
        conversation = session.scalars(select(Conversation)).one()
        case = open_case(session, context, conversation)

    assert (case.role, case.age, case.way_in, case.unit_id is None) == (Role.BARN, 12, Channel.WEBCHAT, False)


def test_only_a_complaint_is_about_the_adviser(context: Context, parent: Citizen) -> None:
    with context.database.write() as session:
        adviser = session.scalars(select(Meeting)).one().adviser_id = make_user(session).id
        conversation = session.scalars(select(Conversation)).one()
        gaelder = [open_case(session, context, conversation, kind).gaelder_id for kind in (CaseKind.KLAGE, CaseKind.TOLK)]

    assert gaelder == [adviser, None]


def test_a_message_is_copied_onto_a_case_once(context: Context, parent: Citizen) -> None:
    parent.receive("det her var ikke godt")
    themes = [{"id": "hoert", "polarity": "-", "score": 0.9, "clause": None}]
    with context.database.write() as session:
        case = open_case(session, context, session.scalars(select(Conversation)).one())
        inbound = session.scalars(select(Inbound)).one()
        cases.attach(session, case, [inbound], question=None)
        cases.attach(session, case, [inbound], question="Blev der lyttet?", themes=themes)
        [message] = session.scalars(select(CaseMessage))

    assert (message.text, message.question, message.themes) == ("det her var ikke godt", "Blev der lyttet?", themes)


def test_a_case_holds_what_was_redacted_not_the_original(context: Context, parent: Citizen) -> None:
    parent.receive("ring på 00 00 00 42")
    with context.database.write() as session:
        case = open_case(session, context, session.scalars(select(Conversation)).one())
        cases.attach(session, case, [session.scalars(select(Inbound)).one()], question=None)
        words = session.scalars(select(CaseMessage.text)).all()

    assert words == ["ring på [telefon]"]


def test_consent_gives_the_desk_a_copy_of_the_contact(session: Session, context: Context) -> None:
    address = make_interview(session, context, name="Xenia Prøve", family_ref="F-9")[2]
    conversation = conversations.find_or_start(session, context, Channel.SMS, address)
    case = open_case(session, context, conversation)
    before = case.contact_id
    cases.agree_to_call(session, context, case, conversation)
    contact = session.get_one(Contact, case.contact_id)

    assert before is None
    assert (contact.name, contact.number, contact.family_ref) == ("Xenia Prøve", address, "F-9")
    assert len(session.scalars(select(Contact.id)).all()) == 2


def test_a_stranger_is_called_on_the_number_they_write_from(
    session: Session, context: Context, conversation: Conversation
) -> None:
    case = open_case(session, context, conversation)
    cases.agree_to_call(session, context, case, conversation)

    assert session.get_one(Contact, case.contact_id).number == STRANGER


def test_another_number_replaces_it_on_the_case_alone(session: Session, context: Context) -> None:
    address = make_interview(session, context)[2]
    conversation = conversations.find_or_start(session, context, Channel.SMS, address)
    case = open_case(session, context, conversation)
    cases.set_number(session, context, case, conversation, "+4500000042")

    assert sorted(str(number) for number in session.scalars(select(Contact.number))) == sorted([address, "+4500000042"])
    assert session.get_one(Contact, case.contact_id).number == "+4500000042"


def test_a_no_takes_the_contact_back(session: Session, context: Context, conversation: Conversation) -> None:
    case = open_case(session, context, conversation)
    cases.agree_to_call(session, context, case, conversation)
    cases.decline_call(session, context, case)

    assert (case.call_consent, case.contact_id) == (CallConsent.NEJ, None)


def test_consent_is_logged_once(session: Session, context: Context, conversation: Conversation) -> None:
    case = open_case(session, context, conversation)
    for _ in range(2):
        cases.agree_to_call(session, context, case, conversation)

    assert events(session) == [CaseEventKind.OPENED, CaseEventKind.CONSENT]


def test_an_open_case_keeps_its_deadline_when_policy_changes(
    session: Session, context: Context, conversation: Conversation
) -> None:
    case = open_case(session, context, conversation)
    session.execute(update(Case).values(policy="24-timer"))
    due_at = case.due_at
    object.__setattr__(context.settings, "complaint_hours", 12)

    assert (open_case(session, context, conversation).due_at, case.policy) == (due_at, "24-timer")
