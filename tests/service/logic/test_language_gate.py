"""The gate over all texts and sets: ours pass, and what breaks a rule is named."""

import shutil
from pathlib import Path

import pytest

from bot.service.logic import language_gate
from bot.service.logic.language_gate import Finding, check, check_texts
from bot.service.logic.question_sets import QUESTION_SETS
from bot.service.logic.texts import TEXTS, Texts


def findings(folder: Path, text: str) -> list[Finding]:
    (folder / "da.yml").write_text(text, encoding="utf-8")
    return check_texts(Texts.load(folder))


def copy_of_ours(folder: Path) -> tuple[Path, Path]:
    texts, sets = folder / "texts", folder / "sets"
    shutil.copytree(TEXTS, texts)
    shutil.copytree(QUESTION_SETS, sets)
    return texts, sets


def test_every_text_and_every_set_of_ours_passes() -> None:
    assert check() == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("hej: 'Vi svarer angående mødet.'", "`angående` is hard to read: write om"),
        ("hej: 'Kan vi hjælpe Dem?'", "`Dem` is the polite form: write dig"),
        ("hej: 'Var det ikke rart?'", "is a leading question (asks for agreement): ask openly"),
        ("hej: {sms: 'Tak for din klage.'}", "on sms: `klage` reveals what it is about"),
        ("hej: {telegram: 'Tak for din klage.'}", "on telegram: `klage` reveals what it is about"),
        ("hej: {sms: 'Tak 👍'}", "on sms: has characters that an SMS in GSM-7 cannot carry (👍): replace them"),
        (f"hej: '{'Hej. ' * 70}'", "on sms: takes 3 SMS (349 characters), 2 at most: shorten it"),
        (f"paamindelse: '{'Hej. ' * 40}'", "on sms: takes 2 SMS (199 characters), 1 at most: shorten it"),
        (f"hej: '{'Kommunens forhandlinger fortsætter. ' * 7}'", "has LIX 103.0 for foraelder, 30 at most"),
        ("hej: 'Hej {fremmed}'", "no sample for {fremmed}: add one under `proever` in sprog.yml"),
    ],
)
def test_broken_rule_is_named_with_its_mend(tmp_path: Path, text: str, what: str) -> None:
    found = findings(tmp_path, text)

    assert [one for one in found if what in one.what], found


@pytest.mark.parametrize(
    "text",
    ["hej: {webchat: 'Tak for din klage. 👍'}", "hej: {webchat.foraelder: 'Dit barn er hos os i dag.'}"],
)
def test_web_chat_keeps_nothing_on_the_phone_and_may_say_more(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, text) == []


def test_finding_that_many_audiences_share_is_told_once(tmp_path: Path) -> None:
    assert findings(tmp_path, "hej: 'Vi svarer angående mødet.'") == [
        Finding("hej", "`angående` is hard to read: write om")
    ]


def test_faulty_set_and_faulty_text_are_told_together(tmp_path: Path) -> None:
    texts, sets = copy_of_ours(tmp_path)
    (texts / "da.yml").write_text("hej: 'Vi svarer angående mødet.'", encoding="utf-8")
    (sets / "foerste_moede.yml").write_text("id: foerste_moede\n", encoding="utf-8")

    found = check(texts, sets)

    assert Finding(f"{sets / 'foerste_moede.yml'}:1", "`navn` is missing: add it") in found
    assert Finding("hej", "`angående` is hard to read: write om") in found


def test_texts_that_cannot_be_read_are_a_finding(tmp_path: Path) -> None:
    texts, sets = copy_of_ours(tmp_path)
    (texts / "da.yml").write_text("hej: 'Hej {'", encoding="utf-8")

    assert [one.where for one in check(texts, sets)] == [str(texts / "da.yml")]


def test_dialogue_around_a_set_is_measured_per_audience_and_channel(tmp_path: Path) -> None:
    texts, sets = copy_of_ours(tmp_path)
    (texts / "da.yml").write_text(
        "hej: {telegram.barn_7_12: 'Forhandlingerne fortsætter ufortrødent.'}", encoding="utf-8"
    )

    found = [(one.where, one.what.split(" has LIX")[0]) for one in check(texts, sets)]

    assert found == [("foerste_moede", "the dialogue on telegram")]


def test_main_says_so_and_exits_0_when_nothing_is_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    assert language_gate.main() == 0
    assert capsys.readouterr().out == "language: nothing to mend\n"


def test_main_lists_findings_and_exits_1(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_gate, "check", lambda: [Finding("hej", "is wrong: mend it")])

    assert language_gate.main() == 1
    assert capsys.readouterr().out == "hej: is wrong: mend it\nlanguage: 1 to mend\n"
