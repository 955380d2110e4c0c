"""The command: order, files, errors; and the trained model on messages that nobody should write."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engine.labelling.parses import parsed
from tests.engine.running_engine import model_path
from tools import label
from tools.labelling.acted_on import SCORES, Acted, acted_on, question_for
from tools.labelling.messages import Message, read_message
from tools.labelling.model import Model

ODD = {
    "empty": "",
    "blank": " \n\t ",
    "emoji": "😡😡",
    "one letter": "x",
    "digits": "7",
    "signs": "?!?!",
    "slash": "/stop",
    "capitals": "I HØRTE IKKE EFTER",
    "mash": "asdfkjh qwlekrj zxmcnb",
    "bidi": "\u202emåtte ikke tale\u202c \u2067נו\u2069",
    "zero width": "de\u200b ly\u200dttede\ufeff",
    "mixed scripts": "mødet было хорошо والله",
    "combining": "Z̸͑a̷̎l̵g̶o " * 30,
    "nul": "det \x00 var fint",
    "surrogate": "fint \ud83d",
    "long word": "a" * 10_000,
    "long": "Vi sad og ventede, og så snakkede de om bussen. " * 209,
    "too long": "ord " * 5_000,
    "lines": "\n".join(["fint"] * 200),
    "json": '{"id": "a1"}',
}


def fake(messages: Sequence[Message], model: Path, processes: int) -> list[Acted]:
    return [acted_on(message, question_for(message), parsed()) for message in messages]


def write(path: Path, texts: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps({"id": key, "text": text}) + "\n" for key, text in texts.items()), "utf-8")
    return path


def test_one_line_each_in_the_order_of_the_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label, "label_messages", fake)
    source, target = write(tmp_path / "a.jsonl", {"c": "godt", "a": "skidt", "b": ""}), tmp_path / "b.jsonl"

    assert label.main([str(source), str(target)]) == 0

    assert [json.loads(line)["id"] for line in target.read_text("utf-8").splitlines()] == ["c", "a", "b"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl"]


def test_bad_input_is_one_line_and_leaves_the_output_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    source.write_text('{"id": "a", "text": "x"}\n{"id": "b"}\n', "utf-8")
    target.write_text("before", "utf-8")

    assert label.main([str(source), str(target)]) == 2

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"{source}:2: text is missing; give it as a text\n")
    assert target.read_text("utf-8") == "before"


def test_a_failure_in_the_middle_of_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "b.jsonl"

    with pytest.raises(UnicodeEncodeError):
        label.write_whole(target, ["fint", "\ud83d"])

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", ["", "nowhere/b.jsonl"])
def test_an_output_that_cannot_be_written_is_said_before_the_work(
    tmp_path: Path, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "a.jsonl", {"a": "godt"})

    assert label.main([str(source), str(tmp_path / target)]) == 2

    assert capsys.readouterr().err.endswith("cannot be written to; name a file in a folder that can\n")


def test_a_missing_model_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write(tmp_path / "a.jsonl", {"a": "godt"})

    assert label.main([str(source), str(tmp_path / "b.jsonl"), "--model", str(tmp_path / "none.tar.gz")]) == 2

    assert capsys.readouterr().err == f"{tmp_path / 'none.tar.gz'}: there is no model; run `make train`\n"


def test_a_damaged_model_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, model = write(tmp_path / "a.jsonl", {"a": "godt"}), tmp_path / "model.tar.gz"
    model.write_bytes(b"no archive")

    assert label.main([str(source), str(tmp_path / "b.jsonl"), "--model", str(model)]) == 1

    said = capsys.readouterr().err
    assert said.startswith(f"{model}: the model cannot be loaded (ReadError")
    assert said.endswith("run `make train`\n")
    assert not (tmp_path / "b.jsonl").exists()


@pytest.mark.engine
def test_the_trained_model_labels_whatever_is_written(tmp_path: Path) -> None:
    if not model_path().is_file():
        pytest.skip(f"no model at {model_path()}: run `make train`")
    source, target = write(tmp_path / "a.jsonl", ODD), tmp_path / "b.jsonl"

    assert label.label_file(source, target, model_path(), processes=2) == len(ODD)

    found = {each["id"]: each for each in map(json.loads, target.read_text("utf-8").splitlines())}
    assert list(found) == list(ODD)
    assert {tuple(each["scores"]) for each in found.values()} == {SCORES}
    assert {each["svar"] for each in found.values()} <= {"ja", "nej"}
    assert found["slash"]["oensker"] == ["stop"]


@pytest.mark.parametrize("at_the_end", [False, True])
def test_the_trained_model_finds_danger_in_the_first_or_last_sentence_of_10_000_characters(at_the_end: bool) -> None:
    if not model_path().is_file():
        pytest.skip(f"no model at {model_path()}: run `make train`")
    danger, filler = "Jeg gemmer mig i skabet når han har drukket.", ODD["long"]
    text = f"{filler} {danger}" if at_the_end else f"{danger} {filler}"
    values = {"id": "x", "role": "barn", "age": 10, "channel": "chat", "question": "Hvordan går det?", "text": text}

    found = Model(model_path()).label(read_message("x:1", values))

    assert len(text) > 10_000
    assert found.by_model["fare"] > 0.5
