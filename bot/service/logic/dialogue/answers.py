"""Answers to the open question: kept, labelled, amended; and what is asked next."""

from sqlalchemy import select

from bot.service.logic import cases, interviews
from bot.service.logic.closed_answers import read_leading
from bot.service.logic.dialogue.moment import Moment
from bot.service.logic.labels import Label
from bot.service.logic.questions import Option, Question, QuestionKind
from bot.service.models import Answer, AnswerLabel, AnswerRevision, Inbound, Interview, Turn
from bot.service.models.words import AnswerKind, CaseKind, LabelSource
from bot.shared.codebook import AwaitedStep, Complaint, Concern, DialogueAct

LONG_ANSWER = 120  # characters; then the citizen is asked whether to go on, so that the pause after danger is nothing special
RISKY_SCALE = 2  # a child's step of 0–2 on a well-being scale is *read first*


def svar(moment: Moment) -> None:
    """An answer at the awaited question, by whatever act: a value, words, *ved ikke* or *spring over*."""
    interview, question = moment.open_interview, moment.question
    if interview is None or question is None:
        return
    if moment.reading.act is DialogueAct.SPRING_OVER:
        keep(moment, question, AnswerKind.SKIPPED)
    elif question.kind is QuestionKind.TEKST:
        kind = AnswerKind.DONT_KNOW if moment.reading.act is DialogueAct.VED_IKKE else AnswerKind.TEXT
        keep(moment, question, kind, text=moment.text)
    elif not _closed(moment, interview, question):
        return
    _after_answer(moment, interview)


def _closed(moment: Moment, interview: Interview, question: Question) -> bool:
    """Keep the answer to a closed question; False where it was not usable and is asked again."""
    option = chosen_option(moment, question)
    if option is not None:
        keep(moment, question, AnswerKind.VALUE, value=str(option.value), text=moment.text or None)
        if question.trivsel and moment.is_child and isinstance(option.value, int) and option.value <= RISKY_SCALE:
            moment.open_case(CaseKind.BEKYMRING, band=Concern.JA)
        return True
    if moment.reading.act is DialogueAct.VED_IKKE:
        keep(moment, question, AnswerKind.DONT_KNOW)
        return True
    if moment.text:
        keep(moment, question, AnswerKind.COMMENT, text=moment.text)
    if interview.reasks >= interviews.MAX_REASKS:
        keep(moment, question, AnswerKind.UNUSABLE)
        return True
    interview.reasks += 1
    _ask_closed_again(moment, question)
    return False


def chosen_option(moment: Moment, question: Question) -> Option | None:
    """The option that was pressed or written."""
    if moment.pressed is not None:
        return question.option(moment.pressed["id"])
    return read_leading(question, moment.text) if moment.text else None


def _ask_closed_again(moment: Moment, question: Question) -> None:
    choices = moment.voice.choices_of(question)
    if question.kind is QuestionKind.SKALA:
        values = [option.value for option in question.options if isinstance(option.value, int)]
        moment.voice.say("genspoerg_skala", choices=choices, lav=min(values), hoej=max(values))
    else:
        key = "genspoerg_ja_nej" if question.kind is QuestionKind.JA_NEJ else "genspoerg_valg"
        moment.voice.say(key, choices=choices)
    moment.voice.mark_question(question.id)


def _after_answer(moment: Moment, interview: Interview) -> None:
    """The offer of a call to a dissatisfied citizen, the breath after a long answer, or the next question."""
    if moment.reading.complaint is Complaint.MAASKE and not interview.offered_call and not _is_called_anyway(moment):
        interview.offered_call = True
        moment.conversation.awaits = AwaitedStep.OPKALD_JA
        moment.conversation.asked_again = 0
        moment.voice.say("maaske_tilbud", choices=moment.voice.yes_no())
        return
    more = interviews.next_question(moment.session, moment.context, interview)
    if len(moment.text) >= LONG_ANSWER and more is not None:
        moment.conversation.awaits = AwaitedStep.FORTSAET
        moment.voice.say("tak_fortsaet", choices=moment.voice.yes_no())
        return
    interviews.go_on(moment.session, moment.context, interview, moment.voice)


