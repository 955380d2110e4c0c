"""Telegram's side for the tests of this folder; those of SMS bring their own server."""

from tests.bot_api_fixtures import client, server, server_process

__all__ = ["client", "server", "server_process"]
