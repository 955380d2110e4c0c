"""The callback dialogue, step by step, without Rasa."""

import pytest
from sqlalchemy import select

from bot.service.context import Context
from bot.service.models import Contact
from bot.service.models.words import CallConsent
from tests.service.driver import Citizen

KLAGE = {"routes": {"klage": {"value": "ja", "score": 0.9, "clause": None}}}
MAASKE = {"routes": {"klage": {"value": "maaske", "score": 0.7, "clause": None}}}


@pytest.fixture
def complainer(parent: Citizen) -> Citizen:
    """A parent who has complained at the first question and is asked whether we may ring."""
    parent.write("ja", act="bekraeft")
    parent.write("min rådgiver har løjet om os", act="klage", **KLAGE)
    return parent


def number_of(context: Context, citizen: Citizen) -> str | None:
    case = citizen.cases()[0]
    with context.database.read() as session:
        return session.scalar(select(Contact.number).where(Contact.id == case.contact_id))


def test_yes_gives_the_desk_the_number_they_write_from(context: Context, complainer: Citizen) -> None:
    complainer.write("ja", act="bekraeft")

    assert complainer.cases()[0].call_consent == CallConsent.JA
    assert number_of(context, complainer) == complainer.address


def test_another_number_replaces_it(context: Context, complainer: Citizen) -> None:
    complainer.write("ja", act="bekraeft")
    complainer.write("helst på 00 00 00 77")

    assert number_of(context, complainer) == "+4500000077"


def test_a_number_instead_of_yes_is_a_yes(context: Context, complainer: Citizen) -> None:
    complainer.write("ring på 00 00 00 78")

    assert complainer.cases()[0].call_consent == CallConsent.JA
    assert number_of(context, complainer) == "+4500000078"


def test_no_leaves_the_case_without_contact_and_asks_the_same_question_again(complainer: Citizen) -> None:
    said = complainer.write("nej", act="afvis")

    assert (complainer.cases()[0].call_consent, complainer.cases()[0].contact_id) == (CallConsent.NEJ, None)
    assert "Blev der lyttet" in said[-1]


def test_the_citizen_is_told_the_time_and_then_asked_the_same_question(complainer: Citizen) -> None:
    complainer.write("ja", act="bekraeft")
    complainer.write("det her nummer", act="bekraeft")
    said = complainer.write("1")

    assert said[0] == "Vi ringer senest i morgen kl. 12."
    assert "Blev der lyttet" in said[1]
    assert complainer.cases()[0].wished_time == "formiddag"


def test_a_second_complaint_joins_the_first_and_moves_no_deadline(context: Context, complainer: Citizen) -> None:
    first = complainer.cases()[0]
    context.clock.advance(3600)  # type: ignore[attr-defined]
    complainer.write("og de har delt vores papirer", act="klage", **KLAGE)

    assert [(case.id, case.due_at) for case in complainer.cases()] == [(first.id, first.due_at)]


def test_a_declined_offer_leaves_no_case_and_goes_on(parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    answer_closed_questions(parent)
    parent.write("det var ikke godt nok, vi blev ikke taget alvorligt", **MAASKE)
    said = parent.write("nej", act="afvis")

    assert parent.cases() == []
    assert said[-1].endswith("Brug for hjælp nu? Ring 112. Børn: 116 111.")


def test_no_call_is_offered_to_somebody_who_is_called_anyway(complainer: Citizen) -> None:
    complainer.write("ja", act="bekraeft")
    complainer.write("det her nummer")
    complainer.write("1")
    answer_closed_questions(complainer)
    said = complainer.write("det var ikke godt nok", **MAASKE)

    assert said[-1].endswith("Ring 112. Børn: 116 111.")


def test_an_accepted_offer_is_a_call_wish_with_contact(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    answer_closed_questions(parent)
    parent.write("det var ikke godt nok, vi blev ikke taget alvorligt", **MAASKE)
    parent.write("ja", act="bekraeft")

    assert [(case.kind, case.call_consent) for case in parent.cases()] == [("opkald", CallConsent.JA)]
    assert number_of(context, parent) == parent.address


def test_an_explicit_wish_is_not_asked_again(parent: Citizen) -> None:
    said = parent.write("RING", act="opkald")

    assert [(case.kind, case.call_consent) for case in parent.cases()] == [("opkald", CallConsent.JA)]
    assert said[-1].startswith("Hvilket nummer")


def answer_closed_questions(parent: Citizen) -> None:
    for answer in ("4", "4", "1"):
        parent.write(answer)
    parent.write("ja", act="bekraeft")


def test_a_complaint_after_stop_is_a_case_without_a_word(parent: Citizen) -> None:
    parent.write("STOP", act="stop")
    before = len(parent.rows())
    parent.write("de har delt vores papirer", act="klage", **KLAGE)

    assert [(case.kind, case.contact_id) for case in parent.cases()] == [("klage", None)]
    assert len(parent.rows()) == before


def test_an_explicit_call_wish_after_stop_gives_the_desk_the_number(context: Context, parent: Citizen) -> None:
    parent.write("STOP", act="stop")
    parent.write("ring alligevel til mig", act="opkald")

    assert [(case.kind, case.call_consent) for case in parent.cases()] == [("opkald", CallConsent.JA)]
    assert number_of(context, parent) == parent.address
