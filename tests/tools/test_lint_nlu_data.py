"""The linter of the training data: what it must find, and what it must leave alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools import lint_nlu_data as lint

ROOT = Path(__file__).resolve().parents[2]


def example(intent: str = "svar", text: str = "hun hørte efter", **labels: Any) -> lint.Example:
    return lint.Example("a.yml:1", intent, text, labels)


@pytest.mark.parametrize(
    ("intent", "labels"),
    [
        ("svar", {"themes": {"hoert": "+", "plan": "0"}, "role": "barn", "age": 9}),
        ("svar", {"klage": "maaske"}),
        ("ved_ikke", {"svar": "nej"}),
        ("bekymring", {"bekymring": "akut", "klage": "ja", "oensker": ["stop"]}),
        ("stop", {"klage": "ja", "oensker": ["stop", "opkald"]}),
        ("klage", {"klage": "ja", "oensker": ["opkald"]}),
        ("opkald", {"oensker": ["spoergsmaal", "tolk", "opkald"]}),
        ("svar", {"lang": "no", "question": "Hvordan var mødet?"}),
    ],
)
def test_accepts_what_the_codebook_allows(intent: str, labels: dict[str, Any]) -> None:
    assert lint.label_findings(example(intent, **labels)) == []


@pytest.mark.parametrize(
    ("intent", "labels", "finding"),
    [
        ("svar", {"themes": {"mad": "+"}}, "unknown theme 'mad'"),
        ("svar", {"themes": {"hoert": "god"}}, "polarity 'god' of hoert"),
        ("svar", {"oensker": ["mail"]}, "unknown wish 'mail'"),
        ("svar", {"klage": "lidt"}, "klage is 'lidt'"),
        ("svar", {"lang": False}, "lang is False"),
        ("svar", {"role": "foraelder", "age": 40}, "age is for a child only, as a number"),
        ("svar", {"tema": {}}, "unknown key 'tema'"),
        ("snak", {}, "unknown intent 'snak'"),
        ("svar", {"klage": "ja"}, "intent is svar, the labels say klage"),
        ("klage", {"klage": "ja", "bekymring": "ja"}, "intent is klage, the labels say bekymring"),
        ("stop", {"svar": "nej"}, "intent is stop, no label says so"),
    ],
)
def test_finds_what_the_codebook_forbids(intent: str, labels: dict[str, Any], finding: str) -> None:
    assert lint.label_findings(example(intent, **labels)) == [finding]


def test_text_may_not_run_as_an_intent() -> None:
    assert lint.label_findings(example(text="/stop")) == ['text starts with "/"']


def test_pair_above_the_limit_is_found_whatever_case_and_order() -> None:
    texts = ["Hun ringede altid tilbage.", "altid ringede HUN tilbage!", "hun ringede aldrig tilbage"]
    found = lint.duplicate_findings([example(text=text) for text in texts])
    assert len(found) == 1
    assert "overlap 1.00" in found[0]


def test_overlap_of_exactly_the_limit_is_allowed() -> None:
    sets = [frozenset("abcd"), frozenset("abcde"), frozenset("abcdefghi"), frozenset("abcdefghij")]
    assert [(one, two) for one, two, _ in lint.similar_pairs(sets, 0.8)] == [(2, 3)]


def test_prefix_filter_finds_what_comparing_all_finds() -> None:
    sets = [frozenset(f"{n * k % 7}{n % 3}" for n in range(12)) for k in range(1, 30)]
    for limit in (0.6, 0.8):
        slow = {
            (one, two)
            for two in range(len(sets))
            for one in range(two)
            if len(sets[one] & sets[two]) / len(sets[one] | sets[two]) > limit
        }
        assert {(one, two) for one, two, _ in lint.similar_pairs(sets, limit)} == slow


def test_near_copy_of_an_evaluation_line_is_found() -> None:
    examples = [example(text="Vi fik en rigtig god forklaring på det hele"), example(text="bussen var forsinket")]
    kept = "vi fik en rigtig god forklaring på det hele i dag"
    found = lint.evaluation_findings(examples, [lint.fingerprint(kept)])
    assert len(found) == 1
    assert kept not in found[0]


def test_fingerprints_kept_in_a_file_find_what_the_lines_find(tmp_path: Path) -> None:
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval" / "dev_x.jsonl").write_text(json.dumps({"text": "helt noget andet her"}) + "\n", encoding="utf-8")
    (tmp_path / "x.yml").write_text("nlu:\n- intent: svar\n  examples: |\n    - Helt noget andet her\n", encoding="utf-8")
    prints = tmp_path / "dev.fingerprints"
    lint.main([str(tmp_path), "--eval", str(tmp_path / "eval"), "--write-fingerprints", str(prints)], lambda _: None)

    assert "helt" not in prints.read_text(encoding="utf-8")
    assert lint.main([str(tmp_path), "--eval", str(prints)], lambda _: None) == 1


def test_no_line_kept_for_measuring_is_trained_on() -> None:
    kept = lint.read_evaluation(ROOT / "tools" / "evaluate" / "dev.fingerprints")
    assert len(kept) == 320
    assert lint.evaluation_findings(lint.read_examples(ROOT / "nlu_data"), kept) == []


def test_reads_both_forms_of_examples(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(
        "nlu:\n- intent: tak\n  examples: |\n    - mange tak\n"
        '- intent: svar\n  examples:\n  - text: |\n      fint\n    metadata: {role: barn, lang: "no"}\n',
        encoding="utf-8",
    )
    assert [(e.where, e.intent, e.text, dict(e.labels)) for e in lint.read_examples(tmp_path)] == [
        ("x.yml:1", "tak", "mange tak", {}),
        ("x.yml:2", "svar", "fint", {"role": "barn", "lang": "no"}),
    ]


def test_exit_status_counts_and_findings(tmp_path: Path) -> None:
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval" / "dev_x.jsonl").write_text(json.dumps({"text": "helt noget andet"}) + "\n", encoding="utf-8")
    data = 'nlu:\n- intent: svar\n  examples:\n  - text: fint\n    metadata: {themes: {rammer: "+"}}\n'
    (tmp_path / "x.yml").write_text(data, encoding="utf-8")
    written: list[str] = []
    assert lint.main([str(tmp_path), "--eval", str(tmp_path / "eval")], written.append) == 0
    assert "     1  tema rammer +\n" in written
    (tmp_path / "y.yml").write_text(data, encoding="utf-8")
    assert lint.main([str(tmp_path)], written.append) == 1


def test_empty_folder_is_no_success(tmp_path: Path) -> None:
    assert lint.main([str(tmp_path)], lambda _: None) == 1
