"""Buttons that answer nothing any more are named when the next message leaves, and no open ones."""

from sqlalchemy import update

from bot.service.context import Context
from bot.service.models import Outbound
from tests.service.driver import Citizen


def with_buttons(citizen: Citizen) -> list[str | None]:
    """The provider's ids of our messages with buttons, oldest first."""
    return [row.provider_id for row in citizen.rows() if row.buttons]


def test_consents_buttons_close_with_the_first_question(child: Citizen) -> None:
    child.write("ja", act="bekraeft")

    consent, _question = with_buttons(child)
    assert [sending.closed for sending in child.bridge.sent] == [(), (consent,)]


def test_question_asked_again_keeps_its_buttons_until_it_is_answered(child: Citizen) -> None:
    child.write("ja", act="bekraeft")
    child.write("er du en robot?", act="er_du_robot")
    consent, asked, asked_again = with_buttons(child)
    assert not {asked, asked_again} & set(child.bridge.sent[-1].closed)

    child.press("Mest nej")

    assert set(child.bridge.sent[-1].closed) >= {asked, asked_again}
    assert consent not in child.bridge.sent[-1].closed  # too far back: it was looked at before


def test_last_question_stays_open_to_a_late_answer(child: Citizen) -> None:
    child.write("ja", act="bekraeft")
    child.write("stop", act="stop")

    assert with_buttons(child)[-1] not in child.bridge.sent[-1].closed


def test_channel_that_gives_no_ids_is_told_nothing(context: Context, child: Citizen) -> None:
    with context.database.write() as session:
        session.execute(update(Outbound).values(provider_id=None))
    child.write("ja", act="bekraeft")

    assert child.bridge.sent[-1].closed == ()
