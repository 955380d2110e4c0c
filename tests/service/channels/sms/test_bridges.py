"""Which bridge a setting chooses."""

import dataclasses

import pytest

from bot.service.bootstrap import make_senders
from bot.service.channels.sms.bridges import BRIDGES, chosen_bridge
from bot.service.channels.sms.gatewayapi.outbound import GatewayApiSender
from bot.service.channels.sms.gatewayapi.settings import GatewayApiSettings
from bot.service.channels.sms.kannel.outbound import KannelSender
from bot.service.channels.sms.kannel.settings import KannelSettings
from bot.service.channels.sms.simulator import SimulatorSender
from bot.service.context import Context
from bot.service.errors import ConfigurationError
from bot.service.settings import SMS_BRIDGES
from bot.shared.codebook import Channel

KANNEL = KannelSettings("http://127.0.0.1:9/", "genklang", "invented-password", "invented-kannel-secret", ())
GATEWAYAPI = GatewayApiSettings("invented-token", "invented-secret", "http://127.0.0.1:9")
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def with_bridge(context: Context, name: str) -> Context:
    settings = dataclasses.replace(context.settings, sms_bridge=name, sms_sender="1212", kannel=KANNEL, gatewayapi=GATEWAYAPI)
    return dataclasses.replace(context, settings=settings)


def test_every_bridge_that_can_be_set_is_in_the_table(context: Context) -> None:
    assert {"none", *BRIDGES} == set(SMS_BRIDGES)


@pytest.mark.parametrize(
    ("name", "kind"), [("simulator", SimulatorSender), ("kannel", KannelSender), ("gatewayapi", GatewayApiSender)]
)
def test_sender_is_the_chosen_bridges(context: Context, name: str, kind: type) -> None:
    assert type(make_senders(with_bridge(context, name))[Channel.SMS]) is kind


def test_without_a_bridge_no_sms_is_sent(context: Context) -> None:
    assert Channel.SMS not in make_senders(with_bridge(context, "none"))


@pytest.mark.parametrize("name", ["kannel", "gatewayapi"])
def test_bridge_without_its_settings_does_not_start(context: Context, name: str) -> None:
    settings = dataclasses.replace(context.settings, sms_bridge=name, kannel=None, gatewayapi=None)

    with pytest.raises(ConfigurationError, match=f"GENKLANG_SMS_BRIDGE is not {name}"):
        chosen_bridge(settings)
