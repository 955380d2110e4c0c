import json
from pathlib import Path
from typing import Any

import pytest

from tools.labelling.messages import BadInputError, Message, read_messages

GOOD = {"id": "a1", "role": "barn", "age": 9, "channel": "chat", "question": "Hvad var godt?", "text": "saften"}


def write(folder: Path, *lines: Any) -> Path:
    path = folder / "a.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def test_uses_the_keys_it_knows_and_ignores_the_rest(tmp_path: Path) -> None:
    path = write(tmp_path, {**GOOD, "lang": "xx", "note": [1]}, "", {"id": "a2", "text": ""})

    assert read_messages(path) == [
        Message("a1", "saften", role="barn", age=9, channel="chat", question="Hvad var godt?"),
        Message("a2", ""),
    ]


def test_reads_marks_of_byte_order_windows_line_ends_and_line_separators_in_a_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes('\ufeff{"id": "a1", "text": "et\u2028to"}\r\n{"id": "a2", "text": "x"}\r\n'.encode())

    assert [message.text for message in read_messages(path)] == ["et\u2028to", "x"]


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("{", "is not JSON (Expecting property name enclosed in double quotes, column 2); write one JSON object a line"),
        ("[" * 100_000, "is not JSON we can read; write one JSON object a line"),
        ("[1]", 'is no JSON object; write {"id": "…", "text": "…"}'),
        ({"text": "x"}, "id is missing; give it as a text"),
        ({"id": 7, "text": "x"}, "id is no text; give it as a text"),
        ({"id": " ", "text": "x"}, "id is empty; give each line its own"),
        ({"id": "b"}, "text is missing; give it as a text"),
        ({"id": "b", "text": None}, "text is no text; give it as a text"),
        ({**GOOD, "id": "b", "role": "mor"}, "role is none of the known ones; give barn, foraelder, netvaerk, fagperson"),
        ({**GOOD, "id": "b", "role": ["barn"]}, "role is none of the known ones; give barn, foraelder, netvaerk, fagperson"),
        ({**GOOD, "id": "b", "channel": "fax"}, "channel is none of the known ones; give chat, sms, telegram, webchat"),
        ({**GOOD, "id": "b", "age": "9"}, "age is no whole number from 0 to 120; give one or leave it out"),
        ({**GOOD, "id": "b", "age": True}, "age is no whole number from 0 to 120; give one or leave it out"),
        ({**GOOD, "id": "b", "age": -1}, "age is no whole number from 0 to 120; give one or leave it out"),
        ({**GOOD, "id": "b", "question": 3}, "question is no text; give it as a text or leave it out"),
        (GOOD, "the id stands in line 1 too; give each line its own"),
    ],
)
def test_says_where_a_line_is_wrong_and_how_to_mend_it(tmp_path: Path, line: Any, finding: str) -> None:
    path = write(tmp_path, GOOD, line)

    with pytest.raises(BadInputError) as caught:
        read_messages(path)

    assert str(caught.value) == f"{path}:2: {finding}"


def test_names_the_line_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": "a1", "text": "x"}\n{"id": "a2", "text": "\xe5"}\n')

    with pytest.raises(BadInputError, match=r"a\.jsonl:2: is not UTF-8; save the file as UTF-8"):
        read_messages(path)


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_a_file_without_messages_is_an_error(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadInputError, match="the file holds no message"):
        read_messages(write(tmp_path, content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"nowhere\.jsonl: cannot be read \(No such file or directory\)"):
        read_messages(tmp_path / "nowhere.jsonl")


def test_a_finding_never_repeats_what_was_written(tmp_path: Path) -> None:
    path = write(tmp_path, {**GOOD, "text": "min hemmelighed", "age": "min hemmelighed"})

    with pytest.raises(BadInputError) as caught:
        read_messages(path)

    assert "hemmelighed" not in str(caught.value)
