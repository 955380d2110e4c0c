"""Check the training data in nlu_data/ against the codebook, and print how many examples each label has.

    .venv/bin/python tools/lint_nlu_data.py nlu_data [--eval DIR_OR_FINGERPRINTS] [--write-fingerprints FILE]

Exit 0: clean. Exit 1: each finding is one line on stdout. The rules: labels are known; the intent is the first route
that the labels call for, or no route at all; no text starts with "/" (it would run as an intent); no text twice; no
two texts whose word sets overlap by more than 0.8 (near-duplicates teach nothing); with --eval no text that shares
more than 0.6 of its character 5-grams with a line of DIR/*.jsonl (else the measured figures would flatter us).

The lines kept for measuring are not part of the repository; their fingerprints are (tools/evaluate/dev.fingerprints:
the hashes of each line's 5-grams), so that every clone can prove the last rule and nobody reads a line in passing: who
writes training data must not see one, and no finding prints one.
"""

import argparse
import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a script, only tools/ is on the path

from bot.shared.codebook import ROUTE_ACTS, Complaint, Concern, DialogueAct, Polarity, Role, Theme, Wish

WORD_LIMIT = 0.8
GRAM_LIMIT = 0.6
GRAM = 5
KEYS = {"themes", "klage", "bekymring", "oensker", "svar", "lang", "role", "age", "question"}
LANGUAGE = re.compile(r"[a-z]{2}")
# libyaml's, where PyYAML has it: ten times faster.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# A word, or a sign that carries meaning such as an emoji; plain punctuation makes no text a new one.
TOKEN = re.compile(r"\w+|[^\w\s.,:;!?'\"()/…–-]")


@dataclass(frozen=True)
class Example:
    """One example as it stands in a file; `labels` is its metadata as written, unchecked."""

    where: str  # file:number within the file
    intent: str
    text: str
    labels: Mapping[str, Any]


def read_examples(folder: Path) -> list[Example]:
    """All examples below `folder`, in the order of file names."""
    return [example for path in sorted(folder.rglob("*.yml")) for example in _read_file(path)]


def _read_file(path: Path) -> Iterator[Example]:
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER) or {}  # noqa: S506 - it is a safe one
    number = 0
    for block in document.get("nlu") or []:
        for text, labels in _entries(block.get("examples") or []):
            number += 1
            yield Example(f"{path.name}:{number}", str(block.get("intent")), text, labels)


