import pytest

from bot.engine.understanding.labels import LabelError, Labels, read_labels
from bot.shared.codebook import Complaint, Concern, Polarity, Role, Theme, Wish


@pytest.mark.parametrize("metadata", [None, {}])
def test_labels_left_out_have_their_defaults(metadata: dict[str, object] | None) -> None:
    assert read_labels(metadata) == Labels()


def test_every_label_is_read() -> None:
    metadata = {
        "themes": {"hoert": "+", "rammer": "-"},
        "klage": "maaske",
        "bekymring": "akut",
        "oensker": ["opkald", "stop"],
        "svar": "nej",
        "lang": "en",
        "role": "barn",
        "age": 9,
        "question": "Hvad var godt?",
    }

    assert read_labels(metadata) == Labels(
        themes={Theme.HOERT: Polarity.PLUS, Theme.RAMMER: Polarity.MINUS},
        complaint=Complaint.MAASKE,
        concern=Concern.AKUT,
        wishes=frozenset({Wish.OPKALD, Wish.STOP}),
        answers=False,
        language="en",
        role=Role.BARN,
        age=9,
        question="Hvad var godt?",
    )


@pytest.mark.parametrize(
    ("metadata", "key"),
    [
        ({"themes": {"mad": "+"}}, "themes"),
        ({"themes": {"hoert": "plus"}}, "themes.hoert"),
        ({"klage": "måske"}, "klage"),
        ({"bekymring": "ja!"}, "bekymring"),
        ({"oensker": ["ring"]}, "oensker"),
        ({"svar": True}, "svar"),
        ({"role": "mor"}, "role"),
        ({"tema": {}}, "tema"),
    ],
)
def test_what_the_codebook_does_not_know_is_refused_by_name(metadata: dict[str, object], key: str) -> None:
    with pytest.raises(LabelError, match=key):
        read_labels(metadata)
