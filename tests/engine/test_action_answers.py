import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.engine import action_answers

GOOD = [
    {"events": [], "responses": []},
    {
        "events": [{"event": "slot", "name": "a", "value": 1, "timestamp": None}],
        "responses": [{"text": "hej", "buttons": [{"title": "ja", "payload": "/ja"}]}],
    },
    {},
]
BAD = [{"events": "x"}, {"responses": [1]}, [], None, {"events": [{}]}]


@pytest.mark.parametrize("answer", GOOD)
def test_what_rasa_takes_is_taken(answer: object) -> None:
    assert action_answers.validate_answer(RemoteAction("a", None), answer)


@pytest.mark.parametrize("answer", BAD)
def test_what_rasa_refuses_is_refused_without_its_words(answer: object) -> None:
    with pytest.raises(ValidationError):
        RemoteAction("a", None)._validate_action_result(answer)
    with pytest.raises(ValidationError, match="not as agreed"):
        action_answers.validate_answer(RemoteAction("a", None), answer)
