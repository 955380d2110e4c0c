"""No answer to *may we ring?*: asked once more after twelve hours, at an hour when people may be rung."""

import pytest
from sqlalchemy import update

from bot.service.context import Context
from bot.service.models import Contact
from bot.service.models.words import CallConsent, CaseState, ContactSafety
from bot.service.schedule.callbacks import ask_again
from tests.service.driver import Citizen

HOUR = 3600  # seconds


@pytest.fixture
def silent(context: Context, parent: Citizen) -> Citizen:
    """A parent who complained at 8:00 and has not said whether we may ring."""
    context.clock.advance(-4 * HOUR)
    parent.write("jeg vil klage", act="klage")
    return parent


def asked(citizen: Citizen, after: float) -> list[str]:
    """What is said when so much time has passed."""
    before = len(citizen.rows())
    citizen.context.clock.advance(after)
    ask_again(citizen.context)
    return [row.text for row in citizen.rows()[before:]]


def test_before_twelve_hours_nobody_is_asked(silent: Citizen) -> None:
    assert asked(silent, 12 * HOUR - 1) == []


def test_after_twelve_hours_in_the_evening_one_waits_for_the_morning(silent: Citizen) -> None:
    evening = asked(silent, 12 * HOUR)  # 20:00, when calling hours end
    night = asked(silent, 11 * HOUR + 3599)

    assert (evening, night) == ([], [])
    assert asked(silent, 1) == ["Hej fra Eksempel Kommune. Må vi ringe til dig? Svar JA eller NEJ."]


def test_they_are_asked_once(silent: Citizen) -> None:
    asked(silent, 24 * HOUR)

    assert asked(silent, 24 * HOUR) == []


def test_who_has_answered_is_not_asked(silent: Citizen) -> None:
    silent.write("nej", act="afvis")

    assert asked(silent, 24 * HOUR) == []


def test_who_has_said_stop_is_not_asked(silent: Citizen) -> None:
    silent.write("STOP", act="stop")

    assert asked(silent, 24 * HOUR) == []


def test_a_closed_case_asks_nothing(context: Context, silent: Citizen) -> None:
    with context.database.write() as session:
        case = session.get_one(type(silent.cases()[0]), silent.cases()[0].id)
        case.state = CaseState.LUKKET

    assert asked(silent, 24 * HOUR) == []


def test_an_unsafe_phone_gets_no_second_question(context: Context, silent: Citizen) -> None:
    with context.database.write() as session:
        session.execute(update(Contact).values(kontakt=ContactSafety.NEJ))

    assert asked(silent, 24 * HOUR) == []


def test_nothing_ends_by_itself(silent: Citizen) -> None:
    asked(silent, 24 * HOUR)
    asked(silent, 30 * 24 * HOUR)

    assert [(case.state, case.call_consent) for case in silent.cases()] == [(CaseState.NY, CallConsent.SPURGT)]


def test_an_answer_to_the_second_question_counts(silent: Citizen) -> None:
    asked(silent, 24 * HOUR)
    silent.write("ja", act="bekraeft")

    assert [case.call_consent for case in silent.cases()] == [CallConsent.JA]
