"""The same citizens as in tests/service."""

from tests.service.conftest import engine, invite, parent

__all__ = ["engine", "invite", "parent"]
