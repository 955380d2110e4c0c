"""Settings: each wrong value stops the start with one clear sentence."""

from pathlib import Path

import pytest

from bot.service.errors import ConfigurationError
from bot.service.settings import Mode, read_settings
from tests.service_fixtures import ENVIRONMENT

PRODUCTION = {name: value for name, value in ENVIRONMENT.items() if name not in {"GENKLANG_MODE", "GENKLANG_DEV_TOKEN"}}


def wrong_hours(value: str) -> str:
    return f"GENKLANG_SENDING_HOURS must be hours such as 9-20, or 9-20 fagperson=8-16 where some differ, not {value!r}"


WRONG = [
    ("GENKLANG_MODE", "test", "GENKLANG_MODE is 'test'; it must be one of: production, development"),
    ("GENKLANG_MUNICIPALITY", " ", "GENKLANG_MUNICIPALITY is not set; README.md (Settings) says what belongs there"),
    ("GENKLANG_PORT", "0", "GENKLANG_PORT must be a whole number from 1 to 65533, not '0'"),
    ("GENKLANG_PORT", "65534", "GENKLANG_PORT must be a whole number from 1 to 65533, not '65534'"),
    ("GENKLANG_PORT", "8000.5", "GENKLANG_PORT must be a whole number from 1 to 65533, not '8000.5'"),
    ("GENKLANG_PORT", "-1", "GENKLANG_PORT must be a whole number from 1 to 65533, not '-1'"),
    ("GENKLANG_COMPLAINT_HOURS", "25", "GENKLANG_COMPLAINT_HOURS must be a whole number from 1 to 24, not '25'"),
    ("GENKLANG_COMPLAINT_HOURS", "0", "GENKLANG_COMPLAINT_HOURS must be a whole number from 1 to 24, not '0'"),
    ("GENKLANG_CALLING_FROM", "24", "GENKLANG_CALLING_FROM must be a whole number from 0 to 23, not '24'"),
    ("GENKLANG_CALLING_UNTIL", "25", "GENKLANG_CALLING_UNTIL must be a whole number from 1 to 24, not '25'"),
    ("GENKLANG_CALLING_FROM", "20", "GENKLANG_CALLING_FROM must be before GENKLANG_CALLING_UNTIL"),
    ("GENKLANG_SENDING_HOURS", "20-9", wrong_hours("20-9")),
    ("GENKLANG_SENDING_HOURS", "9-9", wrong_hours("9-9")),
    ("GENKLANG_SENDING_HOURS", "9-25", wrong_hours("9-25")),
    ("GENKLANG_SENDING_HOURS", "9", wrong_hours("9")),
    ("GENKLANG_SENDING_HOURS", "9-20 fagperson", wrong_hours("9-20 fagperson")),
    ("GENKLANG_SENDING_HOURS", "9-20 alle=8-16", wrong_hours("9-20 alle=8-16")),
    ("GENKLANG_SENDING_HOURS", "9-20 fagperson=16-8", wrong_hours("9-20 fagperson=16-8")),
    ("GENKLANG_SENDING_HOURS", "fagperson=8-16", wrong_hours("fagperson=8-16")),
    ("GENKLANG_SMS_PER_SECOND", "0", "GENKLANG_SMS_PER_SECOND must be a whole number from 1 to 1000, not '0'"),
    ("GENKLANG_SMS_BRIDGE", "due", "GENKLANG_SMS_BRIDGE is 'due'; it must be one of: none, simulator, kannel, gatewayapi"),
    ("GENKLANG_TELEGRAM_MINIMUM_AGE", "6", "GENKLANG_TELEGRAM_MINIMUM_AGE must be a whole number from 7 to 99, not '6'"),
    ("GENKLANG_TELEGRAM_BOT", "t.me/x", "GENKLANG_TELEGRAM_BOT must be the bot's username, such as anna_bot, not 't.me/x'"),
    ("GENKLANG_DEMO", "by", "GENKLANG_DEMO is 'by'; it must be one of: town, none"),
    ("GENKLANG_JOIN_SECONDS", "straks", "GENKLANG_JOIN_SECONDS must be a number of seconds from 0 to 60, not 'straks'"),
    ("GENKLANG_JOIN_SECONDS", "nan", "GENKLANG_JOIN_SECONDS must be a number of seconds from 0 to 60, not 'nan'"),
    ("GENKLANG_JOIN_SECONDS", "60.1", "GENKLANG_JOIN_SECONDS must be a number of seconds from 0 to 60, not '60.1'"),
]
SECRETS = ["GENKLANG_KEY", "GENKLANG_HASH_KEY", "GENKLANG_ENGINE_TOKEN", "GENKLANG_ACTION_TOKEN", "GENKLANG_DEV_TOKEN"]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
def test_a_wrong_value_is_named_with_what_it_must_be(name: str, value: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_settings(ENVIRONMENT | {name: value})

    assert str(raised.value) == sentence


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_secret_is_named_with_both_ways_to_give_it(name: str, value: str | None) -> None:
    environment = {key: known for key, known in ENVIRONMENT.items() if key != name} | ({name: value} if value else {})

    with pytest.raises(ConfigurationError) as raised:
        read_settings(environment)
    assert str(raised.value) == f"{name} is not set; give it, or {name}_FILE with the path of a file that holds it"


@pytest.mark.parametrize("secret", ["kort", "hemmelighed-med-æøå", "a" * 257, "to ord, som er lange nok"])
def test_a_webhook_secret_that_telegram_would_not_take_is_refused_and_not_quoted(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="GENKLANG_TELEGRAM_SECRET must be 16 to 256") as raised:
        read_settings(ENVIRONMENT | {"GENKLANG_TELEGRAM_SECRET": secret})

    assert secret not in str(raised.value)


@pytest.mark.parametrize(("given", "name"), [("", None), ("@anna_bot", "anna_bot"), (" Anna_Bot ", "Anna_Bot")])
def test_the_bots_name_may_be_given_with_its_at(given: str, name: str | None) -> None:
    assert read_settings(ENVIRONMENT | {"GENKLANG_TELEGRAM_BOT": given}).telegram_bot == name


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from a file\n")
    environment = PRODUCTION | {"GENKLANG_ACTION_TOKEN_FILE": str(tmp_path / "token")}

    assert read_settings(environment).action_token == "from a file"


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    environment = ENVIRONMENT | {"GENKLANG_KEY_FILE": str(tmp_path / "no such file")}

    with pytest.raises(ConfigurationError, match="GENKLANG_KEY_FILE names a file that cannot be read"):
        read_settings(environment)


@pytest.mark.parametrize("name", SECRETS)
def test_an_empty_secret_file_is_no_secret(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").write_text("\n")

    with pytest.raises(ConfigurationError):
        read_settings(ENVIRONMENT | {f"{name}_FILE": str(tmp_path / "empty")})


def test_a_secret_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(bytes(range(128, 160)))

    with pytest.raises(ConfigurationError):
        read_settings(ENVIRONMENT | {"GENKLANG_KEY_FILE": str(tmp_path / "key")})


def test_a_raised_two_is_no_number() -> None:
    with pytest.raises(ConfigurationError):
        read_settings(ENVIRONMENT | {"GENKLANG_PORT": "8²"})


def test_the_phone_simulator_is_refused_in_production() -> None:
    with pytest.raises(ConfigurationError, match="is for development mode only; choose kannel, gatewayapi or none"):
        read_settings(PRODUCTION | {"GENKLANG_SMS_BRIDGE": "simulator"})


def test_production_is_the_default_and_knows_no_development_token() -> None:
    settings = read_settings(PRODUCTION | {"GENKLANG_DEV_TOKEN": "left over"})

    assert (settings.mode, settings.development) == (Mode.PRODUCTION, False)
    assert (settings.dev_token, settings.sms_bridge) == (None, "none")


def test_what_the_readme_promises_where_nothing_is_set(tmp_path: Path) -> None:
    settings = read_settings(PRODUCTION | {"GENKLANG_HOME": str(tmp_path)})

    assert (settings.port, settings.complaint_hours, settings.calling_from, settings.calling_until) == (8000, 24, 8, 20)
    assert (settings.database, settings.engine_url) == (f"sqlite:///{tmp_path / 'genklang.db'}", "http://127.0.0.1:8001")
    assert settings.join_seconds == 4


def test_no_secret_shows_in_a_log() -> None:
    settings = read_settings(ENVIRONMENT)

    shown = f"{settings!r} {settings}"
    assert not any(ENVIRONMENT[name] in shown for name in SECRETS)
