"""What the provider brings, read into ours."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.service.channels.base import Inbound, Receipt, ReceiptState
from bot.service.channels.sms.gatewayapi.inbound import is_message, read_message, read_receipt
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel
from tests.gatewayapi_server import FINAL, message

SENT_AT = datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)
MESSAGE = message(2_000_001, "+4500000012", "Hej æøå 🙂")
STATUS = {"id": 1_000_001, "msisdn": 4500000012, "time": 1_795_000_000, "status": "DELIVERED", "userref": "genklang:17"}


def without(claims: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if name not in names}


def test_a_message_is_read() -> None:
    assert read_message(MESSAGE) == Inbound(
        Channel.SMS, "gatewayapi:2000001", "+4500000012", InboundKind.TEXT, text="Hej æøå 🙂", sent_at=SENT_AT
    )


@pytest.mark.parametrize(
    ("claims", "address"),
    [
        ({"msisdn": 4500000012}, "+4500000012"),
        ({"msisdn": "4500000012"}, "+4500000012"),
        ({"msisdn": 46701740605}, "+46701740605"),  # of the range that Sweden keeps for invented numbers
        ({"msisdn": 298000000}, "+298000000"),
        ({"msisdn": 299000000}, "+299000000"),
        ({"msisdn": 450000000012}, "+450000000012"),
        ({"msisdn": 1204}, "1204"),
        ({"msisdn": 451204}, "451204"),
        ({"msisdn": 45120400}, "45120400"),
        ({"msisdn": 0, "sender": "Eksempel"}, "Eksempel"),
        ({"msisdn": None, "sender": " Eksempel "}, "Eksempel"),
        ({"msisdn": 1204, "sender": "Eksempel"}, "Eksempel"),
        ({"msisdn": 4500000012, "sender": "Eksempel"}, "+4500000012"),
        ({"sender": "x" * 500}, "x" * 40),
        ({"msisdn": True}, "?"),
        ({"msisdn": [], "sender": {}}, "?"),
        ({"msisdn": -4500000012}, "?"),
        ({}, "?"),
    ],
)
def test_sender_of_whatever_kind_has_an_address(claims: dict[str, Any], address: str) -> None:
    assert read_message(without(MESSAGE, "msisdn") | claims).address == address


@pytest.mark.parametrize(
    ("claims", "kind", "text"),
    [
        ({"message": ""}, InboundKind.TEXT, ""),
        ({"message": 1}, InboundKind.TEXT, "1"),
        ({"message": "\ud83d"}, InboundKind.TEXT, "\ud83d"),
        ({"message": None, "payload": "cGF5bG9hZA==", "udh": "BQQLhCPw"}, InboundKind.MEDIA, ""),
        ({"message": ["hej"]}, InboundKind.MEDIA, ""),
    ],
)
def test_content_that_is_no_text_is_kept_for_a_human(claims: dict[str, Any], kind: InboundKind, text: str) -> None:
    read = read_message(MESSAGE | claims)

    assert (read.kind, read.text) == (kind, text)


@pytest.mark.parametrize("senttime", [None, "i går", True, float("nan"), 1e30, -1e30])
def test_odd_time_is_no_time(senttime: Any) -> None:
    assert read_message(MESSAGE | {"senttime": senttime}).sent_at is None


def test_message_without_an_id_is_known_by_all_that_it_says() -> None:
    nameless = without(MESSAGE, "id")

    first, again, later = (read_message(nameless | {"senttime": at}).provider_id for at in (1, 1, 2))

    assert (first == again, first == later, len(first) <= 200) == (True, False, True)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (MESSAGE, True),
        (without(MESSAGE, "message"), True),
        (STATUS, False),
        (STATUS | {"message": "hej"}, False),
        ({}, False),
        ({"id": 1, "msisdn": 4500000012, "roaming": False}, False),
    ],
)
def test_message_and_state_are_told_apart(claims: dict[str, Any], *, expected: bool) -> None:
    assert is_message(claims) is expected


def test_a_state_is_read() -> None:
    assert read_receipt(STATUS) == Receipt(
        Channel.SMS, ReceiptState.DELIVERED, reference="17", provider_id="1000001", at=SENT_AT
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("DELIVERED", ReceiptState.DELIVERED),
        ("EXPIRED", ReceiptState.EXPIRED),
        ("UNDELIVERABLE", ReceiptState.FAILED),
        ("REJECTED", ReceiptState.FAILED),
        ("DELETED", ReceiptState.FAILED),
        ("SKIPPED", ReceiptState.FAILED),
        ("ACCEPTED", ReceiptState.ACCEPTED),
        ("BUFFERED", ReceiptState.ACCEPTED),
        ("ENROUTE", ReceiptState.ACCEPTED),
        ("SCHEDULED", ReceiptState.ACCEPTED),
        ("UNKNOWN", ReceiptState.ACCEPTED),
        ("Enroute", ReceiptState.ACCEPTED),
    ],
)
def test_state_of_the_provider_becomes_ours(status: str, state: ReceiptState) -> None:
    receipt = read_receipt(STATUS | {"status": status})

    assert receipt is not None
    assert receipt.state == state


def test_every_final_state_is_known() -> None:
    assert {status for status in FINAL if read_receipt(STATUS | {"status": status}) is not None} == FINAL


@pytest.mark.parametrize(
    "claims",
    [
        {"status": "TELEPORTED"},
        {"status": None},
        {"userref": None},
        {"userref": "17"},  # another system's, on the same account
        {"userref": "genklang:"},
        {"userref": "genklang:1 OR 1"},
        {"userref": 17},
    ],
)
def test_state_that_says_nothing_of_ours_is_left(claims: dict[str, Any]) -> None:
    assert read_receipt(STATUS | claims) is None