def _entries(examples: str | list[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Both forms Rasa knows: a block of "- text" lines, and a list of mappings with metadata."""
    if isinstance(examples, str):
        yield from ((line.lstrip("- ").strip(), {}) for line in examples.splitlines() if line.strip())
        return
    for entry in examples:
        yield str(entry["text"]).strip(), entry.get("metadata") or {}


def label_findings(example: Example) -> list[str]:
    """What is wrong with one example, each as a phrase; empty when all is well."""
    labels, signs = example.labels, _values(Polarity)
    found = [f"unknown key {key!r}" for key in labels if key not in KEYS]
    found += [f"unknown theme {theme!r}" for theme in _themes(labels) if theme not in _values(Theme)]
    found += [f"polarity {sign!r} of {theme}" for theme, sign in _themes(labels).items() if sign not in signs]
    found += [f"unknown wish {wish!r}" for wish in _wishes(labels) if wish not in _values(Wish)]
    found += _value_findings(labels)
    found += _text_findings(example.text)
    return found + _intent_findings(example)


def _value_findings(labels: Mapping[str, Any]) -> list[str]:
    allowed = {"klage": _values(Complaint), "bekymring": _values(Concern), "svar": {"ja", "nej"}, "role": _values(Role)}
    found = [f"{key} is {labels[key]!r}" for key in allowed.keys() & labels.keys() if labels[key] not in allowed[key]]
    language = labels.get("lang", "da")
    # YAML reads a bare `no` as false: Norwegian must stand in quotes.
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        found.append(f"lang is {language!r}")
    if "age" in labels and not (isinstance(labels["age"], int) and labels.get("role") == Role.BARN):
        found.append("age is for a child only, as a number")
    return found


def _text_findings(text: str) -> list[str]:
    if not text:
        return ["empty text"]
    return ['text starts with "/"'] if text.startswith("/") else []


def _intent_findings(example: Example) -> list[str]:
    if example.intent not in _values(DialogueAct):
        return [f"unknown intent {example.intent!r}"]
    wanted = route_of(example.labels)
    if wanted is not None and example.intent != wanted:
        return [f"intent is {example.intent}, the labels say {wanted}"]
    if wanted is None and example.labels and example.intent in ROUTE_ACTS:
        return [f"intent is {example.intent}, no label says so"]
    return []


def route_of(labels: Mapping[str, Any]) -> DialogueAct | None:
    """The first act, in the codebook's order, that the labels call for; None for an ordinary answer or small talk."""
    called = {DialogueAct(wish) for wish in _wishes(labels) if wish in _values(Wish)}
    if labels.get("bekymring") in (Concern.AKUT, Concern.JA):
        called.add(DialogueAct.BEKYMRING)
    if labels.get("klage") == Complaint.JA:
        called.add(DialogueAct.KLAGE)
    return next((act for act in ROUTE_ACTS if act in called), None)


def _themes(labels: Mapping[str, Any]) -> Mapping[str, Any]:
    return labels.get("themes") or {}


def _wishes(labels: Mapping[str, Any]) -> Sequence[Any]:
    return labels.get("oensker") or []


def _values(choices: type[Enum]) -> set[str]:
    return {str(choice.value) for choice in choices}


def words(text: str) -> frozenset[str]:
    """The words and emoji of a text without regard to case, order and punctuation."""
    return frozenset(TOKEN.findall(text.casefold())) or frozenset([text])


def grams(text: str) -> frozenset[str]:
    """The character 5-grams of a text, blanks made one; a shorter text is its own only gram."""
    plain = " ".join(text.casefold().split())
    return frozenset(plain[start : start + GRAM] for start in range(max(1, len(plain) - GRAM + 1)))


def similar_pairs(sets: Sequence[frozenset[str]], limit: float) -> Iterator[tuple[int, int, float]]:
    """Index pairs (smaller first) whose Jaccard overlap is above `limit`, with the overlap.

    Two sets as alike as that must share one of their rarest items, so only those are looked up (prefix filter).
    """
    frequency = Counter(item for items in sets for item in items)
    seen_with: defaultdict[str, list[int]] = defaultdict(list)
    for index, items in enumerate(sets):
        rare_first = sorted(items, key=lambda item: (frequency[item], item))
        prefix = rare_first[: len(items) - math.ceil(limit * len(items)) + 1]
        for other in sorted({other for item in prefix for other in seen_with[item]}):
            if not limit < len(sets[other]) / len(items) < 1 / limit:
                continue  # too unlike in size to overlap by more than the limit
            shared = len(items & sets[other])
            overlap = shared / (len(items) + len(sets[other]) - shared)
            if overlap > limit:
                yield other, index, overlap
        for item in prefix:
            seen_with[item].append(index)


def duplicate_findings(examples: Sequence[Example]) -> list[str]:
    """Every pair of examples that says the same in nearly the same words."""
    pairs = similar_pairs([words(example.text) for example in examples], WORD_LIMIT)
    return [_pair(examples[one].where, examples[two].where, examples[two].text, overlap) for one, two, overlap in pairs]


def evaluation_findings(examples: Sequence[Example], lines: Sequence[frozenset[str]]) -> list[str]:
    """Every example that is a copy or near copy of a line kept for measuring, those as fingerprints."""
    pairs = similar_pairs([*lines, *(fingerprint(example.text) for example in examples)], GRAM_LIMIT)
    border = len(lines)
    return [
        _pair(examples[two - border].where, f"evaluation line {one + 1}", examples[two - border].text, overlap)
        for one, two, overlap in pairs
        if one < border <= two
    ]


def fingerprint(text: str) -> frozenset[str]:
    """The hashes of a text's 5-grams, 32 bits each in hexadecimal."""
    return frozenset(sha256(gram.encode()).hexdigest()[:8] for gram in grams(text))


def _pair(one: str, two: str, text: str, overlap: float) -> str:
    return f"{one} and {two} overlap {overlap:.2f}: {text!r}"


def read_evaluation(source: Path) -> list[frozenset[str]]:
    """The fingerprints of all labelled lines in the folder `source`, or those that the file `source` holds."""
    if source.is_file():
        return [frozenset(line.split()) for line in source.read_text(encoding="utf-8").splitlines()]
    if not any(source.glob("*.jsonl")):
        raise FileNotFoundError(f"{source}: neither fingerprints nor a folder with *.jsonl")
    lines = [line for path in sorted(source.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [fingerprint(str(json.loads(line)["text"])) for line in lines if line.strip()]


def label_counts(examples: Iterable[Example]) -> Counter[str]:
    """How many examples carry each label; the defaults count where a label is left out."""
    counts: Counter[str] = Counter()
    for example in examples:
        labels = example.labels
        counts[f"intent {example.intent}"] += 1
        counts.update(f"tema {theme} {sign}" for theme, sign in _themes(labels).items())
        counts.update(f"oenske {wish}" for wish in _wishes(labels))
        defaults = {"klage": "nej", "bekymring": "nej", "svar": "ja", "lang": "da", "role": "?"}
        counts.update(f"{key} {labels.get(key, default)}" for key, default in defaults.items())
    return counts


def findings(examples: Sequence[Example], evaluation: Sequence[frozenset[str]]) -> list[str]:
    """All findings of all rules, one line each."""
    found = [f"{example.where}: {finding}" for example in examples for finding in label_findings(example)]
    return found + duplicate_findings(examples) + evaluation_findings(examples, evaluation)


def main(arguments: Sequence[str] | None = None, write: Callable[[str], object] = sys.stdout.write) -> int:
    """Lint, print counts and findings, return the exit status."""
    parser = argparse.ArgumentParser(description="Check nlu_data/ against the codebook.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--eval", type=Path, help="labelled *.jsonl that must not be trained on: a folder, or fingerprints")
    parser.add_argument("--write-fingerprints", type=Path, metavar="FILE", help="keep the fingerprints of --eval in FILE")
    options = parser.parse_args(arguments)
    examples = read_examples(options.folder)
    kept = read_evaluation(options.eval) if options.eval else []
    if options.write_fingerprints:
        options.write_fingerprints.write_text("".join(" ".join(sorted(line)) + "\n" for line in kept), encoding="utf-8")
    found = findings(examples, kept)
    for name, count in sorted(label_counts(examples).items()):
        write(f"{count:6d}  {name}\n")
    write(f"{len(examples):6d}  examples, {len(found)} findings\n")
    write("".join(f"{finding}\n" for finding in found))
    return 1 if found or not examples else 0


if __name__ == "__main__":
    sys.exit(main())