def _is_called_anyway(moment: Moment) -> bool:
    """Whether a complaint or call wish of theirs stands already: then an offer of a call would only confuse."""
    kinds = (CaseKind.KLAGE, CaseKind.OPKALD)
    return any(cases.find_open(moment.session, moment.conversation, kind) for kind in kinds)


def keep_answer(moment: Moment, text: str | None = None) -> None:
    """Keep what was written at a question although it was more than an answer (a complaint, danger), or came late."""
    interview, question = moment.interview, moment.question
    text = moment.text if text is None else text
    if interview is None or question is None or not text:
        return
    paused_by_net = moment.voice.muted and moment.awaits in (AwaitedStep.FORTSAET, AwaitedStep.INTET)
    if moment.open_interview is not None and moment.awaits is not AwaitedStep.SPOERGSMAAL and not paused_by_net:
        return
    kind = AnswerKind.TEXT if question.kind is QuestionKind.TEKST else AnswerKind.COMMENT
    keep(moment, question, kind, text=text)


def keep(
    moment: Moment, question: Question, kind: AnswerKind, *, value: str | None = None, text: str | None = None
) -> Answer:
    """Store an answer with its labels; after the interview's end it is marked late."""
    interview = moment.interview
    assert interview is not None
    answer = Answer(
        interview_id=interview.id,
        turn_id=moment.turn.id,
        question=question.id,
        kind=kind,
        value=value,
        text=text,
        language=moment.reading.language if text else None,
        late=interview.ended_at is not None and moment.turn.received_at > interview.ended_at,
        at=moment.turn.received_at,
    )
    moment.session.add(answer)
    moment.session.flush()
    label(moment, answer)
    return answer


def label(moment: Moment, answer: Answer) -> None:
    """Keep the engine's themes, routes and wishes, and the net's where it saw more."""
    themes = [
        Label(str(found.theme), str(found.polarity), found.score, found.clause, LabelSource.MODEL)
        for found in moment.reading.themes
    ]
    for found in [*themes, *moment.labels]:
        row = AnswerLabel(
            answer_id=answer.id,
            label=found.id,
            value=found.value,
            score=found.score,
            clause=found.clause,
            source=found.source,
        )
        moment.session.add(row)


def amend(moment: Moment) -> bool:
    """An edited message amends the answer that it gave, with its history; False where there is none to amend."""
    edit = next((inbound for inbound in moment.inbounds if inbound.edits), None)
    if edit is None:
        return False
    answer = moment.session.scalar(
        select(Answer)
        .join(Turn, Turn.id == Answer.turn_id)
        .join(Inbound, Inbound.turn_id == Turn.id)
        .where(Inbound.channel == edit.channel, Inbound.provider_id == edit.edits)
        .order_by(Answer.id.desc())
        .limit(1)
    )
    if answer is None:
        return False
    moment.session.add(
        AnswerRevision(answer_id=answer.id, text=answer.text, replaced_at=moment.context.clock.now())
    )
    answer.text, answer.language = edit.redacted, moment.reading.language
    _amend_value(moment, answer)
    for old in moment.session.scalars(select(AnswerLabel).where(AnswerLabel.answer_id == answer.id)):
        moment.session.delete(old)
    label(moment, answer)
    return True


def _amend_value(moment: Moment, answer: Answer) -> None:
    """The edited words may name another option of a closed question; words that name none leave the value as it was."""
    interview = moment.session.get_one(Interview, answer.interview_id)
    question = interviews.set_of(moment.context, interview).question(answer.question)
    option = read_leading(question, answer.text or "") if question.options else None
    if option is not None:
        answer.kind, answer.value = AnswerKind.VALUE, str(option.value)
