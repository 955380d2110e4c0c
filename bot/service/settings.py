"""Every setting, read once from the environment, typed; a wrong one stops the start with a sentence that says how to mend it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.service.channels.sms.gatewayapi.settings import GatewayApiSettings, read_gatewayapi
from bot.service.channels.sms.kannel.settings import KannelSettings, read_kannel
from bot.service.channels.sms.settings import REAL_BRIDGES, read_sms_sender
from bot.service.channels.telegram.settings import read_bot_name, read_webhook_secret
from bot.service.errors import ConfigurationError
from bot.service.setting_reader import SettingReader
from bot.shared.codebook import Audience

SMS_BRIDGES = ("none", "simulator", *REAL_BRIDGES)
MAX_COMPLAINT_HOURS = 24  # a municipality may only promise more, not less


class Mode(StrEnum):
    """Development opens /dev, the phone simulator and the movable clock."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


@dataclass(frozen=True)
class Settings:
    """What a process of the service needs to know. Secrets never appear in `repr`."""

    home: Path
    port: int
    mode: Mode
    database: str
    municipality: str
    key_text: str
    hash_key_text: str
    engine_url: str
    engine_token: str
    service_url: str  # where the worker sees whether actions can run
    action_token: str
    dev_token: str | None
    control_url: str | None
    public_url: str
    sms_bridge: str
    sms_sender: str  # what the phone shows; "" without a real bridge
    kannel: KannelSettings | None  # None: another bridge
    gatewayapi: GatewayApiSettings | None  # None: another bridge
    complaint_hours: int
    calling_from: int  # hour of the day, Europe/Copenhagen
    calling_until: int
    sending_hours: Mapping[str, tuple[int, int]]  # of invitations and reminders on working days, by Audience
    sms_per_second: int
    telegram_token: str | None
    telegram_secret: str | None
    telegram_api: str
    telegram_bot: str | None  # its username, for the links on cards
    telegram_minimum_age: int
    demo: bool  # whether `make run` loads the invented municipality
    join_seconds: float  # how long a text waits for its next piece (machine time)

    @property
    def development(self) -> bool:
        """Whether this is a development instance."""
        return self.mode is Mode.DEVELOPMENT

    def __repr__(self) -> str:
        return f"Settings(mode={self.mode}, home={self.home}, port={self.port})"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    Raises:
        ConfigurationError: naming the setting that is missing or wrong and how to mend it.
    """
    read = SettingReader(environment)
    mode = Mode(read.choice("GENKLANG_MODE", Mode.PRODUCTION, tuple(Mode)))
    home = Path(read.text("GENKLANG_HOME", "var")).resolve()
    port = read.number("GENKLANG_PORT", 8000, 1, 65533)
    usual_bridge = "simulator" if mode is Mode.DEVELOPMENT else "none"
    sms_bridge = read.choice("GENKLANG_SMS_BRIDGE", usual_bridge, SMS_BRIDGES)
    if sms_bridge == "simulator" and mode is not Mode.DEVELOPMENT:
        raise ConfigurationError("GENKLANG_SMS_BRIDGE=simulator is for development mode only; choose kannel, gatewayapi or none")
    calling_from, calling_until = (
        read.number("GENKLANG_CALLING_FROM", 8, 0, 23),
        read.number("GENKLANG_CALLING_UNTIL", 20, 1, 24),
    )
    if calling_from >= calling_until:
        raise ConfigurationError("GENKLANG_CALLING_FROM must be before GENKLANG_CALLING_UNTIL")
    return Settings(
        home=home,
        port=port,
        mode=mode,
        database=read.text("GENKLANG_DATABASE", f"sqlite:///{home / 'genklang.db'}"),
        municipality=read.text("GENKLANG_MUNICIPALITY"),
        key_text=read.secret("GENKLANG_KEY"),
        hash_key_text=read.secret("GENKLANG_HASH_KEY"),
        engine_url=read.text("GENKLANG_ENGINE_URL", f"http://127.0.0.1:{port + 1}"),
        engine_token=read.secret("GENKLANG_ENGINE_TOKEN"),
        service_url=read.text("GENKLANG_SERVICE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        action_token=read.secret("GENKLANG_ACTION_TOKEN"),
        dev_token=read.secret("GENKLANG_DEV_TOKEN") if mode is Mode.DEVELOPMENT else None,
        control_url=environment.get("GENKLANG_CONTROL_URL") if mode is Mode.DEVELOPMENT else None,
        public_url=read.text("GENKLANG_PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        sms_bridge=sms_bridge,
        sms_sender=read_sms_sender(read) if sms_bridge in REAL_BRIDGES else "",
        kannel=read_kannel(read) if sms_bridge == "kannel" else None,
        gatewayapi=read_gatewayapi(read) if sms_bridge == "gatewayapi" else None,
        complaint_hours=read.number("GENKLANG_COMPLAINT_HOURS", MAX_COMPLAINT_HOURS, 1, MAX_COMPLAINT_HOURS),
        calling_from=calling_from,
        calling_until=calling_until,
        sending_hours=read.hours_for("GENKLANG_SENDING_HOURS", "9-20", tuple(Audience)),
        sms_per_second=read.number("GENKLANG_SMS_PER_SECOND", 10, 1, 1000),
        telegram_token=read.optional_secret("GENKLANG_TELEGRAM_TOKEN"),
        telegram_secret=read_webhook_secret(read),
        telegram_api=read.text("GENKLANG_TELEGRAM_API", "https://api.telegram.org"),
        telegram_bot=read_bot_name(read),
        telegram_minimum_age=read.number("GENKLANG_TELEGRAM_MINIMUM_AGE", 18, 7, 99),
        demo=read.choice("GENKLANG_DEMO", "town", ("town", "none")) == "town",
        join_seconds=read.decimal("GENKLANG_JOIN_SECONDS", "4", 0, 60),
    )

