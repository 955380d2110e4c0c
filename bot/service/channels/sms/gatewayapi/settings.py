"""What the GatewayAPI bridge needs to know."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.service.errors import ConfigurationError
from bot.service.setting_reader import SettingReader

EUROPE = "https://gatewayapi.eu"
SHORTEST_SECRET = 32  # bytes: RFC 7518 asks HS256 for a key no shorter than its hash
OURSELVES = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class GatewayApiSettings:
    """Read once at the start."""

    token: str = field(repr=False)  # of the API key, for sending
    secret: str = field(repr=False)  # with which the provider signs what it brings
    url: str  # without a slash at its end


def read_gatewayapi(read: SettingReader) -> GatewayApiSettings:
    """The bridge's settings.

    Raises:
        ConfigurationError: naming the setting that is missing or wrong and how to mend it.
    """
    secret = read.secret("GENKLANG_GATEWAYAPI_SECRET")
    if len(secret.encode()) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"GENKLANG_GATEWAYAPI_SECRET is too short: make one of {SHORTEST_SECRET} characters or more, also for the webhook"
        )
    return GatewayApiSettings(read.secret("GENKLANG_GATEWAYAPI_TOKEN"), secret, _read_url(read))


def _read_url(read: SettingReader) -> str:
    url = read.text("GENKLANG_GATEWAYAPI_URL", EUROPE).rstrip("/")
    parts = urlsplit(url)
    if parts.hostname is None or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in OURSELVES)):
        raise ConfigurationError("GENKLANG_GATEWAYAPI_URL must be an https address, such as https://gatewayapi.eu")
    return url
