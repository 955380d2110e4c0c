"""Routes and wishes with the clause that carried them: as the engine sends them, and what the safety net adds."""

from typing import Any

import pytest

from bot.service.logic.labels import as_rows, find_labels, labels_of_net, rows_of_message
from bot.service.logic.reading import Reading
from bot.service.models import Inbound
from bot.service.models.words import InboundKind
from bot.shared.codebook import Wish


def reading(**labels: Any) -> Reading:
    return Reading.of({"intent": {"name": "svar"}} | labels)


def inbound(danger: str = "nej", *, complaint: bool = False, stop: bool = False, kind: str = InboundKind.TEXT) -> Inbound:
    return Inbound(kind=kind, net_danger=danger, net_complaint=complaint, net_stop=stop)


def told(found: Reading, *inbounds: Inbound) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in as_rows(find_labels(found, inbounds))]


def route(name: str, value: str, **more: Any) -> dict[str, Any]:
    return {"routes": {name: {"value": value, "score": 0.8, "clause": "det er for dårligt"} | more}}


def test_a_row_has_the_five_keys_that_the_desk_reads() -> None:
    [row] = as_rows(find_labels(reading(**route("klage", "maaske", source="model")), [inbound()]))

    assert row == {"id": "klage", "value": "maaske", "score": 0.8, "clause": "det er for dårligt", "source": "model"}


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({}, []),
        (route("klage", "nej"), []),
        (route("bekymring", "nej"), []),
        (route("klage", "ja"), [("klage", "ja", 0.8, "det er for dårligt", "model")]),
        (route("bekymring", "akut", clause=None, source="rule", score=0.1), [("bekymring", "akut", 1.0, None, "rule")]),
        ({"routes": {"klage": {"value": "ja", "score": 0.8}}}, [("klage", "ja", 0.8, None, "model")]),
        ({"wishes": [{"id": "tolk", "score": 0.7}]}, [("tolk", "ja", 0.7, None, "model")]),
        (
            {
                "wishes": [
                    {"id": "opkald", "score": 0.9, "clause": "ring til mig", "source": "model"},
                    {"id": "stop", "score": 1.0, "clause": None, "source": "rule"},
                ]
            },
            [("opkald", "ja", 0.9, "ring til mig", "model"), ("stop", "ja", 1.0, None, "rule")],
        ),
    ],
)
def test_what_the_engine_found(labels: dict[str, Any], expected: list[tuple[Any, ...]]) -> None:
    assert told(reading(**labels), inbound()) == expected


def test_a_source_that_nobody_agreed_on_breaks_the_contract() -> None:
    with pytest.raises(ValueError, match="guess"):
        reading(**route("klage", "ja", source="guess"))


def test_only_the_wishes_found_are_wanted() -> None:
    found = reading(wishes=[{"id": "opkald", "score": 0.9}])

    assert [wish for wish in Wish if found.wants(wish)] == [Wish.OPKALD]


@pytest.mark.parametrize(
    ("labels", "net", "expected"),
    [
        ({}, inbound("ja"), [("bekymring", "ja", "rule")]),
        (route("bekymring", "ja"), inbound("ja"), [("bekymring", "ja", "model")]),
        (route("bekymring", "akut"), inbound("ja"), [("bekymring", "akut", "model")]),
        (route("bekymring", "ja"), inbound("akut"), [("bekymring", "ja", "model"), ("bekymring", "akut", "rule")]),
        (route("klage", "ja"), inbound(complaint=True), [("klage", "ja", "model")]),
        (route("klage", "maaske"), inbound(complaint=True), [("klage", "maaske", "model"), ("klage", "ja", "rule")]),
        ({"wishes": [{"id": "stop", "score": 0.9}]}, inbound(stop=True), [("stop", "ja", "model")]),
        ({}, inbound(stop=True), [("stop", "ja", "rule")]),
    ],
)
def test_the_net_adds_only_where_it_saw_more(
    labels: dict[str, Any], net: Inbound, expected: list[tuple[str, ...]]
) -> None:
    assert [(an_id, value, source) for an_id, value, _, _, source in told(reading(**labels), net)] == expected


def test_of_several_messages_the_worst_counts_once() -> None:
    found = labels_of_net([inbound("ja", complaint=True), inbound("akut", complaint=True), inbound()])

    assert [(label.id, label.value) for label in found] == [("klage", "ja"), ("bekymring", "akut")]


@pytest.mark.parametrize("kind", [InboundKind.PRESS, InboundKind.LEFT])
def test_what_was_not_written_was_not_recognised_in_words(kind: str) -> None:
    assert labels_of_net([inbound(stop=True, kind=kind)]) == []


def test_a_message_keeps_what_it_carried_itself() -> None:
    asked, angry = inbound(), inbound(complaint=True)
    asked.redacted, angry.redacted = "Hvornår ringer I?", "Ingen ringer. Jeg vil klage"
    rows = [
        {"id": "tilgaengelighed", "clause": " Ingen ringer."},
        {"id": "spoergsmaal", "clause": "Hvornår ringer I?"},
        {"id": "klage", "clause": None},
        {"id": "koordinering", "clause": "Hvornår ringer I? Ingen ringer."},  # over the border of the two
        {"id": "bekymring", "clause": None},  # the joined text alone
    ]

    kept = [[row["id"] for row in rows_of_message(rows, each, [asked, angry])] for each in (asked, angry)]

    assert kept == [["spoergsmaal", "koordinering", "bekymring"], ["tilgaengelighed", "klage", "koordinering", "bekymring"]]
