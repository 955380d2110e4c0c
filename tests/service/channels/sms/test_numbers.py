"""Numbers as hands and gateways write them."""

from typing import Any

import pytest

from bot.service.channels.sms.numbers import is_number, read_number, read_sender
from bot.service.errors import UnreadableMessageError


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+4500000011", "+4500000011"),
        ("00000011", "+4500000011"),
        ("00 00 00 11", "+4500000011"),
        ("0000-0011", "+4500000011"),
        ("+46 70 000 00 00", "+46700000000"),
    ],
)
def test_numbers_as_they_are_typed(typed: str, number: str) -> None:
    assert read_number(typed) == number


@pytest.mark.parametrize("typed", [None, 12345678, "", "112", "+45", "+0700000000", "+45 0000 001a", "٠٠٠٠٠٠١١"])
def test_what_is_no_number(typed: Any) -> None:
    with pytest.raises(UnreadableMessageError, match="`from` must be a phone number"):
        read_number(typed)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("+4500000011", "+4500000011"),
        ("4500000011", "+4500000011"),
        ("004500000011", "+4500000011"),
        ("00000011", "+4500000011"),
        (" +45 00 00 00 11 ", "+4500000011"),
        ("46700000000", "+46700000000"),
        ("+299000000", "+299000000"),  # Greenland has six digits
        ("299000000", "+299000000"),
    ],
)
def test_the_sender_is_the_same_in_every_form(given: str, address: str) -> None:
    assert read_sender(given) == address
    assert is_number(address)


@pytest.mark.parametrize(
    ("given", "address"),
    [("1212", "1212"), ("116111", "116111"), ("BANKEN", "BANKEN"), (" Min Bank ", "Min Bank"), ("", "?"), ("x" * 41, "x" * 40)],
)
def test_short_code_or_name_is_kept_as_an_address_to_which_nothing_is_sent(given: str, address: str) -> None:
    assert read_sender(given) == address
    assert not is_number(address)
