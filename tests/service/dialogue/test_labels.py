"""Why a message was taken for what it was: kept with the case's message and with the answer."""

from typing import Any

import pytest
from sqlalchemy import select, text

from bot.service.context import Context
from bot.service.models import AnswerLabel, CaseMessage
from tests.service.driver import Citizen

COMPLAINT = {
    "routes": {"klage": {"value": "ja", "score": 0.93, "clause": "det finder jeg mig ikke i", "source": "model"}},
    "wishes": [{"id": "opkald", "score": 1.0, "clause": None, "source": "rule"}],
}
KEPT = [
    {"id": "klage", "value": "ja", "score": 0.93, "clause": "det finder jeg mig ikke i", "source": "model"},
    {"id": "opkald", "value": "ja", "score": 1.0, "clause": None, "source": "rule"},
]
BY_THE_NET = {"id": "bekymring", "value": "ja", "score": 1.0, "clause": None, "source": "rule"}


@pytest.fixture
def asked(parent: Citizen) -> Citizen:
    parent.write("ja", act="bekraeft")
    return parent


def labels_of_cases(context: Context) -> list[list[dict[str, Any]]]:
    with context.database.read() as session:
        return list(session.scalars(select(CaseMessage.labels).order_by(CaseMessage.id)))


def labels_of_answers(context: Context) -> list[tuple[str, str, float, str | None, str]]:
    with context.database.read() as session:
        rows = session.scalars(select(AnswerLabel).order_by(AnswerLabel.id))
        return [(row.label, row.value, row.score, row.clause, row.source) for row in rows]


def test_a_complaint_keeps_who_found_what_and_the_clause(context: Context, asked: Citizen) -> None:
    asked.write("det finder jeg mig ikke i. RING", act="klage", **COMPLAINT)

    assert labels_of_cases(context) == [KEPT]
    assert labels_of_answers(context) == [tuple(label.values()) for label in KEPT]


def test_the_clause_stands_encrypted_on_the_case(context: Context, asked: Citizen) -> None:
    asked.write("det finder jeg mig ikke i", act="klage", **COMPLAINT)

    with context.database.read() as session:
        [stored] = session.scalars(text("SELECT labels FROM case_message"))
    assert stored.startswith("1:")
    assert "finder" not in stored


def test_a_message_that_only_the_net_has_read_has_its_finding(context: Context, asked: Citizen) -> None:
    asked.engine.down = True
    asked.receive("min far slår mig")

    assert labels_of_cases(context) == [[BY_THE_NET]]


def test_the_turn_fills_in_the_clause_that_the_net_could_not_name(context: Context, asked: Citizen) -> None:
    found = {"value": "ja", "score": 0.9, "clause": "min far slår mig", "source": "model"}
    asked.write("min far slår mig", act="bekymring", routes={"bekymring": found})

    assert labels_of_cases(context) == [[{"id": "bekymring"} | found]]


def test_a_message_in_which_nothing_was_found_has_an_empty_list(context: Context, asked: Citizen) -> None:
    asked.write("min far slår mig", act="bekymring", routes={"bekymring": {"value": "ja", "score": 0.9}})
    asked.engine.down = True
    asked.receive("og så gik vi i biografen")

    assert labels_of_cases(context)[1] == []


def test_an_answer_keeps_what_the_net_saw_beside_the_engine(context: Context, asked: Citizen) -> None:
    asked.write("min far slår mig", act="bekymring")

    assert labels_of_answers(context) == [tuple(BY_THE_NET.values())]
