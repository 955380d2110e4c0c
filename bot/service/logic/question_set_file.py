"""Reads one question set from its YAML file and checks it; docs in the head of question_sets/foerste_moede.yml."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import yaml

from bot.service.logic.marked_yaml import MarkedYaml, Problem
from bot.service.logic.plain_language import lix_faults, question_faults, sms_faults
from bot.service.logic.question_set_options import missing_digits, read_id, read_options, with_digits
from bot.service.logic.questions import Condition, Option, Question, QuestionKind, QuestionSet
from bot.shared.codebook import Audience

_SET_KEYS = {"id", "version", "navn", "maalgrupper", "dage_efter_moedet", "paamindelse_efter_dage", "spoergsmaal"}
_SET_OPTIONAL = {"laaner_ordlyd", "svar"}
_QUESTION_KEYS = {"id", "slags", "tekst"}
_QUESTION_OPTIONAL = {"indikator", "svar", "sms", "hvis", "trivsel", "maalgrupper"}
_TESTS = {"hoejst", "mindst", "er"}

_SMS_SEGMENTS = 1  # a question on SMS

_Choice = TypeVar("_Choice", Audience, QuestionKind)


class QuestionSetError(Exception):
    """One or more question set files are faulty; the message names file, line and mend of every fault."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (str(problem.path), problem.line)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def read_question_set(path: Path) -> QuestionSet:
    """The set in this file; raises QuestionSetError with all its faults."""
    file = MarkedYaml(path)
    found = None if file.problems else _SetReader(file).read()
    if found is None or file.problems:
        raise QuestionSetError(file.problems)
    return found


