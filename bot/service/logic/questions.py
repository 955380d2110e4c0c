"""What is asked: a question, its options, the condition it is asked on, and the set they form.

Values only; they are read and validated by question_set_file.py and found through question_sets.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.shared.codebook import Audience, Channel, DialogueAct, Expects

Answers = Mapping[str, int | str | None]
"""Answers so far, by question id: an option's `value`, the text of a free answer, or None where it was skipped."""


class UnknownQuestion(LookupError):
    """No such question in this set, or it is not asked of this audience."""


class QuestionKind(StrEnum):
    """How a question is answered."""

    SKALA = "skala"
    VALG = "valg"
    JA_NEJ = "ja_nej"
    TEKST = "tekst"

    @property
    def expects(self) -> Expects:
        """The same kind in the words of the engine's contract."""
        return Expects(self.value)


@dataclass(frozen=True)
class Option:
    """One answer to a closed question."""

    id: str
    label: str  # what the button says
    digit: str  # what a citizen answers by SMS
    value: int | str  # what is stored: the number on a scale, else the id
    act: DialogueAct  # what a press of it means to the engine
    positive: bool = False  # counts towards the share of the question's indicator
    aliases: tuple[str, ...] = ()  # other words that mean it


@dataclass(frozen=True)
class Condition:
    """The question is asked only if the answer to an earlier one fits; exactly one of the three tests is set."""

    question: str
    at_most: int | None = None
    at_least: int | None = None
    equals: int | str | None = None
    or_skipped: bool = False  # whether it is asked too when the earlier question was skipped or not asked

    def holds(self, answers: Answers) -> bool:
        """Whether the earlier answer fits."""
        value = answers.get(self.question)
        if value is None:
            return self.or_skipped
        if self.equals is not None:
            return value == self.equals
        if not isinstance(value, int):
            return False
        low = self.at_least is None or value >= self.at_least
        return low and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True)
class Question:
    """One question, worded for each audience it is asked of."""

    id: str
    kind: QuestionKind
    indicator: str | None  # the figure that the answer feeds
    options: tuple[Option, ...]  # empty for free text
    texts: Mapping[Audience, str]
    sms_texts: Mapping[Audience, str]  # with the digits to answer by; one GSM-7 segment
    condition: Condition | None = None
    trivsel: bool = False  # a well-being scale: a child's 0, 1 or 2 is *read first*

    def option(self, option_id: str) -> Option | None:
        """The option of this id, if there is one."""
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True)
class QuestionSet:
    """One version of a set; it never changes once it has been asked."""

    id: str
    version: int
    name: str
    audiences: tuple[Audience, ...]
    delay_days: int  # after the meeting; 0 is on the spot
    reminder_after_days: int  # after the invitation
    questions: tuple[Question, ...]
    content_hash: str  # SHA-256 of what the file says, its comments and layout apart

    def question(self, question_id: str) -> Question:
        """The question of this id; raises UnknownQuestion."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise UnknownQuestion(f"{self.id} version {self.version} has no question {question_id!r}")

    def text(self, question_id: str, audience: Audience, channel: Channel) -> str:
        """What is asked on this channel: on SMS with the digits to answer by, elsewhere the question alone."""
        question = self.question(question_id)
        wording = question.sms_texts if channel is Channel.SMS else question.texts
        if audience not in wording:
            raise UnknownQuestion(f"{self.id} version {self.version} does not ask {question_id!r} of {audience}")
        return wording[audience]

    def first(self, audience: Audience) -> Question:
        """Where an interview begins; raises UnknownQuestion for an audience that the set is not for."""
        for question in self._asked_of(audience):
            return question
        raise UnknownQuestion(f"{self.id} version {self.version} asks nothing of {audience}")

    def next_after(self, question_id: str, audience: Audience, answers: Answers) -> Question | None:
        """The next question whose condition the answers meet; None after the last."""
        place = self.questions.index(self.question(question_id))
        for question in self._asked_of(audience, start=place + 1):
            if question.condition is None or question.condition.holds(answers):
                return question
        return None

    def count(self, audience: Audience) -> int:
        """The most questions one interview can come to, so that "4 korte spørgsmål" is never a promise broken."""
        return self._longest(self.first(audience), audience, {})

    def _asked_of(self, audience: Audience, start: int = 0) -> Iterator[Question]:
        return (question for question in self.questions[start:] if audience in question.texts)

    def _longest(self, question: Question | None, audience: Audience, answers: dict[str, int | str | None]) -> int:
        """Questions from this one on, along the longest way; branches only where a condition looks back."""
        if question is None:
            return 0
        asked = question.id
        deciding = any(later.condition and later.condition.question == asked for later in self.questions)
        values = [None, *(option.value for option in question.options)] if deciding else [None]
        ways = [answers | {asked: value} for value in values]
        return 1 + max(self._longest(self.next_after(asked, audience, way), audience, way) for way in ways)
