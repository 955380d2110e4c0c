"""What the Kannel bridge needs to know."""

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.service.errors import ConfigurationError
from bot.service.setting_reader import SettingReader

LOOPBACK = "127.0.0.1/32, ::1/128"

_SECRET = re.compile(r"[A-Za-z0-9_-]{16,200}")  # it stands in a URL of Kannel's configuration
_IN_A_HEADER = re.compile(r"[!-~]+")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class KannelSettings:
    """Read once at the start."""

    url: str  # of sendsms
    user: str
    password: str = field(repr=False)
    secret: str = field(repr=False)  # by which we know Kannel when it calls
    networks: tuple[Network, ...]  # from where it calls


def read_kannel(read: SettingReader) -> KannelSettings:
    """The bridge's settings.

    Raises:
        ConfigurationError: naming the setting that is missing or wrong and how to mend it.
    """
    secret = read.secret("GENKLANG_KANNEL_SECRET")
    if not _SECRET.fullmatch(secret):
        raise ConfigurationError("GENKLANG_KANNEL_SECRET must be 16 or more of the characters A-Z a-z 0-9 - _")
    return KannelSettings(
        url=_read_url(read),
        user=_fit_for_a_header("GENKLANG_KANNEL_USER", read.text("GENKLANG_KANNEL_USER")),
        password=_fit_for_a_header("GENKLANG_KANNEL_PASSWORD", read.secret("GENKLANG_KANNEL_PASSWORD")),
        secret=secret,
        networks=_read_networks(read),
    )


def _read_url(read: SettingReader) -> str:
    url = read.text("GENKLANG_KANNEL_URL", "http://127.0.0.1:13013/cgi-bin/sendsms")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ConfigurationError("GENKLANG_KANNEL_URL must be an address such as http://127.0.0.1:13013/cgi-bin/sendsms")
    return url


def _fit_for_a_header(name: str, value: str) -> str:
    if not _IN_A_HEADER.fullmatch(value):
        raise ConfigurationError(f"{name} must be of letters, digits and signs without blanks, none of them æ, ø or å")
    return value


def _read_networks(read: SettingReader) -> tuple[Network, ...]:
    text = read.text("GENKLANG_KANNEL_NETWORKS", LOOPBACK)
    try:
        return tuple(ipaddress.ip_network(network.strip()) for network in text.split(","))
    except ValueError as error:
        raise ConfigurationError(f"GENKLANG_KANNEL_NETWORKS must be networks such as {LOOPBACK}: {error}") from error
