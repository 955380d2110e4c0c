"""Reads kommune.yml and moeder.yml: who there is in the demo municipality, and what they did when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.service.models.words import StaffRole
from bot.shared.codebook import Channel, Role

FOLDER = Path(__file__).parent
NEXT_LINE = timedelta(seconds=40)  # after the line before, where nothing else is said
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Unit:
    """A unit by the id that the files know it by."""

    id: str
    name: str
    parent: str | None


@dataclass(frozen=True)
class Member:
    """A member of staff."""

    username: str
    name: str
    role: StaffRole
    unit: str | None  # None: the whole municipality


@dataclass(frozen=True)
class Line:
    """Something that somebody did; what the keys of `entry` mean stands at the head of moeder.yml."""

    ago: timedelta
    entry: Row


@dataclass(frozen=True)
class Person:
    """Somebody who took part in a meeting."""

    role: Role
    age: int | None
    channel: Channel
    language: str
    contact: Row
    invited: timedelta  # ago
    to_try: bool  # whether a new user may write as them
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Gathering:
    """A meeting of a family with an adviser."""

    ref: str
    unit: str
    adviser: str  # username
    held: timedelta  # ago
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Stranger:
    """A number that nobody knows."""

    number: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Script:
    """The whole municipality."""

    units: tuple[Unit, ...]
    staff: tuple[Member, ...]
    password_words: tuple[str, ...]
    gatherings: tuple[Gathering, ...]
    strangers: tuple[Stranger, ...]


def read_script(folder: Path = FOLDER) -> Script:
    """The municipality of these files; a mistake in them is a KeyError or ValueError, and a mistake of ours."""
    municipality = yaml.safe_load((folder / "kommune.yml").read_text(encoding="utf-8"))
    played = yaml.safe_load((folder / "moeder.yml").read_text(encoding="utf-8"))
    return Script(
        units=tuple(Unit(row["id"], row["navn"], row.get("under")) for row in municipality["enheder"]),
        staff=tuple(_member(row) for row in municipality["ansatte"]),
        password_words=tuple(municipality["ord"]),
        gatherings=tuple(_gathering(row) for row in played["moeder"]),
        strangers=tuple(Stranger(row["nummer"], _lines(row["forloeb"])) for row in played["fremmede"]),
    )


def read_span(text: str) -> timedelta:
    """`2d 3h 10m` as a span; each part may be left out, but not all.

    Raises:
        ValueError: for anything else.
    """
    parts = text.split()
    if not parts or not all(re.fullmatch(r"\d+[dhm]", part) for part in parts):
        raise ValueError(f"{text!r} is no span such as 2d 3h 10m")
    return timedelta(**{_UNITS[part[-1]]: int(part[:-1]) for part in parts})


def _member(row: Row) -> Member:
    return Member(row["brugernavn"], row["navn"], StaffRole(row["rolle"]), row.get("enhed"))


def _gathering(row: Row) -> Gathering:
    people = tuple(_person(person) for person in row["deltagere"])
    return Gathering(row["ref"], row["enhed"], row["raadgiver"], read_span(row["holdt"]), people)


def _person(row: Row) -> Person:
    return Person(
        role=Role(row["rolle"]),
        age=row.get("alder"),
        channel=Channel(row["kanal"]),
        language=row.get("sprog", "da"),
        contact=row["kontakt"],
        invited=read_span(row["inviteret"]),
        to_try=row.get("prøv", False),
        lines=_lines(row.get("forloeb", ())),
    )


def _lines(rows: Any) -> tuple[Line, ...]:
    lines: list[Line] = []
    for row in rows:
        ago = read_span(row["for"]) if "for" in row else lines[-1].ago - NEXT_LINE
        lines.append(Line(ago, row))
    return tuple(lines)
