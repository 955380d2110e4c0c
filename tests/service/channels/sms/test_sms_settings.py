"""Settings of the bridges: a missing or wrong one stops the start with one sentence."""

import ipaddress
from typing import Any

import pytest

from bot.service.errors import ConfigurationError
from bot.service.settings import Settings, read_settings
from tests.service_fixtures import ENVIRONMENT

KANNEL = {
    "GENKLANG_SMS_BRIDGE": "kannel",
    "GENKLANG_SMS_SENDER": "4500001212",
    "GENKLANG_KANNEL_USER": "genklang",
    "GENKLANG_KANNEL_PASSWORD": "invented-password",
    "GENKLANG_KANNEL_SECRET": "invented-kannel-secret",
}


def read(**changed: Any) -> Settings:
    environment = ENVIRONMENT | KANNEL | changed
    return read_settings({name: value for name, value in environment.items() if value is not None})


def test_kannel_beside_us_needs_three_secrets_and_a_sender() -> None:
    settings = read()

    assert settings.kannel is not None
    assert (settings.sms_sender, settings.kannel.url) == ("4500001212", "http://127.0.0.1:13013/cgi-bin/sendsms")
    assert settings.kannel.networks == (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("::1/128"))


def test_kannel_may_stand_elsewhere() -> None:
    settings = read(GENKLANG_KANNEL_URL="https://sms.example/send", GENKLANG_KANNEL_NETWORKS="192.0.2.0/24,2001:db8::/32")

    assert settings.kannel is not None
    assert settings.kannel.url == "https://sms.example/send"
    assert [str(network) for network in settings.kannel.networks] == ["192.0.2.0/24", "2001:db8::/32"]


def test_other_bridges_need_none_of_it() -> None:
    settings = read_settings(ENVIRONMENT | {"GENKLANG_SMS_BRIDGE": "none"})

    assert (settings.kannel, settings.sms_sender) == (None, "")


@pytest.mark.parametrize("name", ["GENKLANG_SMS_SENDER", "GENKLANG_KANNEL_USER"])
def test_missing_setting_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name} is not set; README.md"):
        read(**{name: None})


@pytest.mark.parametrize("name", ["GENKLANG_KANNEL_PASSWORD", "GENKLANG_KANNEL_SECRET"])
def test_missing_secret_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name} is not set; give it, or {name}_FILE"):
        read(**{name: None})


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("GENKLANG_KANNEL_URL", "127.0.0.1:13013", "must be an address such as http"),
        ("GENKLANG_KANNEL_URL", "ftp://sms.example/", "must be an address such as http"),
        ("GENKLANG_KANNEL_URL", "http://sms.example/?user=x", "must be an address such as http"),
        ("GENKLANG_KANNEL_SECRET", "short", "must be 16 or more of the characters"),
        ("GENKLANG_KANNEL_SECRET", "not@fit/for:a-url-of-kannel", "must be 16 or more of the characters"),
        ("GENKLANG_KANNEL_PASSWORD", "blåbær", "must be of letters, digits and signs without blanks"),
        ("GENKLANG_KANNEL_USER", "two words", "must be of letters, digits and signs without blanks"),
        ("GENKLANG_KANNEL_NETWORKS", "127.0.0.1/8", "must be networks such as"),
        ("GENKLANG_KANNEL_NETWORKS", "localhost", "must be networks such as"),
        ("GENKLANG_KANNEL_NETWORKS", "127.0.0.1,", "must be networks such as"),
    ],
)
def test_wrong_setting_is_named_with_what_it_must_be(name: str, value: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name} {sentence}"):
        read(**{name: value})


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ("1212", "1212"),
        ("+4500001212", "4500001212"),
        ("1" * 15, "1" * 15),
        ("Kommunen", "Kommunen"),
        ("Team 2 A-B", "Team 2 A-B"),
    ],
)
def test_sender_is_a_number_or_a_short_name(given: str, sender: str) -> None:
    assert read(GENKLANG_SMS_SENDER=given).sms_sender == sender


@pytest.mark.parametrize("given", ["12", "1" * 16, "Eksempel Kommune", "Børn", "a\nb", "-", "Kommunen!"])
def test_what_no_phone_shows_as_a_sender_is_refused(given: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^GENKLANG_SMS_SENDER must be a number of 3 to 15 digits"):
        read(GENKLANG_SMS_SENDER=given)


def test_no_secret_stands_in_the_settings_words() -> None:
    said = f"{read()!r} {read().kannel!r}"

    assert "genklang" in said
    assert "invented" not in said
