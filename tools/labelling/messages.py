"""Reads messages in the codebook's form, and says of a bad line where it is, what is wrong and how to mend it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.shared.codebook import Role

ROLES = tuple(str(role) for role in Role)
CHANNELS = ("chat", "sms", "telegram", "webchat")  # the codebook's words and the service's
OLDEST = 120


class BadInputError(ValueError):
    """What the caller can mend, in one line that never repeats a message's text."""


@dataclass(frozen=True)
class Message:
    """What is known about one message before it is labelled."""

    id: str
    text: str
    role: str | None = None
    age: int | None = None
    channel: str | None = None
    question: str | None = None  # the words of the question it answers


def read_messages(path: Path) -> list[Message]:
    """Every message of a JSONL file, in its order; unknown keys are ignored.

    Raises:
        BadInputError: naming file and line.
    """
    messages: list[Message] = []
    first_seen: dict[str, int] = {}
    for number, values in json_lines(path):
        place = f"{path}:{number}"
        message = read_message(place, values)
        if message.id in first_seen:
            raise BadInputError(f"{place}: the id stands in line {first_seen[message.id]} too; give each line its own")
        first_seen[message.id] = number
        messages.append(message)
    if not messages:
        raise BadInputError(f"{path}:1: the file holds no message; write one JSON object a line")
    return messages


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and object of every line that is not blank; raises BadInputError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read ({error.strerror}); name a JSONL file") from error
    except UnicodeDecodeError as error:
        number = error.object.count(b"\n", 0, error.start) + 1
        raise BadInputError(f"{path}:{number}: is not UTF-8; save the file as UTF-8") from error
    # Not splitlines(): U+2028 and its like may stand inside a JSON string.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _object(f"{path}:{number}", line)


def read_message(place: str, values: Mapping[str, Any]) -> Message:
    """The message of one line; raises BadInputError that begins with `place`."""
    for key in ("id", "text"):
        if not isinstance(values.get(key), str):
            raise BadInputError(f"{place}: {key} is {'no text' if key in values else 'missing'}; give it as a text")
    if not values["id"].strip():
        raise BadInputError(f"{place}: id is empty; give each line its own")
    return Message(
        id=values["id"],
        text=values["text"],
        role=one_of(place, values, "role", ROLES),
        age=_age(place, values),
        channel=one_of(place, values, "channel", CHANNELS),
        question=_question(place, values),
    )


def one_of(place: str, values: Mapping[str, Any], key: str, known: Sequence[str]) -> str | None:
    """The value of a key that takes one of some words, None where it is left out; raises BadInputError."""
    value = values.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or value not in known:
        raise BadInputError(f"{place}: {key} is none of the known ones; give {', '.join(known)}")
    return value


def _object(place: str, line: str) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except json.JSONDecodeError as error:
        reason = f"{error.msg}, column {error.colno}"
        raise BadInputError(f"{place}: is not JSON ({reason}); write one JSON object a line") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets without end
        raise BadInputError(f"{place}: is not JSON we can read; write one JSON object a line") from error
    if not isinstance(values, dict):
        raise BadInputError(f'{place}: is no JSON object; write {{"id": "…", "text": "…"}}')
    return values


def _age(place: str, values: Mapping[str, Any]) -> int | None:
    age = values.get("age")
    if age is None:
        return None
    if type(age) is not int or not 0 <= age <= OLDEST:
        raise BadInputError(f"{place}: age is no whole number from 0 to {OLDEST}; give one or leave it out")
    return age


def _question(place: str, values: Mapping[str, Any]) -> str | None:
    question = values.get("question")
    if question is None or isinstance(question, str):
        return question
    raise BadInputError(f"{place}: question is no text; give it as a text or leave it out")
