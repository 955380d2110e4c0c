"""Reads labelled messages in the codebook's form: what a person has said each one means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.shared.codebook import Complaint, Concern, Polarity, Theme, Wish
from tools.labelling.messages import BadInputError, Message, json_lines, one_of, read_message

YES_NO = ("ja", "nej")
LABELS = ("lang", "themes", "klage", "bekymring", "oensker", "svar")


@dataclass(frozen=True)
class Wanted:
    """One message and its labels, in the codebook's words."""

    message: Message
    lang: str
    themes: Mapping[str, str]  # theme: polarity
    klage: str
    bekymring: str
    oensker: frozenset[str]
    svar: str


def read_wanted(paths: Iterable[Path]) -> list[Wanted]:
    """All labelled messages of some files, and of the `.jsonl` files of some folders.

    Raises:
        BadInputError: naming file and line.
    """
    found: list[Wanted] = []
    for path in _files(paths):
        seen: set[str] = set()
        for number, values in json_lines(path):
            each = _wanted(f"{path}:{number}", values)
            if each.message.id in seen:
                raise BadInputError(f"{path}:{number}: the id stands in an earlier line too; give each line its own")
            seen.add(each.message.id)
            found.append(each)
    if not found:
        raise BadInputError("there is no labelled message; name a JSONL file, or a folder of them, in the codebook's form")
    return found


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    return found


def _wanted(place: str, values: Mapping[str, Any]) -> Wanted:
    missing = [key for key in LABELS if values.get(key) is None]
    if missing:
        raise BadInputError(f"{place}: {missing[0]} is missing; label the message in full (docs/codebook.md)")
    if not isinstance(values["lang"], str):
        raise BadInputError(f"{place}: lang is no text; give an ISO 639-1 code such as da")
    return Wanted(
        message=read_message(place, values),
        lang=values["lang"],
        themes=_themes(place, values["themes"]),
        klage=str(one_of(place, values, "klage", [str(c) for c in Complaint])),
        bekymring=str(one_of(place, values, "bekymring", [str(c) for c in Concern])),
        oensker=_wishes(place, values["oensker"]),
        svar=str(one_of(place, values, "svar", YES_NO)),
    )


def _themes(place: str, themes: Any) -> dict[str, str]:
    if not isinstance(themes, dict):
        raise BadInputError(f'{place}: themes is no object; give {{"hoert": "+"}} or {{}}')
    for theme in themes:
        one_of(place, {"the theme": theme}, "the theme", [str(t) for t in Theme])
        one_of(place, {f"themes.{theme}": themes[theme] or "none"}, f"themes.{theme}", [str(p) for p in Polarity])
    return dict(themes)


def _wishes(place: str, wishes: Any) -> frozenset[str]:
    if not isinstance(wishes, list):
        raise BadInputError(f'{place}: oensker is no list; give ["opkald"] or []')
    for wish in wishes:
        one_of(place, {"the wish": wish or "none"}, "the wish", [str(w) for w in Wish])
    return frozenset(wishes)
