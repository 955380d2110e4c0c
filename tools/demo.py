"""Plays two scripted conversations (demo.yml) against the running instance and prints what was said, found and queued.

    .venv/bin/python tools/demo.py

It looks for the instance in $GENKLANG_HOME (default: var) and talks to it through /dev alone. Exit 0: played. Exit 1: the
instance did not do as the script expects. Exit 2: nothing is running there.
"""

import os
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a script, only tools/ is on the path

from bot.service.logic.texts import Names
from tools.dev_client import DevClient, NotIdleError, Person

SCRIPT = Path(__file__).with_name("demo.yml")
DENMARK = ZoneInfo("Europe/Copenhagen")
WIDTH = 96
SPEAKER = 10  # columns of who speaks
QUEUE_ROWS = 20
KINDS = ("ubehandlet", "klage", "opkald", "tolk", "spoergsmaal")  # in the desk's order; a band stands above them all

Row = Mapping[str, Any]


class NothingRunsError(Exception):
    """No instance answers; the message says what to do."""


def find_instance(home: Path) -> DevClient:
    """The instance of this folder, once it has answered.

    Raises:
        NothingRunsError: there is none, or it was killed and left its ready.json behind.
    """
    advice = f"No instance runs in {home}. Start one with `make run` in another terminal, then try again."
    try:
        client = DevClient.of_home(home)
        client.get("/dev/clock")
    except (FileNotFoundError, httpx.TransportError) as error:
        raise NothingRunsError(advice) from error
    return client


def play(client: DevClient, script: Row) -> Iterator[str]:
    """The lines to print, each as soon as it is known."""
    names = Names.load()
    played = []
    for talk in script["samtaler"]:
        person = client.person(**talk["person"])
        played.append(person)
        yield from _heading(talk["titel"])
        yield from converse(client, person, talk, script["ord"])
        yield from themes(person.rows("answers"), script["ord"], names)
    yield from queue(client.get("/dev/cases"), {person.address for person in played}, script["ord"], names)


def converse(client: DevClient, person: Person, talk: Row, words: Row) -> Iterator[str]:
    """What was said in one conversation, both sides."""
    client.idle()
    yield from _theirs(person.news(), words)
    for line in talk["siger"]:
        pressed = "trykker" in line
        said = str(line["trykker"] if pressed else line["skriver"])
        yield from _spoken(talk["hvem"], words["trykker"].format(ord=said) if pressed else said)
        yield from _theirs(person.press(said) if pressed else person.say(said), words)


def themes(answers: Iterable[Row], words: Row, names: Names) -> Iterator[str]:
    """The themes found in the answers, each with its polarity and the words that carried it."""
    found = [label for answer in answers for label in answer["labels"] if label["label"] in names.all("tema")]
    yield ""
    yield f"  {words['temaer']}"
    if not found:
        yield f"    {words['ingen_temaer']}"
    for label in found:
        clause = f"  »{label['clause'].strip(' ,')}«" if label["clause"] else ""
        yield f"    {label['value']} {names.theme(label['label'])}{clause}"


def queue(cases: Iterable[Row], ours: set[str], words: Row, names: Names) -> Iterator[str]:
    """The open cases, what must happen first on top; those of this run are marked."""
    waiting = sorted((case for case in cases if case["state"] != "lukket"), key=_urgency)
    yield from _heading(words["koe"].format(antal=len(waiting)))
    for case in waiting[:QUEUE_ROWS]:
        yield _queue_row(case, words, names) + (f"  {words['herfra']}" if case["person"] in ours else "")
    if len(waiting) > QUEUE_ROWS:
        yield f"  {words['flere'].format(antal=len(waiting) - QUEUE_ROWS)}"


def _urgency(case: Row) -> tuple[int, str]:
    in_danger = case["band"] or case["kind"] == "bekymring"
    rank = 0 if case["band"] == "akut" else 1 if in_danger else 2 + KINDS.index(case["kind"])
    return rank, case["ring_senest"]


def _queue_row(case: Row, words: Row, names: Names) -> str:
    title = words["sag"].format(nummer=case["id"], slags=names.case_kind(case["kind"]))
    due = datetime.fromisoformat(case["ring_senest"]).astimezone(DENMARK)
    verb = words["verbum"].get(case["kind"], words["verbum"]["andre"])
    deadline = words["frist"].format(verbum=verb, dato=due.strftime("%d.%m. kl. %H.%M"))
    band = names.band(case["band"]) if case["band"] else ""
    contact = words["kontakt"]["ja" if case["contact"] else "nej"]
    return f"  {title:<28} {band:<10} {deadline:<32} {names.case_state(case['state']):<9} {contact:<13}".rstrip()


def _theirs(messages: Iterable[Row], words: Row) -> Iterator[str]:
    for message in messages:
        yield from _spoken(words["vi"], message["text"])
        if message["buttons"]:
            buttons = " ".join(words["knap"].format(ord=button["text"]) for button in message["buttons"])
            yield from _spoken("", buttons)


def _spoken(speaker: str, text: str) -> list[str]:
    lines = textwrap.wrap(text, WIDTH - SPEAKER - 2) or [""]
    return [f"  {speaker if number == 0 else '':<{SPEAKER}}{line}" for number, line in enumerate(lines)]


def _heading(title: str) -> list[str]:
    return ["", title, "─" * len(title)]


def main() -> int:
    """Return the exit status for the shell."""
    script = yaml.safe_load(SCRIPT.read_text(encoding="utf-8"))
    try:
        client = find_instance(Path(os.environ.get("GENKLANG_HOME") or "var"))
        for line in play(client, script):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    except NothingRunsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (httpx.HTTPError, NotIdleError) as error:
        sys.stderr.write(f"The conversation broke off: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
