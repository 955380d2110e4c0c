"""The way in for checks: development mode only (docs/development.md). It uses the channels' own readers and door."""

from bot.service.development.routes import development_router

__all__ = ["development_router"]
