"""The README names every setting that the code reads, and none that it does not."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETTING = re.compile(r"\bGENKLANG_[A-Z_]*[A-Z]\b")


def settings_in(*paths: Path) -> set[str]:
    return {name.removesuffix("_FILE") for path in paths for name in SETTING.findall(path.read_text(encoding="utf-8"))}


def test_the_settings_of_code_and_readme_are_the_same() -> None:
    code = [path for folder in ("bot", "tools", "tests") for path in (ROOT / folder).rglob("*.py")]
    ymls = list((ROOT / "bot" / "engine").rglob("*.yml"))

    assert settings_in(ROOT / "README.md") == settings_in(*code, *ymls)
