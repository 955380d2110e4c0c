"""Every rule and every phrase of the rule files has cases, and the cases hold."""

import pytest

from bot.shared import danger, keywords, rule_book
from bot.shared.codebook import Concern
from bot.shared.rule_book import Phrase, Rule, RuleFileError, find, load, read

DANGER_RULES = [rule for rule in danger.rules() if rule.band != danger.HARMLESS]
HARMLESS_RULES = [rule for rule in danger.rules() if rule.band == danger.HARMLESS]
KEYWORD_READERS = {
    "stop": keywords.is_stop,
    "klage": keywords.says_complaint,
    "opkald": keywords.is_call_wish,
    "opkald_alene": keywords.is_call_wish,
    "ja": keywords.is_yes,
    "nej": keywords.is_no,
    "naegtelse": keywords.is_negated,
}


def cases(rules: list[Rule], kind: str) -> list:
    return [
        pytest.param(rule, text, id=f"{rule.id}-{number}")
        for rule in rules
        for number, text in enumerate(getattr(rule, kind), start=1)
    ]


def phrases(rules: list[Rule], kind: str) -> list:
    return [pytest.param(rule, phrase, id=f"{rule.id}: {phrase.text}") for rule in rules for phrase in getattr(rule, kind)]


def is_met(phrase: Phrase, texts: list[str]) -> bool:
    return any(phrase.expression.search(read(text).line) for text in texts)


@pytest.mark.parametrize("rule", danger.rules() + keywords.rules(), ids=lambda rule: rule.id)
def test_every_rule_has_cases_on_both_sides(rule: Rule) -> None:
    assert rule.must_match
    assert rule.must_not_match


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in danger.rules() + keywords.rules()]
    assert len(ids) == len(set(ids))


def test_bands_are_known() -> None:
    assert {rule.band for rule in DANGER_RULES} == {Concern.AKUT.value, Concern.JA.value}
    assert {rule.band for rule in keywords.rules()} == {keywords.WHOLE, keywords.ANYWHERE}


def test_every_rule_file_is_read() -> None:
    files = {path.name for path in rule_book.RULES_FOLDER.glob("danger_*.txt")}
    assert files == set(danger.RULE_FILES)


@pytest.mark.parametrize(("rule", "phrase"), phrases(danger.rules(), "phrases"))
def test_every_phrase_has_a_case(rule: Rule, phrase: Phrase) -> None:
    assert is_met(phrase, rule.must_match)


@pytest.mark.parametrize(("rule", "phrase"), phrases(danger.rules() + keywords.rules(), "exceptions"))
def test_every_exception_has_a_case(rule: Rule, phrase: Phrase) -> None:
    assert is_met(phrase, rule.must_not_match + rule.must_differ)


@pytest.mark.parametrize(("rule", "text"), cases(DANGER_RULES, "must_match"))
def test_danger_is_found(rule: Rule, text: str) -> None:
    assert find(rule, read(text))
    assert danger.read_danger(text).band.weight >= Concern(rule.band).weight


@pytest.mark.parametrize(("rule", "text"), cases(DANGER_RULES, "must_differ"))
def test_the_milder_telling_is_found_but_wakes_nobody(rule: Rule, text: str) -> None:
    assert danger.read_danger(text).band is Concern.JA


@pytest.mark.parametrize(("rule", "text"), cases(DANGER_RULES, "must_not_match"))
def test_the_harmless_neighbour_is_left_alone(rule: Rule, text: str) -> None:
    assert danger.read_danger(text) == danger.NOTHING


@pytest.mark.parametrize(("rule", "text"), cases(HARMLESS_RULES, "must_match"))
def test_a_figure_of_speech_is_no_danger(rule: Rule, text: str) -> None:
    assert find(rule, read(text))
    assert danger.read_danger(text) == danger.NOTHING


@pytest.mark.parametrize(("rule", "text"), cases(HARMLESS_RULES, "must_not_match"))
def test_a_figure_of_speech_hides_nothing_else(rule: Rule, text: str) -> None:
    assert not find(rule, read(text))


@pytest.mark.parametrize(("rule", "text"), cases(keywords.rules(), "must_match"))
def test_a_keyword_is_read(rule: Rule, text: str) -> None:
    assert KEYWORD_READERS[rule.id](text)


@pytest.mark.parametrize(("rule", "text"), cases(keywords.rules(), "must_not_match"))
def test_what_is_nearly_a_keyword_is_not_read(rule: Rule, text: str) -> None:
    assert not KEYWORD_READERS[rule.id](text)


@pytest.mark.parametrize("line", ["slår mig", "[regel] ja\n{ukendt} slår", "[regel] ja\n***", "[regel] ja\n_3"])
def test_a_broken_line_is_named(line: str, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(rule_book, "RULES_FOLDER", tmp_path)
    (tmp_path / "rules.txt").write_text(f"# head\n{line}\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"rules\.txt:\d"):
        load("rules.txt")


def test_classes_gaps_and_exceptions(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(rule_book, "RULES_FOLDER", tmp_path)
    text = "@dyr = hund kat*\n[bid] x\n{dyr} _1 bider|bed ikke? !af mig\n/ hund bider\n"
    (tmp_path / "rules.txt").write_text(text, encoding="utf-8")
    (rule,) = load("rules.txt")
    assert find(rule, read("min katte bider mig"))
    assert find(rule, read("en kat tit bed ikke mig"))
    assert not find(rule, read("en kat nu og da bider mig"))
    assert not find(rule, read("kat. bider mig"))
    assert not find(rule, read("hund bider mig"))