class _SetReader:
    """One reading of one file, from the top down; a question may look back at those before it."""

    def __init__(self, file: MarkedYaml) -> None:
        self._file = file
        self._fields = file.record(file.root, required=_SET_KEYS, optional=_SET_OPTIONAL)
        self._audiences = self._audience_list(self._fields.get("maalgrupper"))
        self._borrowed = self._borrowed_wordings(self._fields.get("laaner_ordlyd"))
        named = self._fields.get("svar")
        self._named_answers = {} if named is None else file.entries(named)
        self._questions: list[Question] = []

    def read(self) -> QuestionSet | None:
        """The set, or None where so much is missing that there is none."""
        if not self._fields.keys() >= _SET_KEYS:
            return None
        for node in self._file.items(self._fields["spoergsmaal"]):
            question = self._question(node)
            if question is not None:
                self._questions.append(question)
        self._check_dialogues()
        return self._assemble()

    def _assemble(self) -> QuestionSet:
        file, fields = self._file, self._fields
        set_id = read_id(file, fields["id"])
        if set_id and file.path.stem.split(".")[0] != set_id:
            file.fault(
                fields["id"], f"`{set_id}` is not the file's name: call it {set_id}.yml or {set_id}.<version>.yml"
            )
        return QuestionSet(
            id=set_id,
            version=file.integer(fields["version"], least=1),
            name=file.string(fields["navn"]),
            audiences=self._audiences,
            delay_days=file.integer(fields["dage_efter_moedet"]),
            reminder_after_days=file.integer(fields["paamindelse_efter_dage"], least=1),
            questions=tuple(self._questions),
            content_hash=_content_hash(file.root),
        )

    # --- audiences

    def _audience_list(self, node: yaml.Node | None) -> tuple[Audience, ...]:
        if node is None:
            return ()
        return tuple(found for item in self._file.items(node) if (found := self._choice(item, Audience)))

    def _borrowed_wordings(self, node: yaml.Node | None) -> dict[Audience, Audience]:
        """Who is asked in whose words."""
        if node is None:
            return {}
        borrowed: dict[Audience, Audience] = {}
        for name, lender_node in self._file.entries(node).items():
            lender = self._choice(lender_node, Audience)
            if name not in self._audiences or lender not in self._audiences:
                self._file.fault(lender_node, "both audiences must stand in `maalgrupper`: add the missing one")
            elif lender is not None:
                borrowed[Audience(name)] = lender
        return borrowed

    def _asked(self, node: yaml.Node | None) -> tuple[Audience, ...]:
        """Of whom a question is asked: all whom the set is for, or the ones it names of them."""
        if node is None:
            return self._audiences
        named = self._audience_list(node)
        for stranger in set(named) - set(self._audiences):
            self._file.fault(node, f"the set is not for {stranger}: add it to the set's `maalgrupper`")
        return named

    # --- a question

    def _question(self, node: yaml.Node) -> Question | None:
        file = self._file
        fields = file.record(node, required=_QUESTION_KEYS, optional=_QUESTION_OPTIONAL)
        if not fields.keys() >= _QUESTION_KEYS:
            return None
        question_id = read_id(file, fields["id"])
        if any(question_id == earlier.id for earlier in self._questions):
            file.fault(fields["id"], f"question `{question_id}` exists already: give it another id")
        kind = self._choice(fields["slags"], QuestionKind)
        audiences = self._asked(fields.get("maalgrupper"))
        svar = fields.get("svar")
        options = read_options(file, node, svar, kind=kind, named=self._named_answers) if kind else ()
        texts = self._texts(fields["tekst"], audiences)
        return Question(
            id=question_id,
            kind=kind or QuestionKind.TEKST,
            indicator=read_id(file, fields["indikator"]) if "indikator" in fields else None,
            options=options,
            texts=MappingProxyType(texts),
            sms_texts=MappingProxyType(self._sms_texts(fields.get("sms"), fields["tekst"], texts, options)),
            condition=self._condition(fields["hvis"]) if "hvis" in fields else None,
            trivsel=self._trivsel(fields.get("trivsel"), kind),
        )

    def _trivsel(self, node: yaml.Node | None, kind: QuestionKind | None) -> bool:
        if node is None:
            return False
        if kind is not QuestionKind.SKALA:
            self._file.fault(node, "only a question of `slags: skala` can be a well-being scale: remove `trivsel`")
        return self._file.boolean(node)

    def _texts(self, node: yaml.Node, audiences: tuple[Audience, ...]) -> dict[Audience, str]:
        """The wording per audience, borrowed ones filled in."""
        file, given = self._file, self._wordings(node)
        texts: dict[Audience, str] = {}
        for audience in audiences:
            source = audience if audience in given else self._borrowed.get(audience, audience)
            if source not in given:
                file.fault(node, f"no text for {audience}: add `{audience}: …`, or a lender in `laaner_ordlyd`")
                continue
            texts[audience] = file.string(given[source])
            for finding in question_faults(texts[audience], audience):
                file.fault(given[source], finding)
        for stranger in given.keys() - set(audiences):
            file.fault(given[stranger], f"not asked of {stranger}: add it to `maalgrupper` or remove the line")
        return texts

    def _sms_texts(
        self, node: yaml.Node | None, text_node: yaml.Node, texts: Mapping[Audience, str], options: tuple[Option, ...]
    ) -> dict[Audience, str]:
        """The wording on SMS: as given, else the question followed by `1: …. 2: …`."""
        given = {} if node is None else self._wordings(node)
        found: dict[Audience, str] = {}
        for audience, text in texts.items():
            source = audience if audience in given else self._borrowed.get(audience, audience)
            own = given.get(source)
            found[audience] = with_digits(text, options) if own is None else self._file.string(own)
            for finding in sms_faults(found[audience], _SMS_SEGMENTS) + missing_digits(found[audience], options):
                self._file.fault(own or text_node, f"on SMS, for {audience}: {finding}")
        return found

    def _wordings(self, node: yaml.Node) -> dict[Audience, yaml.Node]:
        known: dict[Audience, yaml.Node] = {}
        for name, text in self._file.entries(node).items():
            if name in set(Audience):
                known[Audience(name)] = text
            else:
                self._file.fault(text, f"unknown audience `{name}`: use one of {', '.join(Audience)}")
        return known

    # --- conditions

    def _condition(self, node: yaml.Node) -> Condition | None:
        file = self._file
        fields = file.record(node, required={"spoergsmaal"}, optional=_TESTS | {"ogsaa_ved_spring_over"})
        if "spoergsmaal" not in fields:
            return None
        if len(fields.keys() & _TESTS) != 1:
            file.fault(node, "a condition has exactly one of `hoejst`, `mindst` and `er`")
        earlier_id = file.string(fields["spoergsmaal"])
        earlier = next((question for question in self._questions if question.id == earlier_id), None)
        if earlier is None:
            file.fault(fields["spoergsmaal"], f"`{earlier_id}` is no earlier question: a condition can only look back")
            return None
        skipped = fields.get("ogsaa_ved_spring_over")
        return Condition(
            question=earlier_id,
            at_most=self._scale_value(fields.get("hoejst"), earlier),
            at_least=self._scale_value(fields.get("mindst"), earlier),
            equals=self._equal_value(fields.get("er"), earlier),
            or_skipped=False if skipped is None else file.boolean(skipped),
        )

    def _scale_value(self, node: yaml.Node | None, earlier: Question) -> int | None:
        if node is None:
            return None
        value = self._file.integer(node)
        if value not in [option.value for option in earlier.options]:
            self._file.fault(node, f"{value} is no point of the scale of `{earlier.id}`: use one that is")
        return value

    def _equal_value(self, node: yaml.Node | None, earlier: Question) -> int | str | None:
        if node is None:
            return None
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        for option in earlier.options:
            if text in (option.id, str(option.value)):
                return option.value
        self._file.fault(node, f"`{text}` is no option of `{earlier.id}`: use the id of one")
        return None

    # --- single values

    def _choice(self, node: yaml.Node, choices: type[_Choice]) -> _Choice | None:
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        if text in set(choices):
            return choices(text)
        self._file.fault(node, f"`{text}` is unknown here: use one of {', '.join(choices)}")
        return None

    def _check_dialogues(self) -> None:
        for audience in self._audiences:
            asked = [question for question in self._questions if audience in question.texts]
            for finding in _dialogue_faults(asked, audience):
                self._file.fault(self._fields["spoergsmaal"], finding)


def _dialogue_faults(asked: list[Question], audience: Audience) -> list[str]:
    """What is wrong with all that one audience is asked, taken together."""
    if not asked:
        return [f"no question is asked of {audience}: add one"]
    first = [f"the first question for {audience} has a condition: remove `hvis`"] if asked[0].condition else []
    lix = lix_faults([question.texts[audience] for question in asked], audience)
    return first + [f"the dialogue {finding}" for finding in lix]


def _content_hash(root: yaml.Node) -> str:
    """The same for the same content, whatever its comments and layout."""
    return hashlib.sha256(json.dumps(_plain(root), ensure_ascii=False).encode()).hexdigest()


def _plain(node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return [[_plain(key), _plain(value)] for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return [node.tag, node.value]
