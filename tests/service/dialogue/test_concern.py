"""Danger: two bands, a reply that betrays nothing, and never two replies."""

import pytest
from sqlalchemy import func, select

from bot.service.context import Context
from bot.service.logic.texts import Texts
from bot.service.models import CaseMessage
from bot.shared.codebook import Audience, Channel
from tests.service.driver import Citizen

VIOLENCE = "min far slår mig"  # a hit of the net in the band `ja`
ACUTE = "jeg vil ikke leve mere, jeg gør det i aften"
READ_FIRST = {"routes": {"bekymring": {"value": "ja", "score": 0.9, "clause": None}}}
ALARM = {"routes": {"bekymring": {"value": "akut", "score": 0.9, "clause": None}}}


def ordinary(texts: Texts, key: str) -> str:
    return texts.say(key, Audience.FORAELDER, Channel.SMS)


@pytest.fixture
def asked(parent: Citizen) -> Citizen:
    parent.write("ja", act="bekraeft")
    return parent


def test_read_first_on_sms_is_letter_for_letter_the_ordinary_question(texts: Texts, asked: Citizen) -> None:
    assert asked.write(VIOLENCE, act="bekymring", **READ_FIRST) == [ordinary(texts, "tak_fortsaet")]


def test_alarm_on_sms_is_letter_for_letter_the_ordinary_thanks(texts: Texts, asked: Citizen) -> None:
    assert asked.write(ACUTE, act="bekymring", **ALARM) == [ordinary(texts, "tak")]


def test_a_long_answer_is_followed_by_the_same_words(texts: Texts, child: Citizen) -> None:
    child.press("Ja")
    for _ in range(3):
        child.press("Mest ja")
    long_answer = "mødet var fint og de spurgte mig om mange ting som jeg gerne ville fortælle om " * 2

    said = child.write("4, " + long_answer)

    assert said[-1] == texts.say("tak_fortsaet", Audience.BARN_7_12, Channel.WEBCHAT)


def test_danger_seen_by_the_engine_alone_opens_the_case_and_replies_once(texts: Texts, asked: Citizen) -> None:
    said = asked.write("der er ikke rart at være hjemme mere", act="bekymring", **READ_FIRST)

    assert said == [ordinary(texts, "tak_fortsaet")]
    assert [(case.kind, case.band) for case in asked.cases()] == [("bekymring", "ja")]


def test_the_net_alone_is_enough_and_needs_no_engine(texts: Texts, asked: Citizen) -> None:
    asked.engine.down = True
    before = len(asked.rows())
    asked.receive(VIOLENCE)

    assert [row.text for row in asked.rows()[before:]] == [ordinary(texts, "tak_fortsaet")]
    assert [(case.kind, case.band, case.contact_id is not None) for case in asked.cases()] == [("bekymring", "ja", True)]


def test_the_band_rises_and_the_deadline_comes_nearer(asked: Citizen) -> None:
    asked.write(VIOLENCE, act="bekymring", **READ_FIRST)
    first = asked.cases()[0]
    asked.write(ACUTE, act="bekymring", **ALARM)

    case = asked.cases()[0]
    assert (case.id, case.band) == (first.id, "akut")
    assert case.due_at < first.due_at


def test_pieces_that_mean_danger_only_together_are_seen(asked: Citizen) -> None:
    asked.receive("min far")
    asked.receive("slår mig")

    assert [case.band for case in asked.cases()] == ["ja"]


def test_danger_after_stop_opens_the_case_in_silence(asked: Citizen) -> None:
    asked.write("STOP", act="stop")
    before = len(asked.rows())
    asked.write(ACUTE, act="bekymring", **ALARM)

    assert len(asked.rows()) == before
    assert [(case.band, case.contact_id is not None) for case in asked.cases()] == [("akut", True)]


def test_danger_and_a_soft_stop_get_only_the_confirmation_of_stop(texts: Texts, asked: Citizen) -> None:
    labels = READ_FIRST | {"wishes": [{"id": "stop", "score": 0.9}]}
    said = asked.write("der er ikke rart hjemme mere, og jeg gider ikke de her beskeder", act="bekymring", **labels)

    assert said == [texts.say("stop_bekraeftet", Audience.FORAELDER, Channel.SMS, kommune="Eksempel Kommune")]
    assert [case.kind for case in asked.cases()] == ["bekymring"]


def test_the_web_chat_says_in_plain_words_who_reads_it_and_when(child: Citizen) -> None:
    child.press("Ja")
    said = child.write(ACUTE, act="bekymring", **ALARM)

    assert "inden for 15 minutter" in said[0]
    assert said[1].endswith("Ring 112. Børn: 116 111.")


def test_what_a_child_writes_after_an_alarm_stands_on_the_case_at_once(context: Context, child: Citizen) -> None:
    child.press("Ja")
    child.write(ACUTE, act="bekymring", **ALARM)
    child.engine.down = True
    child.receive("kan i ringe")



    with context.database.read() as session:
        assert session.scalar(select(func.count()).select_from(CaseMessage)) == 2


def test_a_child_who_asks_for_help_is_read_first(child: Citizen) -> None:
    child.press("Ja")
    child.write("hjælp", act="hjaelp")

    assert [(case.kind, case.band) for case in child.cases()] == [("bekymring", "ja")]
