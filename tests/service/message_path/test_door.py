"""The door: whatever comes in is stored once, whole and unread by strangers, or lies in the spool."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bot.service.channels.base import Inbound as Incoming
from bot.service.context import Context
from bot.service.errors import UnknownCodeError
from bot.service.message_path import door
from bot.service.models import Conversation, Inbound, Outbound
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel
from tests.service.driver import Citizen
from tests.service.message_path.conftest import STRANGER, MachineClock

BLANK = {
    "empty": "",
    "blanks": " \t\n\u00a0",
    "NUL": "\x00",
    "zero width": "\u200b\u200d\u2060\ufeff",
    "bidi marks": "\u202e\u200f",
}
ODD = {
    "10,000 characters": "mødet " * 1666 + "slut",
    "emoji only": "😡👍🏽",
    "right to left": "الاجتماع كان جيدا",
    "NUL inside": "mødet\x00 var langt",
    "lone surrogate": "mødet var langt \ud83d",
    "only a lone surrogate": "\udc00",
    "zero width inside": "m\u200bødet\u200d var langt",
    "markup": "<script>alert(1)</script> {kommune} %s",
}


def sms(words: str = "hej", provider_id: str = "m1", **fields: object) -> Incoming:
    return replace(Incoming(Channel.SMS, provider_id, STRANGER, InboundKind.TEXT, text=words), **fields)  # type: ignore[arg-type]


def stored(context: Context) -> list[Inbound]:
    with context.database.read() as session:
        return list(session.scalars(select(Inbound).order_by(Inbound.id)))


def conversations(context: Context) -> list[Conversation]:
    with context.database.read() as session:
        return list(session.scalars(select(Conversation).order_by(Conversation.id)))


def waits(context: Context) -> timedelta:
    """How long after the newest message a worker will look at its conversation."""
    newest = stored(context)[-1]
    [conversation] = [c for c in conversations(context) if c.id == newest.conversation_id]
    assert conversation.turn_due_at is not None
    return conversation.turn_due_at - newest.arrived_at


def test_three_deliveries_of_one_event_are_one_message(context: Context) -> None:
    receipts = [door.receive(context, sms("hej", "m1")) for _ in range(3)]

    assert [receipt.duplicate for receipt in receipts] == [False, True, True]
    assert [row.original for row in stored(context)] == ["hej"]


def test_deliveries_at_the_same_moment_are_one_message(context: Context) -> None:
    receipts: list[door.Receipt] = []
    threads = [threading.Thread(target=lambda: receipts.append(door.receive(context, sms("hej", "m1")))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(receipt.duplicate for receipt in receipts) == [False, True, True]
    assert len(stored(context)) == 1
    assert len(conversations(context)) == 1


def test_two_messages_at_the_same_moment_are_both_stored(context: Context) -> None:
    threads = [threading.Thread(target=door.receive, args=(context, sms(f"ord {n}", f"m{n}"))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(row.original for row in stored(context)) == ["ord 0", "ord 1", "ord 2", "ord 3"]


def test_the_same_provider_id_on_two_channels_is_two_messages(parent: Citizen, child: Citizen) -> None:
    assert not parent.receive("hej", provider_id="same").duplicate
    assert not child.receive("hej", provider_id="same").duplicate


@pytest.mark.parametrize("words", BLANK.values(), ids=BLANK)
def test_what_nobody_can_see_is_stored_and_answered_at_the_door(context: Context, parent: Citizen, words: str) -> None:
    before = len(parent.rows())
    said = parent.write(words)

    assert said == [context.texts.say("tom_besked", channel=Channel.SMS)]
    assert stored(context)[-1].original == words
    assert (len(parent.rows()) - before, parent.engine.asked) == (1, [])


@pytest.mark.parametrize("words", ODD.values(), ids=ODD)
def test_odd_texts_are_stored_whole_and_answered_once(context: Context, parent: Citizen, words: str) -> None:
    said = parent.write(words, act="udenfor")

    assert stored(context)[-1].original == words
    assert said[0] == context.texts.say("udenfor", channel=Channel.SMS)
    assert (len(parent.engine.asked), parent.open_turns()) == (1, [])


@pytest.mark.parametrize("words", ["/restart", " //restart", "/ /restart", "/\x0crestart", "\u00a0/restart", "/\n/ restart"])
def test_a_text_that_begins_with_a_slash_is_text(context: Context, words: str) -> None:
    door.receive(context, sms(words))

    assert stored(context)[0].original == "restart"


def test_a_slash_within_a_text_stays(context: Context) -> None:
    door.receive(context, sms("ja/nej"))

    assert stored(context)[0].original == "ja/nej"


def test_an_unknown_chat_code_raises_and_stores_nothing(context: Context) -> None:
    unknown = Incoming(Channel.WEBCHAT, "m1", "abcdefghjk", InboundKind.TEXT, text="hej")

    with pytest.raises(UnknownCodeError):
        door.receive(context, unknown)
    assert (stored(context), conversations(context)) == ([], [])
    assert not (context.settings.home / "spool").exists()


def test_a_chat_code_is_found_as_a_hand_types_it(context: Context, child: Citizen) -> None:
    typed = f" {child.address[:5].upper()}-{child.address[5:]}"
    door.receive(context, Incoming(Channel.WEBCHAT, "typed", typed, InboundKind.TEXT, text="hej"))

    assert len(conversations(context)) == 1


def test_an_unknown_number_gets_a_conversation_and_an_answer(context: Context, stranger: Citizen) -> None:
    said = stranger.write("hvem er det?")

    assert [(c.address, c.participant_id) for c in conversations(context)] == [(STRANGER, None)]
    assert said == [context.texts.say("ukendt_nummer", channel=Channel.SMS, kommune="Eksempel Kommune")]


def test_original_found_values_and_address_are_encrypted_at_rest(context: Context) -> None:
    door.receive(context, sms("ring til mig på 00 00 00 42 eller skriv til en@eksempel.dk"))

    with context.database.read() as session:
        original, found, redacted = session.execute(text("SELECT original, found, redacted FROM inbound")).one()
        address = session.execute(text("SELECT address FROM conversation")).scalar_one()
    raw = f"{original} {found} {address}"
    assert not any(secret in raw for secret in ("00 00 00 42", "eksempel.dk", "ring", STRANGER))
    assert context.keys.decrypt(original).decode() == "ring til mig på 00 00 00 42 eller skriv til en@eksempel.dk"
    assert redacted == "ring til mig på [telefon] eller skriv til [e-mail]"


def test_what_was_found_can_be_read_with_the_key(context: Context) -> None:
    door.receive(context, sms("cpr 010203-4567"))

    assert stored(context)[0].found == [["cpr", "010203-4567"]]


def test_a_text_waits_for_its_next_piece(context: Context, parent: Citizen) -> None:
    parent.receive("det var et langt")

    assert waits(context) == timedelta(seconds=context.settings.join_seconds)


@pytest.mark.parametrize("words", ["ja", "Nej tak", "RING", "STOP", "jeg vil klage", "min far slår mig"])
def test_what_can_be_used_or_must_not_wait_is_due_at_once(context: Context, parent: Citizen, words: str) -> None:
    parent.receive(words)

    assert waits(context) == timedelta(0)


def test_a_usable_answer_to_a_closed_question_is_due_at_once(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    parent.receive("4")

    assert waits(context) == timedelta(0)


def test_a_press_is_due_at_once(context: Context, child: Citizen) -> None:
    child.receive(f"{child.rows()[-1].id}:ja", kind=InboundKind.PRESS)

    assert waits(context) == timedelta(0)


def test_pieces_are_waited_for_no_longer_than_a_minute(context: Context, stranger: Citizen, machine: MachineClock) -> None:
    for _ in range(20):
        stranger.receive("og så")
        machine.advance(3.1)

    first = stored(context)[0].arrived_at
    assert conversations(context)[0].turn_due_at == first + timedelta(seconds=60)


def test_the_time_of_arrival_is_business_time(context: Context) -> None:
    door.receive(context, sms())

    assert stored(context)[0].received_at == context.clock.now()


def test_our_own_mistake_loses_no_message(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bool:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(door, "answer_at_the_door", fail)

    assert door.receive(context, sms()).spooled
    assert stored(context) == []


def test_neither_database_nor_spool_means_no_acknowledgement(context: Context, locked: Callable[..., object]) -> None:
    (context.settings.home / "spool").write_text("a file where the folder should be")

    with locked(), pytest.raises(OSError, match="spool"):  # type: ignore[attr-defined]
        door.receive(context, sms())


def test_a_message_of_ours_is_made_by_no_duplicate(context: Context, parent: Citizen) -> None:
    for _ in range(3):
        parent.receive("", provider_id="blank")

    with context.database.read() as session:
        replies = session.scalar(select(func.count()).select_from(Outbound).where(Outbound.kind == "svar"))
    assert replies == 1
