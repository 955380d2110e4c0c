import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.registry import HANDLERS
from bot.service.context import Context
from bot.service.crypto import KeyRing
from bot.service.database import Database
from bot.service.demo import load_demo_town
from bot.service.demo.citizens import handler_for
from bot.service.demo.script import read_script, read_span
from bot.service.errors import ConfigurationError
from bot.service.logic import accounts
from bot.service.logic.case_queue import Pressure, QueueFilter, read_queue
from bot.service.logic.participants import find_by_code
from bot.service.logic.question_sets import Catalogue
from bot.service.logic.texts import Texts
from bot.service.models import (
    Answer,
    AnswerLabel,
    Base,
    Case,
    CaseMessage,
    CaseNote,
    Contact,
    Conversation,
    Inbound,
    Interview,
    Lesson,
    Outbound,
    Turn,
    User,
    install_keys,
)
from bot.service.models.words import CaseKind, CaseState, Disposition, InterviewState, OutboundState, StaffRole
from bot.service.settings import Mode, read_settings
from bot.shared.codebook import AwaitedStep, DialogueAct
from bot.shared.personal_data import redact
from tests.fakes import FakeClock
from tests.service.driver import action_for
from tests.service_fixtures import ENVIRONMENT, TEST_KEY

INVENTED_NUMBER = re.compile(r"\+4500\d{6}")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, texts: Texts) -> Iterator[Context]:
    """One loaded municipality for all tests that only look at it."""
    home = tmp_path_factory.mktemp("town")
    settings = read_settings(ENVIRONMENT | {"GENKLANG_HOME": str(home)})
    keys = KeyRing.read(TEST_KEY, TEST_KEY)
    install_keys(keys)
    database = Database(settings.database)
    Base.metadata.create_all(database.engine)
    context = Context(settings, FakeClock(), database, keys, texts, catalogue)
    load_demo_town(context)
    yield context
    database.close()


@pytest.fixture
def read(town: Context) -> Iterator[Session]:
    with town.database.read() as session:
        yield session


def logins(town: Context, kind: str) -> list[dict[str, str]]:
    written = json.loads((town.settings.home / "demo_logins.json").read_text(encoding="utf-8"))
    return [login for login in written if login["kind"] == kind]


def rows_by_table(session: Session) -> dict[str, int]:
    return {table.name: session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables}


def test_every_kind_and_state_of_case_is_there(read: Session) -> None:
    assert set(read.scalars(select(Case.kind))) == set(CaseKind)
    assert set(read.scalars(select(Case.state))) == set(CaseState)


def test_complaints_are_new_taken_parked_near_late_late_and_ended(town: Context, read: Session) -> None:
    leader = read.scalars(select(User).where(User.username == "grete")).one()

    queue = read_queue(read, town, leader, QueueFilter(kind=CaseKind.KLAGE))

    found = {(row.case.state, row.time_left.pressure) for row in queue.rows}
    assert {state for state, _ in found} == {CaseState.NY, CaseState.TAGET, CaseState.PARKERET}
    assert {pressure for _, pressure in found} >= {Pressure.LATE, Pressure.ONE_HOUR, Pressure.TWELVE_HOURS, Pressure.CALM}
    ended = read.scalars(select(Case.ending).where(Case.kind == CaseKind.KLAGE, Case.state == CaseState.LUKKET))
    assert set(ended) == {"talt_med", "ikke_truffet"}


def test_danger_is_on_top_with_an_alarm_that_is_still_in_time(town: Context, read: Session) -> None:
    duty = read.scalars(select(User).where(User.role == StaffRole.DUTY)).one()

    rows = read_queue(read, town, duty, QueueFilter()).rows

    assert [row.case.band for row in rows[:2]] == ["akut", "ja"]
    assert rows[0].case.due_at > town.clock.now()
    assert read.get_one(Contact, rows[0].case.contact_id).lives


def test_a_complaint_about_a_leader_is_hidden_from_her(town: Context, read: Session) -> None:
    lise = read.scalars(select(User).where(User.username == "lise")).one()
    about_lise = read.scalars(select(Case.id).where(Case.gaelder_id == lise.id)).one()

    seen = {row.case.id for row in read_queue(read, town, lise, QueueFilter()).rows}

    assert about_lise not in seen


def test_an_unsafe_number_stands_on_an_open_case(read: Session) -> None:
    unsafe = select(Contact.kontakt).join(Case, Case.contact_id == Contact.id).where(Case.kind == CaseKind.OPKALD)

    assert "nej" in set(read.scalars(unsafe))


def test_interviews_are_finished_with_labelled_answers(read: Session) -> None:
    finished = select(func.count()).where(Interview.disposition == Disposition.FULDFOERT)
    labelled = select(AnswerLabel.value).join(Answer, Answer.id == AnswerLabel.answer_id).where(Answer.kind == "tekst")

    assert read.scalar(finished) >= 5
    assert set(read.scalars(labelled)) >= {"+", "-", "0"}


