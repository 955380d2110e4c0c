"""The callback dialogue never makes things worse: unsafe numbers, closed cases, two presses."""

import pytest
from sqlalchemy import select, update

from bot.service.context import Context
from bot.service.logic import invitations
from bot.service.models import Answer, Case, Contact, Conversation, Interview
from bot.service.models.words import CallConsent, CaseState, InboundKind
from bot.service.schedule.expiry import end_expired
from tests.service.driver import Citizen

KLAGE = {"routes": {"klage": {"value": "ja", "score": 0.9, "clause": None}}}


def contact_of(context: Context, citizen: Citizen) -> Contact | None:
    with context.database.read() as session:
        return session.scalar(select(Contact).where(Contact.id == citizen.cases()[0].contact_id))


@pytest.fixture
def caller(parent: Citizen) -> Citizen:
    """A parent who has asked to be rung and is asked for a number."""
    parent.write("RING", act="opkald")
    return parent


@pytest.mark.parametrize(
    "text", ["ikke på 00 00 00 42, den tager min mand", "ring 00 00 00 42 eller 00 00 00 55", "nej 00000042 er hans"]
)
def test_a_number_that_may_be_the_wrong_one_is_not_taken(context: Context, caller: Citizen, text: str) -> None:
    said = caller.write(text)

    contact = contact_of(context, caller)
    assert contact is not None
    assert contact.number == caller.address
    assert said[-1].startswith("Jeg kunne ikke finde et nummer")


def test_a_no_with_a_number_in_it_is_a_no(parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    parent.write("min rådgiver har løjet", act="klage", **KLAGE)
    parent.write("nej, I må ikke ringe til mig på 00000042", act="afvis")

    assert [(case.call_consent, case.contact_id) for case in parent.cases()] == [(CallConsent.NEJ, None)]


def test_a_yes_after_the_case_was_closed_opens_a_new_one_with_a_new_clock(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    parent.write("min rådgiver har løjet", act="klage", **KLAGE)
    with context.database.write() as session:
        session.execute(update(Case).values(state=CaseState.LUKKET))
    context.clock.advance(3 * 86400)  # type: ignore[attr-defined]
    parent.write("ja", act="bekraeft")

    closed, fresh = parent.cases()
    assert (closed.contact_id, fresh.kind, fresh.state) == (None, "opkald", CaseState.NY)
    assert fresh.due_at > context.clock.now()


def test_a_callback_left_over_does_not_block_the_next_interview(context: Context, parent: Citizen) -> None:
    with context.database.write() as session:
        conversation = session.scalars(select(Conversation)).one()
        conversation.awaits = "opkald_ja"
        first = session.scalars(select(Interview)).one()
        first.state = "afsluttet"
        session.flush()
        again = Interview(
            participant_id=first.participant_id,
            set_id=first.set_id,
            set_version=first.set_version,
            audience=first.audience,
            on_the_spot=True,
            due_at=context.clock.now(),
        )
        session.add(again)
        session.flush()

        assert invitations.invite(session, context, again)


def test_two_presses_of_one_button_answer_one_question(child: Citizen) -> None:
    child.press("Ja")
    row = child.rows()[-1]
    press = f"{row.id}:{row.buttons[0]['id']}"
    child.receive(press, kind=InboundKind.PRESS)
    child.receive(press, kind=InboundKind.PRESS)
    said = child.work()

    assert said[0] == "Forstod de voksne, hvad du sagde?"
    assert said[1].startswith("Det spørgsmål er lukket")
    assert len(said) == 2


def test_a_forged_press_is_told_kindly_that_it_is_closed(child: Citizen) -> None:
    child.receive("999999999999999999:ja", kind=InboundKind.PRESS)

    assert [row.text for row in child.rows()][-1].startswith("Det spørgsmål er lukket")


def test_the_stop_button_needs_no_engine(context: Context, child: Citizen) -> None:
    child.engine.down = True
    row = child.rows()[-1]
    child.receive(f"{row.id}:stop", kind=InboundKind.PRESS)

    assert "ikke flere spørgsmål" in child.rows()[-1].text


def test_a_press_after_the_interview_ended_by_itself_is_a_late_answer(context: Context, child: Citizen) -> None:
    child.press("Ja")
    context.clock.advance(8 * 86400)  # type: ignore[attr-defined]
    end_expired(context)
    context.clock.advance(60)  # type: ignore[attr-defined]
    child.press("Mest ja")

    with context.database.read() as session:
        assert [(a.question, a.value, a.late) for a in session.scalars(select(Answer))] == [("lyttede", "4", True)]


def test_a_time_to_ring_is_no_new_wish_to_be_rung(caller: Citizen) -> None:
    caller.write("det her nummer")
    said = caller.write("ring efter 16")

    assert said[0].startswith("Vi ringer senest")
    assert caller.cases()[0].wished_time == "ring efter 16"
