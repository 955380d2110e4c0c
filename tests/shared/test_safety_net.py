"""The three readings of the net in one call."""

from bot.shared.codebook import Concern
from bot.shared.safety_net import NetFindings, read


def test_nothing() -> None:
    assert read("Det var et godt møde") == NetFindings(Concern.NEJ, None, stop=False, complaint=False)


def test_danger_names_its_rule() -> None:
    assert read("min far slår mig") == NetFindings(Concern.JA, "slaar_nogen", stop=False, complaint=False)


def test_pieces_are_joined_for_danger_only() -> None:
    assert read("slår mig", "min far").danger is Concern.JA
    assert not read("ok", "stop").stop


def test_stop() -> None:
    assert read("STOP").stop


def test_danger_and_complaint_in_one_message() -> None:
    findings = read("jeg vil klage, og min far slår mig")
    assert findings.complaint
    assert findings.danger is Concern.JA
