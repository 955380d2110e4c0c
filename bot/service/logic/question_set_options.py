"""Reads the options of a closed question, and says what digits a citizen is told to answer with."""

import re
from collections.abc import Mapping, Sequence

import yaml

from bot.service.logic.marked_yaml import MarkedYaml
from bot.service.logic.questions import Option, QuestionKind
from bot.shared.codebook import DialogueAct

# What a press means to the engine; every other option is plainly an answer.
_ACTS = {"ja": DialogueAct.BEKRAEFT, "nej": DialogueAct.AFVIS, "ved_ikke": DialogueAct.VED_IKKE}
_ID = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_ID = 40  # letters: what the columns hold, and with a message's id before it what a button of Telegram carries
_MOST_OPTIONS = 9  # each has one digit on SMS
_FEWEST_STEPS, _HIGHEST_STEP = 3, 10


def read_id(file: MarkedYaml, node: yaml.Node) -> str:
    """An id as it stands in columns and in what other systems get."""
    found = file.string(node)
    if found and not _ID.fullmatch(found):
        file.fault(node, f"`{found}` is no id: small letters a-z, digits and _ only, without æ, ø and å")
    if len(found) > _LONGEST_ID:
        file.fault(node, f"`{found}` is too long for an id: {_LONGEST_ID} letters at most")
    return found


def read_options(
    file: MarkedYaml,
    question: yaml.Node,
    node: yaml.Node | None,
    *,
    kind: QuestionKind,
    named: Mapping[str, yaml.Node],
) -> tuple[Option, ...]:
    """The options under `svar`, a list or the name of one of the set's; faults where they do not fit the kind."""
    if kind is QuestionKind.TEKST:
        if node is not None:
            file.fault(node, "free text has no options: remove `svar`, or make it `slags: valg`")
        return ()
    if node is None:
        file.fault(question, f"a question of `slags: {kind}` needs options: add `svar`")
        return ()
    listed = _listed(file, node, named)
    options = tuple(_option(file, item, kind, place) for place, item in enumerate(listed, start=1))
    for finding in _faults(options, kind):
        file.fault(node, finding)
    return options


def with_digits(text: str, options: Sequence[Option]) -> str:
    """The question followed by `1: …. 2: ….`, as it is asked on SMS."""
    return " ".join([text, *(f"{option.digit}: {option.label}." for option in options)])


def missing_digits(text: str, options: Sequence[Option]) -> list[str]:
    """Digits that an SMS does not explain; of a scale it is enough to name the ends."""
    scale = all(isinstance(option.value, int) for option in options)
    needed = [options[0], options[-1]] if options and scale else options
    missing = [option.digit for option in needed if not re.search(rf"\b{option.digit}\b", text)]
    return [f"nobody is told what {' and '.join(missing)} means: name the digits"] if missing else []


def _listed(file: MarkedYaml, node: yaml.Node, named: Mapping[str, yaml.Node]) -> list[yaml.Node]:
    if not isinstance(node, yaml.ScalarNode):
        return file.items(node)
    if node.value not in named:
        known = ", ".join(named) or "none"
        file.fault(node, f"no list `{node.value}` in the set's `svar` (there are: {known}): add it there")
        return []
    return file.items(named[node.value])


def _option(file: MarkedYaml, node: yaml.Node, kind: QuestionKind, place: int) -> Option:
    scale = kind is QuestionKind.SKALA
    required = {"id", "tekst", "tal"} if scale else {"id", "tekst"}
    fields = file.record(node, required=required, optional={"ogsaa", "positiv"})
    option_id = read_id(file, fields["id"]) if "id" in fields else ""
    number = file.integer(fields["tal"]) if "tal" in fields else place
    return Option(
        id=option_id,
        label=file.string(fields["tekst"]) if "tekst" in fields else "",
        digit=str(number),
        value=number if scale else option_id,
        act=DialogueAct.SVAR if scale else _ACTS.get(option_id, DialogueAct.SVAR),
        positive=file.boolean(fields["positiv"]) if "positiv" in fields else False,
        aliases=tuple(file.string(word) for word in file.items(fields["ogsaa"])) if "ogsaa" in fields else (),
    )


def _faults(options: Sequence[Option], kind: QuestionKind) -> list[str]:
    """Whether the options fit the kind of their question."""
    ids = [option.id for option in options]
    faults = [] if len(set(ids)) == len(ids) else ["two options have the same id: give each its own"]
    if len({option.label.casefold() for option in options}) < len(options):
        faults.append("two options have the same text: word them apart")
    if kind is QuestionKind.JA_NEJ and ids != ["ja", "nej"]:
        faults.append(
            "`slags: ja_nej` has the options `ja` and `nej`, in this order: mend it, or make it `slags: valg`"
        )
    if kind is QuestionKind.VALG and not 2 <= len(options) <= _MOST_OPTIONS:
        faults.append(f"a question of `slags: valg` has 2 to {_MOST_OPTIONS} options: add or remove some")
    if kind is QuestionKind.SKALA and not _is_scale([int(option.digit) for option in options]):
        faults.append("a scale has at least 3 steps, and `tal` rises by 1 from 0 or 1, to 10 at most: number it so")
    return faults


def _is_scale(numbers: Sequence[int]) -> bool:
    if len(numbers) < _FEWEST_STEPS or numbers[0] not in (0, 1) or numbers[-1] > _HIGHEST_STEP:
        return False
    return list(numbers) == list(range(numbers[0], numbers[-1] + 1))
