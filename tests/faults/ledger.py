"""An account of its own: what citizens sent and what they saw. It knows none of our tables and believes only what is shown.

Every message has its words once per person, so that what comes back can be told apart. After the storm `problems` names
what was lost, doubled or out of order; an empty list is the promise kept.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

DONE, GIVEN_UP = "done", "given_up"


@dataclass
class Account:
    """One citizen's side."""

    sent: list[str] = field(default_factory=list)  # words, in order, each noted before its first try
    acknowledged: list[str] = field(default_factory=list)
    must_hear: list[str] | None = None  # names of texts in order; None where joining makes it a matter of luck
    must_open: list[str] = field(default_factory=list)  # kinds of cases
    may_open: frozenset[str] = frozenset()  # kinds that depend on what was joined with what; one of each at most


@dataclass(frozen=True)
class Shown:
    """What can be seen of one citizen when all is over."""

    written: Sequence[str]  # their own words as their phone or page shows them
    heard: Sequence[str]  # ours, named
    cases: Sequence[str]  # kinds, as handlers see them
    turns: Sequence[tuple[str, int]]  # state and number of messages


class Ledger:
    """The accounts of all citizens. Safe for several threads."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._lock = threading.Lock()
        self._failures: list[str] = []

    def open(
        self, person: str, *, hears: list[str] | None, opens: Iterable[str] = (), may_open: Iterable[str] = ()
    ) -> None:
        """A new citizen: what they must hear, and which cases must and may stand once they have said all."""
        with self._lock:
            self._accounts[person] = Account(must_hear=hears, must_open=sorted(opens), may_open=frozenset(may_open))

    def sends(self, person: str, words: str) -> None:
        """Note a message before its first try."""
        with self._lock:
            self._accounts[person].sent.append(words)

    def acknowledged(self, person: str, words: str) -> None:
        """Note that it was taken: from here on it must not be lost."""
        with self._lock:
            self._accounts[person].acknowledged.append(words)

    def fails(self, person: str, what: str) -> None:
        """A citizen waited in vain."""
        with self._lock:
            self._failures.append(f"{person}: {what}")

    @property
    def people(self) -> list[str]:
        """Everybody with an account."""
        with self._lock:
            return list(self._accounts)

    @property
    def messages(self) -> int:
        """How many messages were sent by all."""
        with self._lock:
            return sum(len(account.sent) for account in self._accounts.values())

    def problems(self, look: Callable[[str], Shown], *, in_order: bool = True) -> list[str]:
        """All that is wrong, in words. `in_order` False: what is shown is sorted by a clock that was moved."""
        found = list(self._failures)
        for person, account in self._accounts.items():
            found += [f"{person}: {what}" for what in _wrong_with(account, look(person), in_order=in_order)]
        return found


def _wrong_with(account: Account, shown: Shown, *, in_order: bool) -> Iterable[str]:
    yield from _wrong_with_messages(account, shown, in_order=in_order)
    if account.must_hear is not None and not _same(shown.heard, account.must_hear, in_order=in_order):
        yield f"should hear {account.must_hear}, heard {list(shown.heard)}"
    optional = account.may_open & set(shown.cases)
    if sorted(shown.cases) != sorted([*account.must_open, *optional]):
        yield f"should have the cases {account.must_open}, has {sorted(shown.cases)}"
    unfinished = [state for state, _ in shown.turns if state not in (DONE, GIVEN_UP)]
    if unfinished:
        yield f"has unfinished turns: {unfinished}"
    if any(state == GIVEN_UP for state, _ in shown.turns) and "ubehandlet" not in shown.cases:
        yield "has a turn that was given up and stands before nobody"
    if sum(count for _, count in shown.turns) != len(account.sent):
        yield f"sent {len(account.sent)} messages, {sum(count for _, count in shown.turns)} are in turns"


def _wrong_with_messages(account: Account, shown: Shown, *, in_order: bool) -> Iterable[str]:
    stored, sent = Counter(shown.written), Counter(account.sent)
    lost = list((Counter(account.acknowledged) - stored).elements())
    if lost:
        yield f"lost after it was acknowledged: {lost}"
    doubled = list((stored - sent).elements())
    if doubled:
        yield f"stored more than once, or never sent: {doubled}"
    if account.sent != account.acknowledged:
        yield f"never acknowledged: {list((sent - Counter(account.acknowledged)).elements())}"
    if in_order and not lost and not doubled and list(shown.written) != account.sent:
        yield f"out of order: sent {account.sent}, stored {list(shown.written)}"


def _same(shown: Sequence[str], wanted: Sequence[str], *, in_order: bool) -> bool:
    return list(shown) == list(wanted) if in_order else Counter(shown) == Counter(wanted)
