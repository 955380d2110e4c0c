"""Renders the templates. Autoescape is on, and a value that a template misses is an error, not an empty place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context as TemplateContext
from starlette.responses import HTMLResponse

from bot.service.clock import COPENHAGEN
from bot.service.context import Context
from bot.service.desk.danish_time import say_left, say_span, say_time
from bot.service.desk.shown_media import say_size, shown_as
from bot.service.desk.static_files import StaticFiles
from bot.service.logic.accounts import Login
from bot.service.logic.texts import Names

HERE = Path(__file__).parent
_PHONE_SIGNS = frozenset("0123456789+")


@dataclass(frozen=True)
class Pages:
    """The desk's templates with the words they use."""

    context: Context
    words: Names  # the desk's own: texts.yml
    names: Names  # those that the whole service shares: navne.yml
    static: StaticFiles
    environment: Environment

    @classmethod
    def load(cls, context: Context) -> "Pages":
        """Read words and templates, once per process."""
        return cls(context, *_read_all())

    def render(
        self, template: str, values: Mapping[str, Any], *, login: Login | None, status: int = 200
    ) -> HTMLResponse:
        """A page; `login` None is a page for anybody."""
        now = self.context.clock.now()
        common = {"now": now, "login": login, "municipality": self.context.settings.municipality}
        text = self.environment.get_template(template).render({**common, **values})
        return HTMLResponse(text, status)

    def message(self, key: str, *, login: Login | None, status: int) -> HTMLResponse:
        """One of the plain pages of besked.html: that something is not there, or not possible."""
        return self.render("besked.html", {"key": key}, login=login, status=status)


@cache
def _read_all() -> tuple[Names, Names, StaticFiles, Environment]:
    words = Names(yaml.safe_load((HERE / "texts.yml").read_text(encoding="utf-8")))
    names, static = Names.load(), StaticFiles.load()
    environment = _environment(words)
    environment.globals |= {"names": names, "words": words, "static": static.address}
    return words, names, static, environment


def _environment(words: Names) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    @pass_context
    def when(template: TemplateContext, at: datetime) -> str:
        return say_time(words, at, template["now"])

    @pass_context
    def age(template: TemplateContext, at: datetime) -> str:
        return say_span(words, template["now"] - at)

    def left(span: timedelta) -> str:
        return say_left(words, span)

    def file_size(size: int) -> str:
        return say_size(words, size)

    environment.filters |= {"when": when, "age": age, "left": left, "file_size": file_size, "shown_as": shown_as}
    environment.filters |= {"dialled": _dialled, "spaced": _spaced, "field_time": _field_time}
    return environment


def _field_time(at: datetime) -> str:
    """A moment as a `datetime-local` field takes it, in Danish local time."""
    return at.astimezone(COPENHAGEN).strftime("%Y-%m-%dT%H:%M")


def _dialled(number: str) -> str:
    """A number as a `tel:` link takes it."""
    return "".join(sign for sign in number if sign in _PHONE_SIGNS)


def _spaced(number: str) -> str:
    """A number in pairs, as Danes read it; a foreign one as it stands."""
    bare = number.removeprefix("+45")
    if len(bare) != 8 or not bare.isdigit():
        return number
    return " ".join(bare[place : place + 2] for place in range(0, 8, 2))
