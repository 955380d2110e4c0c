"""The code base checks itself: borders between its parts, lists that must agree, words that nobody outside may read."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
CODE = ("bot", "actions")
GIVEN_BY_RASA = {"action_listen"}
FORMS = re.compile(r"\{#.*?#\}|<!--.*?-->|^\s*#.*?$|^\s*//.*?$|/\*.*?\*/", re.DOTALL | re.MULTILINE)


def files(*folders: str, ending: str = "py") -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob(f"*.{ending}"))]
    assert found, f"nothing in {folders}"
    return found


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def crossing(folder: str, *forbidden: str, allowed: tuple[str, ...] = ()) -> list[str]:
    """`file: module` for every import of a forbidden module, or of one below it, in a folder."""
    return [
        f"{path.relative_to(ROOT)}: {module}"
        for path in files(folder)
        for module in imports(path)
        if _below(module, forbidden) and not _below(module, allowed)
    ]


def _below(module: str, roots: tuple[str, ...]) -> bool:
    return any(module == root or module.startswith(f"{root}.") for root in roots)


def test_shared_imports_the_standard_library_alone() -> None:
    strangers = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in files("bot/shared")
        for module in imports(path)
        if module.split(".")[0] not in sys.stdlib_module_names and not _below(module, ("bot.shared",)) and module != "bot"
    }

    assert strangers == set()


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("bot/shared", ("bot.service", "bot.engine", "actions")),
        ("bot/engine", ("bot.service", "actions", "fastapi", "sqlalchemy")),
        ("bot/service", ("bot.engine", "rasa")),
        ("actions", ("bot.engine", "rasa")),
        ("bot/service/models", ("bot.service.logic", "bot.service.message_path", "bot.service.channels", "fastapi")),
        ("bot/service/logic", ("fastapi", "starlette", "bot.service.message_path", "bot.service.desk", "actions")),
        ("bot/service/message_path", ("fastapi", "starlette", "bot.service.desk", "actions")),
        ("bot/service/schedule", ("fastapi", "starlette", "bot.service.desk", "actions")),
        ("bot/service/channels", ("bot.service.desk", "actions")),
    ],
)
def test_no_part_imports_what_stands_above_it(folder: str, forbidden: tuple[str, ...]) -> None:
    assert crossing(folder, *forbidden) == []


def test_logic_knows_of_no_channel_but_what_all_share() -> None:
    allowed = ("bot.service.channels.base", "bot.service.channels.sms.gsm7")
    packages = {"bot.service.channels.sms"}  # named on the way to gsm7

    found = crossing("bot/service/logic", "bot.service.channels", allowed=allowed)
    assert [line for line in found if line.split(": ")[1] not in packages] == []


def test_only_the_app_mounts_the_actions() -> None:
    assert {line.split(":")[0] for line in crossing("bot/service", "actions")} == {"bot/service/app.py"}


def test_a_crossing_would_be_seen() -> None:
    assert crossing("bot/service/models", "sqlalchemy") != []


def test_every_action_of_the_domain_has_a_handler_and_the_other_way_round() -> None:
    registry = ast.parse((ROOT / "actions/registry.py").read_text("utf-8"))
    [handlers] = [node.value for node in ast.walk(registry) if isinstance(node, ast.AnnAssign)]
    assert isinstance(handlers, ast.Dict)
    handled = {ast.literal_eval(key) for key in handlers.keys if key is not None}
    domain = yaml.safe_load((ROOT / "bot/engine/domain/actions.yml").read_text("utf-8"))

    assert handled == set(domain["actions"])


def test_every_action_of_a_rule_is_in_the_domain() -> None:
    domain = yaml.safe_load((ROOT / "bot/engine/domain/actions.yml").read_text("utf-8"))["actions"]
    rules = (ROOT / "stories/rules.yml").read_text("utf-8")

    assert set(re.findall(r"\baction_\w+", rules)) - GIVEN_BY_RASA == set(domain)


def test_nothing_is_printed() -> None:
    printing = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files(*CODE)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "pprint", "pprint.pprint"}
    ]

    assert printing == []


def test_only_settings_and_start_up_read_the_environment() -> None:
    reading = {
        str(path.relative_to(ROOT))
        for path in files("bot/service", "actions")
        if re.search(r"os\.environ(?!\.setdefault)|os\.getenv", path.read_text("utf-8"))
    }

    assert {path for path in reading if "/supervisor/" not in path} == {"bot/service/settings.py"}


def test_only_the_clock_asks_the_time() -> None:
    asking = {
        str(path.relative_to(ROOT))
        for path in files("bot/service", "actions")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"datetime.now", "datetime.utcnow", "date.today", "time.time"}
    }

    assert asking == {"bot/service/clock.py"}


def read_by_others() -> list[Path]:
    """Templates, texts, question sets and scripts: all that a citizen or a handler can come to see."""
    pages = [path for ending in ("html", "js", "svg", "txt") for path in sorted((ROOT / "bot/service").rglob(f"*.{ending}"))]
    return pages + files("bot/service", ending="yml")


@pytest.mark.parametrize("path", read_by_others(), ids=lambda path: str(path.relative_to(ROOT / "bot/service")))
def test_the_name_of_the_system_stands_in_nothing_that_others_read(path: Path) -> None:
    shown = FORMS.sub("", path.read_text("utf-8"))

    assert re.findall(r".*genklang.*", shown, re.IGNORECASE) == []


def beginning_of(name: ast.expr) -> str | None:
    """A loop's name as it is written; of `f"outbox-{channel}"` what comes before the brace."""
    first = name.values[0] if isinstance(name, ast.JoinedStr) else name
    return str(first.value) if isinstance(first, ast.Constant) else None


def test_every_loop_has_a_name_of_its_own() -> None:
    tasks = [
        beginning_of(node.args[0])
        for path in files("bot/service")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Task", "Loop"}
    ]
    names = [task for task in tasks if task is not None]

    assert len(names) == len(set(names))
    assert {"spool", "unread", "invitations", "reminders", "expiry", "callbacks", "receipts", "outbox-"} <= set(names)


def test_every_task_of_the_schedule_is_worked() -> None:
    worker = (ROOT / "bot/service/worker.py").read_text("utf-8")
    tasks = [
        node.targets[0].id
        for path in files("bot/service/schedule")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and ast.unparse(node.value).startswith("Task(")
    ]

    assert tasks != []
    assert [task for task in tasks if not re.search(rf"^ +{task},$", worker, re.MULTILINE)] == []


def test_no_module_is_too_long_to_read() -> None:
    long = {str(path.relative_to(ROOT)) for path in files(*CODE) if len(path.read_text("utf-8").splitlines()) > 300}

    assert {path for path in long if "/migrations/" not in path} == set()
