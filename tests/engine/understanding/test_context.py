import pytest

from bot.engine.understanding.context import Context, ContextError, read_context
from bot.shared.codebook import AwaitedStep, Concern, Expects


@pytest.mark.parametrize("metadata", [None, {}, {"venter_paa": None, "net": None}, {"turn": 3}])
def test_nothing_is_awaited_where_nothing_is_said(metadata: dict[str, object] | None) -> None:
    assert read_context(metadata) == Context()


def test_every_key_is_read() -> None:
    net = {"bekymring": "ja", "stop": True, "klage": True}

    assert read_context({"venter_paa": "opkald_tid", "forventer": "tid", "net": net}) == Context(
        AwaitedStep.OPKALD_TID, Expects.TID, Concern.JA, net_stop=True, net_complaint=True
    )


@pytest.mark.parametrize(
    ("metadata", "key"),
    [({"venter_paa": "x"}, "venter_paa"), ({"forventer": 3}, "forventer"), ({"net": "ja"}, "net")],
)
def test_what_the_contract_does_not_know_is_refused_by_name(metadata: dict[str, object], key: str) -> None:
    with pytest.raises(ContextError, match=key):
        read_context(metadata)
