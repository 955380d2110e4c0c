"""No text makes a reader raise, and what it gives keeps its contract."""

import pytest

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import given, settings  # noqa: E402 - only where hypothesis is installed
from hypothesis import strategies as st  # noqa: E402

from bot.shared import keywords, safety_net  # noqa: E402
from bot.shared.codebook import Concern  # noqa: E402
from bot.shared.danish import fold, words  # noqa: E402
from bot.shared.personal_data import MARKS, find_phone, redact  # noqa: E402
from bot.shared.readability import lix  # noqa: E402

SURROGATES_TOO = st.text(st.characters(exclude_categories=()), max_size=200)
FRAGMENTS = st.sampled_from(
    ["min ", "far ", "slår ", "mig ", "ikke ", "+45 ", "00", "12-", "@", ".dk", "vej 4", "\u200b", "🔪", "\x00", "\n", "Mette "]
)
TEXTS = SURROGATES_TOO | st.lists(FRAGMENTS, max_size=30).map("".join)


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_the_net_never_raises(text: str, earlier: str) -> None:
    findings = safety_net.read(text, earlier)
    assert (findings.danger is Concern.NEJ) == (findings.danger_rule is None)


@given(TEXTS)
@settings(deadline=None)
def test_keywords_never_raise(text: str) -> None:
    for reader in (keywords.is_call_wish, keywords.is_yes, keywords.is_no):
        assert reader(text) in (True, False)


@given(TEXTS)
@settings(deadline=None)
def test_folding_never_raises(text: str) -> None:
    assert fold(text) is not None
    assert all(word and " " not in word for word in words(text))


@given(TEXTS)
@settings(deadline=None)
def test_earlier_danger_alone_is_never_repeated(earlier: str) -> None:
    assert safety_net.read("ok", earlier).danger is Concern.NEJ


@given(TEXTS, st.lists(SURROGATES_TOO, max_size=3))
@settings(deadline=None)
def test_redaction_can_be_undone(text: str, names: list[str]) -> None:
    redaction = redact(text, names)
    assert sum(redaction.text.count(mark) for mark in MARKS.values()) >= len(redaction.found)
    kept = len(text) - sum(len(found.value) for found in redaction.found)
    assert len(redaction.text) == kept + sum(len(MARKS[found.kind]) for found in redaction.found)


@given(TEXTS)
@settings(deadline=None)
def test_a_phone_number_is_international(text: str) -> None:
    number = find_phone(text)
    assert number is None or (number.startswith("+") and number[1:].isascii() and number[1:].isdecimal())


@given(TEXTS)
@settings(deadline=None)
def test_lix_is_never_negative(text: str) -> None:
    assert lix(text) >= 0
