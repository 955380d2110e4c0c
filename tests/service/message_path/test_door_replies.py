"""What the door answers itself: nothing there needs an engine."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.service.channels.base import Inbound
from bot.service.context import Context
from bot.service.message_path import door
from bot.service.models import Interview
from bot.service.models.words import CaseKind, InboundKind, InterviewState
from bot.shared.codebook import Audience, Channel, Role
from tests.factories import make_interview
from tests.service.driver import Citizen


def after(citizen: Citizen, text: str, kind: InboundKind) -> list[str]:
    """What is said to a message; the engine must not be asked."""
    before = len(citizen.rows())
    citizen.receive(text, kind=kind)
    said = citizen.work(since=before)
    assert citizen.engine.asked == []
    return said


def test_a_picture_from_a_child_is_read_first_by_a_human(context: Context, child: Citizen) -> None:
    said = after(child, "", InboundKind.MEDIA)

    assert said == [context.texts.say("medie_modtaget", Audience.BARN_7_12, Channel.WEBCHAT)]
    assert [(case.kind, case.band) for case in child.cases()] == [(CaseKind.UBEHANDLET, "ja")]


def test_a_picture_from_a_young_person_is_read_first_too(invite: Callable[..., Citizen]) -> None:
    young = invite(role=Role.BARN, age=19)
    after(young, "", InboundKind.MEDIA)

    assert [case.band for case in young.cases()] == ["ja"]


def test_a_picture_from_a_parent_waits_for_a_human(parent: Citizen) -> None:
    after(parent, "", InboundKind.MEDIA)

    assert [(case.kind, case.band) for case in parent.cases()] == [(CaseKind.UBEHANDLET, None)]


def test_an_answered_button_gets_a_kind_word(context: Context, child: Citizen) -> None:
    first = child.rows()[-1]
    child.press("Ja")
    child.engine.asked.clear()
    said = after(child, f"{first.id}:ja", InboundKind.PRESS)

    assert said == [context.texts.say("spoergsmaal_lukket", Audience.BARN_7_12, Channel.WEBCHAT)]


def test_stop_works_under_every_message(child: Citizen) -> None:
    first = child.rows()[-1]
    child.press("Ja")
    before = len(child.rows())
    child.receive(f"{first.id}:stop", kind=InboundKind.PRESS)
    said = child.work(since=before)

    assert said == [child.context.texts.say("stop_bekraeftet", Audience.BARN_7_12, Channel.WEBCHAT, kommune="Eksempel Kommune")]


@pytest.mark.parametrize("press", ["", ":", "ja", "0:ja", "99999:ja", "-1:ja", "²:ja", "9" * 30 + ":ja", "1:no such button"])
def test_a_press_that_was_never_offered_gets_a_kind_word(context: Context, child: Citizen, press: str) -> None:
    said = after(child, press, InboundKind.PRESS)

    assert said == [context.texts.say("spoergsmaal_lukket", Audience.BARN_7_12, Channel.WEBCHAT)]


def test_somebody_elses_button_is_not_ours_to_press(context: Context, child: Citizen, invite: Callable[..., Citizen]) -> None:
    other = invite(role=Role.BARN, age=14)
    said = after(child, f"{other.rows()[-1].id}:ja", InboundKind.PRESS)

    assert said == [context.texts.say("spoergsmaal_lukket", Audience.BARN_7_12, Channel.WEBCHAT)]


def test_an_opened_chat_is_greeted_at_once_and_once(context: Context) -> None:
    with context.database.write() as session:
        code = make_interview(session, context, role=Role.BARN, age=10, on_the_spot=False)[2]
    for number in range(2):
        door.receive(context, Inbound(Channel.WEBCHAT, f"open:{number}", code, InboundKind.OPEN))

    with context.database.read() as session:
        assert session.scalars(select(Interview.state)).all() == [InterviewState.INVITERET]


def test_after_stop_not_even_a_blank_message_is_answered(parent: Citizen) -> None:
    parent.write("STOP", act="stop")
    parent.engine.asked.clear()

    assert after(parent, "", InboundKind.TEXT) == []
