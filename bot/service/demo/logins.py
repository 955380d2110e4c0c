"""The way into the demo: one password for all staff, and the families a new user can write as."""

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

WORDS_IN_PASSWORD = 3
FILE = "demo_logins.json"

Login = dict[str, str]


def new_password(words: Sequence[str]) -> str:
    """Words and a number that can be typed on any keyboard, new for every instance."""
    chosen = [secrets.choice(words) for _ in range(WORDS_IN_PASSWORD)]
    return "-".join([*chosen, str(10 + secrets.randbelow(90))])


def write_logins(home: Path, logins: Sequence[Login]) -> None:
    """Write whole or not at all, readable by the owner alone; the supervisor prints it and puts it into ready.json."""
    file = home / FILE
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)  # left by a crash
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as open_file:
        json.dump(list(logins), open_file, ensure_ascii=False, indent=2)
    draft.replace(file)
