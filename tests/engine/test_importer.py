"""Our reader of training data gives Rasa what Rasa's own reader gives."""

from pathlib import Path

import pytest
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.importer import NluDataImporter

EXAMPLES = """nlu:
- intent: svar
  examples:
  - text: "  hun lyttede, (næsten) hele tiden 😋 "
    metadata: {themes: {hoert: +}, svar: ja}
  - text: |
      to linjer
      i en besked
- intent: hilsen
  examples:
  - text: hej
"""
LOOKUP = """nlu:
- lookup: kommune
  examples: |
    - Eksempel
- intent: tak
  examples: |
    - mange tak
    - tusind tak
"""


def content(data: TrainingData) -> tuple[object, ...]:
    return [message.as_dict() for message in data.training_examples], data.lookup_tables


@pytest.mark.parametrize("files", [(EXAMPLES,), (LOOKUP,), (EXAMPLES, LOOKUP), ("nlu: []\n",)], ids=len)
def test_what_it_reads_is_what_rasa_reads(tmp_path: Path, files: tuple[str, ...]) -> None:
    for number, words in enumerate(files):
        (tmp_path / f"{number}.yml").write_text(f'version: "3.1"\n{words}', "utf-8")

    ours, rasas = (kind(training_data_paths=[str(tmp_path)]).get_nlu_data() for kind in (NluDataImporter, RasaFileImporter))

    assert content(ours) == content(rasas)


def test_brackets_in_an_example_stay(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text('nlu:\n- intent: svar\n  examples:\n  - text: "vi [alle](tre) ventede"\n', "utf-8")

    [message] = NluDataImporter(training_data_paths=[str(tmp_path)]).get_nlu_data().training_examples

    assert (message.get("text"), message.get("entities")) == ("vi [alle](tre) ventede", None)
