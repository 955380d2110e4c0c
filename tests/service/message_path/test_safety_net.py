"""The safety net at the door: needs no engine, loses no message, and a human comes where it fails."""

import pytest
from sqlalchemy import select, update

from bot.service.context import Context
from bot.service.logic import concerns
from bot.service.message_path import feed_back, turns
from bot.service.models import Case, CaseMessage, Inbound, Interview, OptOut, Outbound
from bot.service.models.words import CaseKind, Disposition, InboundKind, OutboundKind, OutboundState
from bot.shared import safety_net as rules
from tests.service.driver import Citizen
from tests.service.message_path.conftest import MachineClock

VIOLENCE = "min far slår mig"  # read first
ACUTE = "jeg vil ikke leve mere, jeg gør det i aften"  # an alarm


@pytest.fixture
def broken_rules(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def fail(*_: object) -> rules.NetFindings:
        raise RecursionError("the rules fail")

    monkeypatch.setattr(rules, "read", fail)
    return monkeypatch


def disposition(context: Context) -> str:
    with context.database.read() as session:
        return session.scalars(select(Interview.disposition)).one()


def newest(context: Context) -> Inbound:
    with context.database.read() as session:
        return session.scalars(select(Inbound).order_by(Inbound.id.desc()).limit(1)).one()


def outbound(context: Context) -> list[tuple[str, str]]:
    with context.database.read() as session:
        return [(row.kind, row.state) for row in session.scalars(select(Outbound).order_by(Outbound.id))]


def test_a_message_on_which_the_rules_fail_is_stored_unread(parent: Citizen, broken_rules: pytest.MonkeyPatch) -> None:
    receipt = parent.receive(VIOLENCE)

    assert (receipt.spooled, receipt.duplicate) == (False, False)
    assert (newest(parent.context).original, newest(parent.context).net_read_at) == (VIOLENCE, None)
    assert parent.cases() == []


def test_an_unread_message_is_read_first(parent: Citizen, broken_rules: pytest.MonkeyPatch) -> None:
    parent.receive(VIOLENCE)
    broken_rules.undo()
    parent.hurry()
    before = turns.lease_next(parent.context, "a worker")
    done = feed_back.read_unread(parent.context)

    assert (before, done) == (None, 1)
    assert [(case.kind, case.band) for case in parent.cases()] == [(CaseKind.BEKYMRING, "ja")]
    assert turns.lease_next(parent.context, "a worker") is not None


def test_nothing_is_read_twice(parent: Citizen) -> None:
    parent.receive(VIOLENCE)

    assert feed_back.read_unread(parent.context) == 0


def test_what_the_rules_fail_on_twice_is_read_first_by_a_human(parent: Citizen, broken_rules: pytest.MonkeyPatch) -> None:
    parent.receive("noget, som reglerne ikke kan læse")
    feed_back.read_unread(parent.context)

    assert [(case.kind, case.band) for case in parent.cases()] == [(CaseKind.UBEHANDLET, "ja")]
    assert newest(parent.context).net_read_at is not None
    assert feed_back.read_unread(parent.context) == 0


def test_an_alarm_that_cannot_be_acted_on_reaches_a_human_as_an_alarm(
    parent: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("a text is missing")

    monkeypatch.setattr(concerns, "answer", fail)
    parent.receive(ACUTE)
    halfway = parent.cases()
    feed_back.read_unread(parent.context)

    assert halfway == []  # case, end of the interview and reply are committed together, or none of them
    assert [(case.kind, case.band) for case in parent.cases()] == [(CaseKind.UBEHANDLET, "akut")]


def test_one_message_that_fails_keeps_no_other_from_being_read(parent: Citizen, broken_rules: pytest.MonkeyPatch) -> None:
    parent.receive("det første")
    parent.receive("det andet")

    assert feed_back.read_unread(parent.context) == 2
    assert len(parent.cases()) == 1


def test_danger_from_a_stranger_opens_a_case_with_the_number(stranger: Citizen) -> None:
    stranger.engine.down = True
    stranger.receive(ACUTE)

    assert [(case.kind, case.band, case.contact_id is None) for case in stranger.cases()] == [(CaseKind.BEKYMRING, "akut", False)]


def test_stop_opts_out_takes_back_what_waits_and_confirms_once(context: Context, parent: Citizen) -> None:
    parent.engine.down = True
    parent.receive("noget")
    parent.receive("")  # answered at the door
    parent.receive("STOP")
    parent.receive("stop tak.")

    assert outbound(context)[1:] == [
        (OutboundKind.REPLY, OutboundState.CANCELLED),
        (OutboundKind.STOP, OutboundState.WAITING),
    ]
    with context.database.read() as session:
        assert len(session.scalars(select(OptOut)).all()) == 1


def test_stop_ends_the_interview_as_stopped(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    parent.receive("STOP")

    assert disposition(context) == Disposition.STOPPET


def test_stop_on_one_channel_leaves_the_other_alone(parent: Citizen, child: Citizen) -> None:
    parent.receive("STOP")

    assert child.write("hej", act="hilsen") != []


def test_danger_and_complaint_after_stop_open_their_cases_in_silence(context: Context, parent: Citizen) -> None:
    parent.receive("STOP")
    before = outbound(context)
    parent.receive("jeg vil klage")
    parent.receive(ACUTE)

    assert outbound(context) == before
    assert [case.kind for case in parent.cases()] == [CaseKind.KLAGE, CaseKind.BEKYMRING]


def test_a_complaint_opens_its_case_at_once_and_the_turn_carries_on(parent: Citizen) -> None:
    parent.engine.down = True
    before = len(parent.rows())
    parent.receive("Jeg vil klage over vores rådgiver")

    assert [case.kind for case in parent.cases()] == [CaseKind.KLAGE]
    assert (len(parent.rows()) - before, newest(parent.context).net_replied) == (0, False)


def test_what_is_written_after_an_alarm_stands_on_its_case_at_once(context: Context, child: Citizen) -> None:
    child.receive(ACUTE)
    child.receive("jeg sidder på mit værelse")

    with context.database.read() as session:
        words = list(session.scalars(select(CaseMessage.text).order_by(CaseMessage.id)))
    assert words == [ACUTE, "jeg sidder på mit værelse"]


def test_pieces_of_the_same_minute_are_read_together(parent: Citizen, machine: MachineClock) -> None:
    parent.receive("jeg vil ikke")
    machine.advance(60)
    parent.receive("leve mere")

    assert [case.band for case in parent.cases()] == ["ja"]


def test_pieces_further_apart_are_not_read_together(parent: Citizen, machine: MachineClock) -> None:
    parent.receive("jeg vil ikke")
    machine.advance(60.1)
    parent.receive("leve mere")

    assert parent.cases() == []


def test_the_words_of_two_citizens_are_never_joined(parent: Citizen, stranger: Citizen) -> None:
    parent.receive("jeg vil ikke")
    stranger.receive("leve mere")

    assert parent.cases() == []


def test_danger_is_answered_once_though_harmless_words_follow(parent: Citizen) -> None:
    before = len(parent.rows())
    parent.receive(VIOLENCE)
    parent.receive("ja")

    assert len(parent.rows()) - before == 1


def test_a_second_danger_message_takes_back_the_acknowledgement(context: Context, parent: Citizen) -> None:
    parent.receive(VIOLENCE)
    with context.database.write() as session:
        session.execute(update(Case).values(acknowledged_at=context.clock.now()))
    context.clock.advance(60)
    parent.receive(VIOLENCE)

    assert [case.acknowledged_at for case in parent.cases()] == [None]


@pytest.mark.parametrize("kind", [InboundKind.PRESS, InboundKind.MEDIA, InboundKind.OPEN])
def test_what_holds_no_words_counts_as_read(child: Citizen, kind: InboundKind) -> None:
    child.receive("1:ja", kind=kind)

    assert newest(child.context).net_read_at is not None


def test_who_blocks_us_says_stop(context: Context, parent: Citizen) -> None:
    parent.receive("", kind=InboundKind.LEFT)

    assert disposition(context) == Disposition.STOPPET
    assert newest(context).net_stop


def test_a_sticker_says_what_its_emoji_says(context: Context, parent: Citizen) -> None:
    parent.receive("🆘", kind=InboundKind.STICKER)

    assert [case.kind for case in parent.cases()] == [CaseKind.BEKYMRING]
    with context.database.read() as session:
        assert session.scalars(select(CaseMessage.text)).all() == ["🆘"]


def test_a_caption_and_a_text_are_read_together(context: Context, parent: Citizen) -> None:
    parent.receive("min far", kind=InboundKind.MEDIA)
    parent.receive("slår mig")

    assert CaseKind.BEKYMRING in [case.kind for case in parent.cases()]
    with context.database.read() as session:
        unread = session.scalars(select(Case).where(Case.kind == CaseKind.UBEHANDLET)).one()
        assert unread.conversation_id is not None
