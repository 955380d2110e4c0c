"""The question sets that the municipality has: found by id and version."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from bot.service.logic.marked_yaml import Problem
from bot.service.logic.question_set_file import QuestionSetError, read_question_set
from bot.service.logic.questions import (
    Answers,
    Condition,
    Option,
    Question,
    QuestionKind,
    QuestionSet,
    UnknownQuestion,
)

__all__ = [
    "QUESTION_SETS",
    "Answers",
    "Catalogue",
    "Condition",
    "Option",
    "Question",
    "QuestionKind",
    "QuestionSet",
    "QuestionSetError",
    "UnknownQuestion",
    "UnknownQuestionSet",
]

QUESTION_SETS = Path(__file__).parents[1] / "question_sets"


class UnknownQuestionSet(LookupError):
    """There is no set of this id, or no such version of it."""


class Catalogue:
    """All question sets, every version of each."""

    def __init__(self, sets: Iterable[QuestionSet]) -> None:
        self._sets = {(a_set.id, a_set.version): a_set for a_set in sets}

    @classmethod
    def load(cls, folder: Path = QUESTION_SETS) -> Self:
        """Reads every *.yml of the folder; raises QuestionSetError with the faults of all files together."""
        sets: dict[tuple[str, int], QuestionSet] = {}
        problems: list[Problem] = []
        for path in sorted(folder.glob("*.yml")):
            try:
                a_set = read_question_set(path)
            except QuestionSetError as error:
                problems += error.problems
                continue
            if sets.setdefault((a_set.id, a_set.version), a_set) is not a_set:
                problems.append(Problem(path, 1, f"{a_set.id} version {a_set.version} exists already: raise `version`"))
        if problems:
            raise QuestionSetError(problems)
        return cls(sets.values())

    def ids(self) -> tuple[str, ...]:
        """The ids of all sets, in alphabetical order."""
        return tuple(sorted({set_id for set_id, _ in self._sets}))

    def get(self, set_id: str, version: int | None = None) -> QuestionSet:
        """One version of a set, the latest if none is named; raises UnknownQuestionSet."""
        if version is None:
            return self.latest(set_id)
        try:
            return self._sets[set_id, version]
        except KeyError:
            raise UnknownQuestionSet(f"no question set {set_id!r} in version {version}") from None

    def latest(self, set_id: str) -> QuestionSet:
        """The highest version of a set; raises UnknownQuestionSet."""
        versions = [version for known_id, version in self._sets if known_id == set_id]
        if not versions:
            raise UnknownQuestionSet(f"no question set {set_id!r}; known: {', '.join(self.ids())}")
        return self._sets[set_id, max(versions)]
