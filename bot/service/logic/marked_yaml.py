"""Reads a YAML file value by value, knows the line of each, and collects every fault instead of stopping at the first.

After a fault whoever reads gets a harmless value of the asked type and goes on, and raises all faults at the end.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Problem:
    """One fault of a file, with what to do about it."""

    path: Path
    line: int  # counted from 1
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class MarkedYaml:
    """One YAML file as nodes; `problems` grows while it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.root = self._compose()

    def _compose(self) -> yaml.Node:
        nothing = yaml.MappingNode("tag:yaml.org,2002:map", [])
        try:
            root = yaml.compose(self.path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self.problems.append(
                Problem(self.path, line, f"is not YAML ({error.problem}): mend indentation and quotes")
            )
            return nothing
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            self.problems.append(Problem(self.path, 1, f"cannot be read ({error}): save it as UTF-8 text"))
            return nothing
        if root is None:
            self.problems.append(Problem(self.path, 1, "is empty: copy another file of this folder and change it"))
            return nothing
        return root

    def fault(self, node: yaml.Node, message: str) -> None:
        """Notes a fault at the line of this node."""
        line = node.start_mark.line + 1 if node.start_mark else 1
        self.problems.append(Problem(self.path, line, message))

    def entries(self, node: yaml.Node) -> dict[str, yaml.Node]:
        """A mapping's values by key; the same key twice is a fault (YAML would silently keep the last)."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, "expected `key: value` lines here")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self.string(key)
            if name in found:
                self.fault(key, f"`{name}` stands here twice: remove one")
            found[name] = value
        return found

    def record(
        self, node: yaml.Node, *, required: AbstractSet[str], optional: AbstractSet[str] = frozenset()
    ) -> dict[str, yaml.Node]:
        """A mapping with known keys only; what is missing or unknown is a fault."""
        before = len(self.problems)
        found = self.entries(node)
        if not found and len(self.problems) > before:
            return {}
        known = required | optional
        for name in found.keys() - known:
            self.fault(found[name], f"unknown key `{name}`: use one of {', '.join(sorted(known))}")
        for name in sorted(required - found.keys()):
            self.fault(node, f"`{name}` is missing: add it")
        return {name: value for name, value in found.items() if name in known}

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        """The values of a list that is not empty."""
        if isinstance(node, yaml.SequenceNode) and node.value:
            return list(node.value)
        self.fault(node, "expected a list with at least one entry")
        return []

    def string(self, node: yaml.Node) -> str:
        """A text that is not blank, without surrounding blanks."""
        if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str" and node.value.strip():
            return str(node.value).strip()
        self.fault(node, "expected a text: write it between quotation marks")
        return ""

    def integer(self, node: yaml.Node, *, least: int = 0) -> int:
        """A whole number from `least` on."""
        digits = node.value if isinstance(node, yaml.ScalarNode) else ""
        if digits.isascii() and digits.isdigit() and int(digits) >= least:
            return int(digits)
        self.fault(node, f"expected a whole number, {least} or more")
        return least

    def boolean(self, node: yaml.Node) -> bool:
        """true or false."""
        if isinstance(node, yaml.ScalarNode) and node.value in ("true", "false"):
            return bool(node.value == "true")
        self.fault(node, "expected true or false")
        return False