def test_cases_tell_why_they_are_there(read: Session) -> None:
    labels = [label for labels in read.scalars(select(CaseMessage.labels)) for label in labels]

    assert {label["id"] for label in labels} >= {"klage", "bekymring", "opkald", "spoergsmaal", "tolk"}
    assert {label["source"] for label in labels} == {"model", "rule"}
    assert [label for label in labels if (label["clause"] is None) != (label["source"] == "rule")] == []


def test_nothing_is_left_to_do(read: Session) -> None:
    assert set(read.scalars(select(Turn.state))) == {"done"}
    assert set(read.scalars(select(Outbound.state))) == {OutboundState.HANDED_OVER}
    assert set(read.scalars(select(Conversation.turn_due_at))) == {None}
    assert set(read.scalars(select(Interview.state))) <= set(InterviewState) - {InterviewState.PLANLAGT}
    assert read.scalar(select(func.count()).where(Inbound.needs_turn, Inbound.turn_id.is_(None))) == 0


def test_ids_follow_time(read: Session) -> None:
    received = list(read.scalars(select(Case.received_at).order_by(Case.id)))

    assert received == sorted(received)


def test_every_text_is_free_of_personal_data(read: Session) -> None:
    columns = (Inbound.original, CaseMessage.text, Answer.text, CaseNote.text, Lesson.text, Case.handed_to)
    texts = [text for column in columns for text in read.scalars(select(column)) if text]

    assert len(texts) > 50
    assert [text for text in texts if redact(text).text != text] == []


def test_every_number_is_one_that_no_phone_has(read: Session) -> None:
    numbers = [number for column in (Contact.number, Contact.adviser_phone) for number in read.scalars(select(column)) if number]

    assert numbers
    assert [number for number in numbers if not INVENTED_NUMBER.fullmatch(number)] == []


def test_everybody_of_the_staff_can_log_in_with_the_password_of_the_file(town: Context, read: Session) -> None:
    staff = logins(town, "desk")

    assert {user.role for user in read.scalars(select(User))} == set(StaffRole)
    assert {login["username"] for login in staff} == set(read.scalars(select(User.username)))
    assert accounts.check_password(town.database, "karin", staff[0]["password"]) is not None
    assert ((town.settings.home / "demo_logins.json").stat().st_mode & 0o777) == 0o600


def test_a_chat_code_and_a_phone_wait_for_a_new_user(town: Context, read: Session) -> None:
    chat, phone = logins(town, "chat")[0], logins(town, "phone")[0]

    participant = find_by_code(read, town, chat["link"].rsplit("/", 1)[1])
    waiting = select(Interview.participant_id).where(Interview.state == InterviewState.INVITERET)
    assert participant.id in set(read.scalars(waiting))
    conversation = read.scalars(
        select(Conversation).where(Conversation.address_hash == town.address_hash("sms", phone["number"]))
    ).one()
    assert (conversation.awaits, INVENTED_NUMBER.fullmatch(phone["number"]) is None) == ("samtykke", False)


def test_a_second_load_changes_nothing(context: Context) -> None:
    load_demo_town(context)
    with context.database.read() as session:
        before = rows_by_table(session)
    file = (context.settings.home / "demo_logins.json").read_text(encoding="utf-8")
    context.clock.advance(86_400)

    load_demo_town(context)

    with context.database.read() as session:
        assert rows_by_table(session) == before
    assert before["case"] > 0
    assert (context.settings.home / "demo_logins.json").read_text(encoding="utf-8") == file


def test_it_can_be_switched_off(context: Context) -> None:
    load_demo_town(replace(context, settings=replace(context.settings, demo=False)))

    with context.database.read() as session:
        assert sum(rows_by_table(session).values()) == 0


def test_production_refuses_it(context: Context) -> None:
    production = replace(context, settings=replace(context.settings, mode=Mode.PRODUCTION))

    with pytest.raises(ConfigurationError, match="GENKLANG_DEMO=none"):
        load_demo_town(production)


def test_a_load_that_fails_leaves_the_database_empty(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("bot.service.demo.town.write_logins", full_disk)

    with pytest.raises(OSError, match="no space"):
        load_demo_town(context)

    with context.database.read() as session:
        assert sum(rows_by_table(session).values()) == 0


def test_the_past_is_played_by_the_rules_of_the_engine() -> None:
    for act, step in product(DialogueAct, AwaitedStep):
        assert handler_for(act, step) is HANDLERS[action_for(act, step)]


def test_the_script_tells_every_persons_past_in_order() -> None:
    script = read_script()
    people = [person.lines for gathering in script.gatherings for person in gathering.people]

    for lines in [*people, *(stranger.lines for stranger in script.strangers)]:
        assert [line.ago for line in lines] == sorted((line.ago for line in lines), reverse=True)
        assert all(line.ago > timedelta(0) for line in lines)


def test_spans() -> None:
    assert read_span("2d 3h 10m") == timedelta(days=2, hours=3, minutes=10)
    with pytest.raises(ValueError, match="no span"):
        read_span("2 dage")
