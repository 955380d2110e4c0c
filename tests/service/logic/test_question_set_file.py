"""Faulty question set files: each fault is named with file, line and mend, and all of them at once."""

from pathlib import Path

import pytest

from bot.service.logic.question_set_file import QuestionSetError, read_question_set
from bot.shared.codebook import Audience

# The lines are counted by the tests below.
GOOD = """\
id: proeve
version: 1
navn: Prøve
maalgrupper: [barn_7_12, foraelder]
dage_efter_moedet: 1
paamindelse_efter_dage: 2
svar:
  grad:
    - {id: nej, tal: 1, tekst: "Nej"}
    - {id: lidt, tal: 2, tekst: "Lidt"}
    - {id: ja, tal: 3, tekst: "Ja", positiv: true}
spoergsmaal:
  - id: rart
    slags: skala
    svar: grad
    indikator: hoert
    trivsel: true
    tekst:
      barn_7_12: "Var det rart at være med?"
      foraelder: "Var det rart at være med?"
  - id: igen
    slags: ja_nej
    svar: [{id: ja, tekst: "Ja"}, {id: nej, tekst: "Nej"}]
    hvis: {spoergsmaal: rart, hoejst: 2}
    tekst:
      barn_7_12: "Vil du mødes igen?"
      foraelder: "Vil du mødes igen?"
  - id: sig
    slags: tekst
    tekst:
      barn_7_12: "Hvad vil du sige?"
      foraelder: "Hvad vil du sige?"
    sms:
      foraelder: "Hvad vil du sige? Skriv frit."
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "proeve.yml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(QuestionSetError) as caught:
        read_question_set(written(folder, text))
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_good_file_is_read(tmp_path: Path) -> None:
    found = read_question_set(written(tmp_path, GOOD))

    assert (found.id, found.version, found.name) == ("proeve", 1, "Prøve")
    assert (found.delay_days, found.reminder_after_days) == (1, 2)
    assert found.audiences == (Audience.BARN_7_12, Audience.FORAELDER)
    assert [question.id for question in found.questions] == ["rart", "igen", "sig"]
    assert [question.trivsel for question in found.questions] == [True, False, False]
    assert found.questions[2].sms_texts == {
        Audience.BARN_7_12: "Hvad vil du sige?",
        Audience.FORAELDER: "Hvad vil du sige? Skriv frit.",
    }


def test_content_hash_is_of_the_content_alone(tmp_path: Path) -> None:
    plain = read_question_set(written(tmp_path, GOOD)).content_hash
    commented = read_question_set(written(tmp_path, "# en note\n\n" + GOOD)).content_hash
    reworded = read_question_set(written(tmp_path, GOOD.replace("rart", "godt"))).content_hash

    assert plain == commented
    assert plain != reworded


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("navn: Prøve\n", "", 1, "`navn` is missing: add it"),
        ("version: 1", "version: en", 2, "expected a whole number, 1 or more"),
        ("version: 1", "version: 0", 2, "expected a whole number, 1 or more"),
        ("id: proeve", "id: andet", 1, "`andet` is not the file's name: call it andet.yml or andet.<version>.yml"),
        ("id: proeve", "id: Prøve", 1, "`Prøve` is no id"),
        ("id: rart", f"id: {'r' * 41}", 13, f"`{'r' * 41}` is too long for an id: 40 letters at most"),
        ("navn: Prøve", "navn: 7", 3, "expected a text: write it between quotation marks"),
        ("barn_7_12, foraelder]", "barn_6, barn_7_12, foraelder]", 4, "`barn_6` is unknown here: use one of barn_7_12"),
        ("maalgrupper: [barn_7_12, foraelder]", "maalgrupper: barn_7_12", 4, "expected a list with at least one entry"),
        ("dage_efter_moedet: 1", "dage_efter: 1", 5, "unknown key `dage_efter`: use one of"),
        ("paamindelse_efter_dage: 2", "paamindelse_efter_dage: 0", 6, "expected a whole number, 1 or more"),
        ("tal: 2,", "tal: 4,", 15, "a scale has at least 3 steps, and `tal` rises by 1"),
        ("tal: 2, ", "", 10, "`tal` is missing: add it"),
        ('tekst: "Lidt"', 'tekst: "Ja"', 15, "two options have the same text: word them apart"),
        ("id: lidt", "id: ja", 15, "two options have the same id: give each its own"),
        ("id: lidt", "id: lidt, farve: gul", 10, "unknown key `farve`: use one of"),
        ("positiv: true", "positiv: måske", 11, "expected true or false"),
        ("svar: grad", "svar: trin", 15, "no list `trin` in the set's `svar` (there are: grad): add it there"),
        ("    svar: grad\n", "", 13, "a question of `slags: skala` needs options: add `svar`"),
        ("slags: skala", "slags: skale", 14, "`skale` is unknown here: use one of skala, valg, ja_nej, tekst"),
        ('barn_7_12: "Var det rart at være med?"\n      ', "", 19, "no text for barn_7_12: add `barn_7_12: …`"),
        ('      barn_7_12: "Vil du mødes igen?"\n', '      ukendt: "Hej"\n', 26, "unknown audience `ukendt`"),
        ('barn_7_12: "Hvad vil du sige?"', 'barn_7_12: ""', 31, "expected a text"),
        ('[{id: ja, tekst: "Ja"}, ', "[", 23, "`slags: ja_nej` has the options `ja` and `nej`, in this order"),
        ("slags: tekst", "slags: tekst\n    svar: grad", 30, "free text has no options: remove `svar`"),
        (
            "slags: tekst",
            "slags: tekst\n    trivsel: true",
            30,
            "only a question of `slags: skala` can be a well-being",
        ),
        ("slags: tekst", "slags: tekst\n    slags: tekst", 30, "`slags` stands here twice: remove one"),
        ("id: sig", "id: sig\n    maalgrupper: [fagperson]", 29, "the set is not for fagperson: add it to the set's"),
        ("id: sig", "id: rart", 28, "question `rart` exists already: give it another id"),
        ("spoergsmaal: rart,", "spoergsmaal: sig,", 24, "`sig` is no earlier question: a condition can only look back"),
        ("hoejst: 2", "hoejst: 7", 24, "7 is no point of the scale of `rart`: use one that is"),
        ("hoejst: 2", "er: aldrig", 24, "`aldrig` is no option of `rart`: use the id of one"),
        ("hoejst: 2", "hoejst: 2, mindst: 1", 24, "a condition has exactly one of `hoejst`, `mindst` and `er`"),
        ("hoejst: 2", "under: 2", 24, "unknown key `under`: use one of"),
        (
            'barn_7_12: "Hvad vil du sige?"',
            'barn_7_12: "Hvad vil du sige nu om det vi to talte om i dag?"',
            31,
            "has 13 words, 12 at most for barn_7_12: shorten it",
        ),
        ('foraelder: "Hvad vil du sige?"', 'foraelder: "Hvad vil du tilkendegive?"', 32, "is hard to read: write sig"),
        ('foraelder: "Hvad vil du sige?"', 'foraelder: "Var det ikke rart?"', 32, "is a leading question"),
        ('foraelder: "Hvad vil du sige?"', 'foraelder: "Hvad vil De sige?"', 32, "`De` is the polite form: write du"),
        ('foraelder: "Hvad vil du sige?"', 'foraelder: "Hvordan går det derhjemme?"', 32, "`derhjemme` reveals"),
        ('"Hvad vil du sige? Skriv frit."', '"Hvad vil du sige? ✎"', 34, "on SMS, for foraelder: has characters that"),
        ('"Hvad vil du sige? Skriv frit."', '"' + "Hvad? " * 30 + '"', 34, "takes 2 SMS (179 characters), 1 at most"),
        (
            '      foraelder: "Vil du mødes igen?"\n',
            '      foraelder: "Vil du mødes igen?"\n    sms: {foraelder: "Vil du mødes igen?"}\n',
            28,
            "nobody is told what 1 and 2 means: name the digits",
        ),
        (
            '    tekst:\n      barn_7_12: "Vil',
            '    maalgrupper: [barn_7_12]\n    tekst:\n      barn_7_12: "Vil',
            28,
            "not asked of",
        ),
    ],
)
def test_fault_is_named_with_line_and_mend(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert GOOD.count(old) >= 1

    found = faults(tmp_path, GOOD.replace(old, new, 1))

    assert [fault for fault in found if fault[0] == line and message in fault[1]], found


def test_dialogue_too_hard_for_a_child_is_a_fault(tmp_path: Path) -> None:
    hard = '"Hvordan fungerede kommunikationen undervejs imellem parterne?"'

    found = faults(tmp_path, GOOD.replace('"Hvad vil du sige?"', hard).replace('"Vil du mødes igen?"', hard))

    assert [line for line, message in found if "the dialogue has LIX" in message and "barn_7_12, 20" in message] == [13]


def test_audience_that_nobody_asks_is_a_fault(tmp_path: Path) -> None:
    alone = GOOD.replace("    slags", "    maalgrupper: [foraelder]\n    slags")

    assert (13, "no question is asked of barn_7_12: add one") in faults(tmp_path, alone)


def test_first_question_of_an_audience_has_no_condition(tmp_path: Path) -> None:
    late = GOOD.replace("    trivsel: true\n", "    trivsel: true\n    maalgrupper: [foraelder]\n")

    assert (13, "the first question for barn_7_12 has a condition: remove `hvis`") in faults(tmp_path, late)


def test_lender_must_be_an_audience_of_the_set(tmp_path: Path) -> None:
    lent = GOOD.replace("dage_efter_moedet: 1", "dage_efter_moedet: 1\nlaaner_ordlyd: {netvaerk: foraelder}")

    assert faults(tmp_path, lent)[0] == (6, "both audiences must stand in `maalgrupper`: add the missing one")


def test_all_faults_of_a_file_are_told_at_once_and_in_order(tmp_path: Path) -> None:
    broken = (
        GOOD.replace("version: 1", "version: x").replace("slags: tekst", "slags: tale").replace("hoejst: 2", "er: x")
    )

    assert [line for line, _ in faults(tmp_path, broken)] == [2, 24, 29]


def test_message_names_the_file_and_line(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("navn: Prøve", "navn: 7"))

    with pytest.raises(QuestionSetError) as caught:
        read_question_set(path)

    assert str(caught.value) == f"{path}:3: expected a text: write it between quotation marks"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty: copy another file of this folder and change it"),
        ("# kun en note\n", "is empty"),
        ("- en\n- liste\n", "expected `key: value` lines here"),
        ("id: [1, 2\n", "is not YAML"),
        ("id: a\n  navn: b\n", "is not YAML"),
        ("bare ord", "expected `key: value` lines here"),
        ("id: \x00", "cannot be read"),
    ],
)
def test_what_is_no_set_at_all_is_one_clear_fault(tmp_path: Path, text: str, message: str) -> None:
    found = faults(tmp_path, text)

    assert len(found) == 1
    assert message in found[0][1]


def test_file_that_is_not_utf8_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "proeve.yml"
    path.write_bytes("navn: Prøve".encode("latin-1"))

    with pytest.raises(QuestionSetError, match="save it as UTF-8 text"):
        read_question_set(path)
