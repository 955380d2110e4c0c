"""The ledger can say no: a promise that is broken in any of its ways is seen."""

from dataclasses import replace

import pytest

from tests.faults.ledger import Ledger, Shown

ANNA = "+4500000012"
GOOD = Shown(
    written=["ja", "jeg vil klage"],
    heard=["velkomst", "klage_modtaget"],
    cases=["klage"],
    turns=[("done", 1), ("done", 1)],
)


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    ledger.open(ANNA, hears=["velkomst", "klage_modtaget"], opens=["klage"])
    for words in ("ja", "jeg vil klage"):
        ledger.sends(ANNA, words)
        ledger.acknowledged(ANNA, words)
    return ledger


def test_a_promise_that_was_kept_has_no_problems(ledger: Ledger) -> None:
    assert ledger.problems(lambda _: GOOD) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (replace(GOOD, written=["ja"]), "lost after it was acknowledged: ['jeg vil klage']"),
        (replace(GOOD, written=["ja", "ja", "jeg vil klage"]), "stored more than once, or never sent: ['ja']"),
        (replace(GOOD, written=["jeg vil klage", "ja"]), "out of order"),
        (replace(GOOD, heard=["velkomst", "klage_modtaget", "klage_modtaget"]), "should hear"),
        (replace(GOOD, heard=["velkomst"]), "should hear"),
        (replace(GOOD, heard=["klage_modtaget", "velkomst"]), "should hear"),
        (replace(GOOD, cases=[]), "should have the cases ['klage'], has []"),
        (replace(GOOD, cases=["klage", "klage"]), "should have the cases ['klage'], has ['klage', 'klage']"),
        (replace(GOOD, turns=[("done", 1), ("asked", 1)]), "has unfinished turns: ['asked']"),
        (replace(GOOD, turns=[("done", 1), ("given_up", 1)]), "has a turn that was given up and stands before nobody"),
        (replace(GOOD, turns=[("done", 1)]), "sent 2 messages, 1 are in turns"),
    ],
)
def test_a_broken_promise_is_named(ledger: Ledger, broken: Shown, said: str) -> None:
    found = ledger.problems(lambda _: broken)

    assert len(found) == 1
    assert found[0].startswith(f"{ANNA}: {said}")


def test_what_was_never_acknowledged_is_named(ledger: Ledger) -> None:
    ledger.sends(ANNA, "hallo")
    shown = replace(GOOD, written=[*GOOD.written, "hallo"], turns=[*GOOD.turns, ("done", 1)])

    assert ledger.problems(lambda _: shown) == [f"{ANNA}: never acknowledged: ['hallo']"]


def test_a_citizen_who_waited_in_vain_is_named(ledger: Ledger) -> None:
    ledger.fails(ANNA, "waited in vain")

    assert ledger.problems(lambda _: GOOD) == [f"{ANNA}: waited in vain"]


def test_what_may_be_opened_may_be_opened_once() -> None:
    ledger = Ledger()
    ledger.open(ANNA, hears=None, may_open=["ubehandlet"])
    found = [
        ledger.problems(lambda _, cases=cases: Shown([], [], cases, []))  # type: ignore[misc]
        for cases in ([], ["ubehandlet"], ["ubehandlet", "ubehandlet"], ["klage"])
    ]

    assert [len(problems) for problems in found] == [0, 0, 1, 1]


def test_a_clock_that_was_moved_excuses_the_order_alone(ledger: Ledger) -> None:
    turned = replace(GOOD, written=GOOD.written[::-1], heard=GOOD.heard[::-1])

    assert ledger.problems(lambda _: turned, in_order=False) == []
    assert ledger.problems(lambda _: replace(turned, written=["ja"]), in_order=False) != []
