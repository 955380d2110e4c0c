"""A conversation load: several people at once play the dialogues of tests/conversations, step by step, as long as it lasts."""

import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from bot.service.logic.participants import audience_for
from bot.shared.codebook import Audience, Channel, Role
from tests.conversations.recognise import Recogniser
from tests.faults.citizens import GIVE_UP_AFTER_S, Browser, Citizen, NotTakenError, Phone, insist
from tests.faults.ledger import Ledger, Shown
from tools.dev_client import DevClient

FOLDER = Path(__file__).parents[1] / "conversations"
PLAYED = (
    "foraelder_svarer_paa_alt",
    "barn_svarer_med_knapper",
    "barn_i_fare_laeses_foerst",
    "barn_i_fare_alarm",
    "klage_midt_i_spoergsmaalene",
    "klage_uden_opkald",
    "stop_slutter_alt",
)
PIECES = ("hej", "det er om mødet", "jeg vil klage", "over referatet", "det er forkert", "og ingen svarer")
BURST_OPENS, BURST_MAY_OPEN = ("klage",), ("ubehandlet",)  # where a stranger's other words make a turn of their own
THINKS_S = 0.3  # longest pause before an answer
LOOKS_EVERY_S = 0.15


@dataclass(frozen=True)
class Dialogue:
    """One file of tests/conversations, as far as a player needs it."""

    name: str
    person: dict[str, Any]
    steps: list[dict[str, Any]]
    cases: list[str]

    @classmethod
    def read(cls, name: str) -> "Dialogue":
        content = yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))
        cases = [case["kind"] for case in content["til_sidst"]["sager"]]
        return cls(name, content["person"], content["forloeb"], cases)

    @property
    def hears(self) -> list[str]:
        return [name for step in self.steps for name in step["faar"]]

    @property
    def audience(self) -> Audience:
        return audience_for(Role(self.person["role"]), self.person.get("age"))


class Load:
    """People who write, each in turn a new one, in threads of their own; the ledger keeps their accounts."""

    def __init__(self, client: DevClient, recogniser: Recogniser, seed: int) -> None:
        self.ledger = Ledger()
        self.over = threading.Event()
        self._client = client
        self._recogniser = recogniser
        self._seed = seed
        self._numbers = itertools.count(1)
        self._citizens: dict[str, tuple[Citizen, Audience]] = {}

    @cached_property
    def dialogues(self) -> list[Dialogue]:
        return [Dialogue.read(name) for name in PLAYED]

    @contextmanager
    def running(self, people: int = 8, bursts: int = 2) -> Iterator[None]:
        """While the block lasts new people write; afterwards those who have begun finish what they have to say."""
        threads = [threading.Thread(target=self._play_on, args=(n,)) for n in range(people)]
        threads += [threading.Thread(target=self._burst_on, args=(n,)) for n in range(people, people + bursts)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join()

    def problems(self, *, in_order: bool = True) -> list[str]:
        """What the ledger has to say, now that nothing is left to do."""
        cases, turns = self._client.get("/dev/cases"), self._client.get("/dev/turns")

        def look(person: str) -> Shown:
            citizen, audience = self._citizens[person]
            return Shown(
                written=citizen.written(),
                heard=self._names(citizen, audience),
                cases=[case["kind"] for case in cases if case["person"] == person],
                turns=[(turn["state"], turn["messages"]) for turn in turns if turn["person"] == person],
            )

        return self.ledger.problems(look, in_order=in_order)

    def close(self) -> None:
        """Everybody goes home."""
        for citizen, _ in self._citizens.values():
            citizen.close()

    def _play_on(self, player: int) -> None:
        rng = random.Random(f"{self._seed}:{player}")
        while not self.over.is_set():
            dialogue = rng.choice(self.dialogues)
            citizen = self._meet(dialogue, rng)
            self.ledger.open(citizen.address, hears=dialogue.hears, opens=dialogue.cases)
            try:
                self._play(citizen, dialogue, rng)
            except NotTakenError as error:
                self.ledger.fails(citizen.address, f"{dialogue.name}: {error}")

    def _play(self, citizen: Citizen, dialogue: Dialogue, rng: random.Random) -> None:
        heard = 0
        for step in dialogue.steps:
            words = step.get("skriver") or step.get("trykker")
            if words is not None:
                time.sleep(rng.uniform(0, THINKS_S))
                self._send(citizen, words, press="trykker" in step)
            heard += len(step["faar"])
            self._wait_to_hear(citizen, heard)

    def _burst_on(self, player: int) -> None:
        """Strangers who write line after line and wait for nothing."""
        rng = random.Random(f"{self._seed}:{player}")
        while not self.over.is_set():
            number = f"+45{self._new_number():08d}"
            citizen = Phone(self._client.ready["service"], number, rng)
            self._citizens[number] = (citizen, Audience.FORAELDER)
            self.ledger.open(number, hears=None, opens=BURST_OPENS, may_open=BURST_MAY_OPEN)
            try:
                for piece in PIECES:
                    self._send(citizen, piece)
                    time.sleep(rng.uniform(0, THINKS_S))
            except NotTakenError as error:
                self.ledger.fails(number, f"burst: {error}")
            self.over.wait(2 * THINKS_S)

    def _new_number(self) -> int:
        """A number of this load alone; the instance may have met those of others."""
        return (self._seed % 10_000) * 1000 % 9_000_000 + next(self._numbers)

    def _send(self, citizen: Citizen, words: str, *, press: bool = False) -> None:
        self.ledger.sends(citizen.address, words)
        citizen.send(words, press=press)
        self.ledger.acknowledged(citizen.address, words)

    def _meet(self, dialogue: Dialogue, rng: random.Random) -> Citizen:
        """Somebody new. A registration whose answer was lost leaves a person behind whom nobody plays."""
        answer = insist(lambda: self._client.http.post("/dev/meetings", json={"participants": [dialogue.person]}))
        person = answer.raise_for_status().json()["participants"][0]
        kind = Browser if person["channel"] == Channel.WEBCHAT else Phone
        citizen = kind(self._client.ready["service"], person["address"], rng)
        self._citizens[citizen.address] = (citizen, dialogue.audience)
        return citizen

    def _wait_to_hear(self, citizen: Citizen, count: int) -> None:
        until = time.monotonic() + GIVE_UP_AFTER_S
        while len(citizen.heard()) < count:
            if time.monotonic() > until:
                raise NotTakenError(f"waited in vain for message {count}")
            time.sleep(LOOKS_EVERY_S)

    def _names(self, citizen: Citizen, audience: Audience) -> list[str]:
        return [self._recogniser.name(text, audience, citizen.channel) for text in citizen.heard()]


MakeLoad = Callable[[DevClient, int], Load]
