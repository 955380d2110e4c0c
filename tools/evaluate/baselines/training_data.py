"""The messages of nlu_data/ with their labels, as the baselines learn from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.engine.understanding.labels import Labels, read_labels


@dataclass(frozen=True)
class Example:
    """One training message. `intent` is what stands in nlu_data."""

    text: str
    intent: str
    labels: Labels


def read_examples(folder: Path) -> list[Example]:
    """Every example with a text, in the order of files and lines.

    Raises:
        LabelError, yaml.YAMLError: `make lint` says more.
    """
    return [example for file in sorted(folder.rglob("*.yml")) for example in _read(file)]


def _read(file: Path) -> Iterator[Example]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where PyYAML has it
    content: Mapping[str, Any] = yaml.load(file.read_text("utf-8"), loader) or {}  # noqa: S506 - both loaders are safe
    for block in content.get("nlu") or ():
        for each in block.get("examples") or ():
            if each["text"].strip():
                yield Example(each["text"].strip(), block["intent"], read_labels(each.get("metadata")))
