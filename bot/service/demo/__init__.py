"""The invented municipality of `make run`: people and what they wrote are data, the past is played through our own logic."""

from bot.service.demo.town import load_demo_town

__all__ = ["load_demo_town"]
