"""What must be set before SMS go through GatewayAPI."""

from pathlib import Path

import pytest

from bot.service.errors import ConfigurationError
from bot.service.settings import Settings, read_settings
from tests.gatewayapi_server import SECRET
from tests.service_fixtures import ENVIRONMENT

GATEWAYAPI = {
    "GENKLANG_SMS_BRIDGE": "gatewayapi",
    "GENKLANG_SMS_SENDER": "4560575797",
    "GENKLANG_GATEWAYAPI_TOKEN": "invented-token",
    "GENKLANG_GATEWAYAPI_SECRET": SECRET,
}


def read(**changes: str) -> Settings:
    return read_settings(ENVIRONMENT | GATEWAYAPI | changes)


def test_the_european_address_is_the_usual_one() -> None:
    gateway = read().gatewayapi

    assert gateway is not None
    assert (gateway.token, gateway.secret, gateway.url) == ("invented-token", SECRET, "https://gatewayapi.eu")


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("token-of-a-file\n")
    gateway = read(GENKLANG_GATEWAYAPI_TOKEN="", GENKLANG_GATEWAYAPI_TOKEN_FILE=str(tmp_path / "token")).gatewayapi

    assert gateway is not None
    assert gateway.token == "token-of-a-file"


def test_secrets_are_not_shown() -> None:
    gateway = read().gatewayapi

    assert ("invented" in repr(gateway), SECRET in repr(gateway)) == (False, False)


def test_another_bridge_needs_none_of_it() -> None:
    assert read_settings(ENVIRONMENT).gatewayapi is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GENKLANG_GATEWAYAPI_TOKEN", ""),
        ("GENKLANG_GATEWAYAPI_SECRET", ""),
        ("GENKLANG_GATEWAYAPI_SECRET", "31-characters-are-one-too-few-x"),
        ("GENKLANG_GATEWAYAPI_URL", "gatewayapi.eu"),
        ("GENKLANG_GATEWAYAPI_URL", "http://gatewayapi.eu"),
        ("GENKLANG_GATEWAYAPI_URL", "http://127.0.0.1.example.dk"),
        ("GENKLANG_GATEWAYAPI_URL", "https://"),
    ],
)
def test_a_wrong_setting_stops_the_start_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read(**{name: value})


@pytest.mark.parametrize("url", ["https://gatewayapi.com/", "http://127.0.0.1:8080", "http://localhost:8080"])
def test_another_address_may_be_named(url: str) -> None:
    gateway = read(GENKLANG_GATEWAYAPI_URL=url).gatewayapi

    assert gateway is not None
    assert gateway.url == url.rstrip("/")
