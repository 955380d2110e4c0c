import json
from pathlib import Path
from typing import Any

import pytest

from tools.evaluate.wanted import read_wanted
from tools.labelling.messages import BadInputError

LABELS = {"lang": "da", "themes": {"plan": "+"}, "klage": "nej", "bekymring": "nej", "oensker": ["tolk"], "svar": "ja"}
LINE = {"id": "a1", "role": "barn", "age": 9, "text": "vi lavede en plan", **LABELS}


def write(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def test_reads_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    write(tmp_path / "folder" / "b.jsonl", {**LINE, "id": "b1"})
    write(tmp_path / "folder" / "a.jsonl", LINE)
    single = write(tmp_path / "c.jsonl", LINE)

    found = read_wanted([tmp_path / "folder", single])

    assert [each.message.id for each in found] == ["a1", "b1", "a1"]
    assert (found[0].themes, found[0].oensker, found[0].message.age) == ({"plan": "+"}, frozenset({"tolk"}), 9)


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"svar": None}, "svar is missing; label the message in full (docs/codebook.md)"),
        ({"lang": 3}, "lang is no text; give an ISO 639-1 code such as da"),
        ({"klage": "lidt"}, "klage is none of the known ones; give ja, maaske, nej"),
        ({"bekymring": "maaske"}, "bekymring is none of the known ones; give akut, ja, nej"),
        ({"svar": True}, "svar is none of the known ones; give ja, nej"),
        ({"themes": ["plan"]}, 'themes is no object; give {"hoert": "+"} or {}'),
        ({"themes": {"plan": "god"}}, "themes.plan is none of the known ones; give +, -, 0"),
        ({"themes": {"plan": None}}, "themes.plan is none of the known ones; give +, -, 0"),
        ({"oensker": "tolk"}, 'oensker is no list; give ["opkald"] or []'),
        ({"oensker": [None]}, "the wish is none of the known ones; give opkald, stop, spoergsmaal, tolk"),
    ],
)
def test_says_where_a_label_is_wrong(tmp_path: Path, changed: dict[str, Any], finding: str) -> None:
    path = write(tmp_path / "a.jsonl", LINE, {**LINE, "id": "a2", **changed})

    with pytest.raises(BadInputError) as caught:
        read_wanted([path])

    assert str(caught.value) == f"{path}:2: {finding}"


def test_an_unknown_theme_is_named_by_its_place(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {**LINE, "themes": {"mad": "+"}})

    with pytest.raises(BadInputError, match=r"a\.jsonl:1: the theme is none of the known ones"):
        read_wanted([path])


def test_an_id_twice_in_a_file_and_a_folder_without_messages(tmp_path: Path) -> None:
    twice = write(tmp_path / "a.jsonl", LINE, LINE)
    (tmp_path / "empty").mkdir()

    with pytest.raises(BadInputError, match=r"a\.jsonl:2: the id stands in an earlier line too"):
        read_wanted([twice])
    with pytest.raises(BadInputError, match="there is no labelled message"):
        read_wanted([tmp_path / "empty"])
