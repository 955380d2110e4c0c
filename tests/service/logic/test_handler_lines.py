"""A handler's line: who may write it, while what holds, and what of it stands where."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.errors import CaseConflictError
from bot.service.logic import conversations, handler_lines
from bot.service.logic.case_access import NotVisibleError
from bot.service.logic.case_work import Refusal, RefusedError
from bot.service.logic.chats import IDLE
from bot.service.logic.handler_lines import LINE_LIMIT, SHOWN_NOW, ChatState, LineState, chat_state, lines_of
from bot.service.models import Audit, Case, CaseEvent, ChatSession, Conversation, Outbound, User
from bot.shared.codebook import Channel, Role
from tests.factories import make_case, make_inbound, make_interview, make_user

LINE = "Jeg sidder her og læser. Hvor er du henne lige nu?"


@dataclass
class Chat:
    """A child's open chat, its case, and Anna who has the case."""

    context: Context
    anna: User
    case_id: int
    conversation_id: int

    def write(self, text: str = LINE, *, user: User | None = None, version: int | None = None) -> None:
        with self.context.database.write() as session:
            now = session.get_one(Case, self.case_id).version
            handler_lines.write(session, self.context, user or self.anna, self.case_id, version or now, text)

    def refused(self, text: str = LINE, *, user: User | None = None) -> Refusal:
        with pytest.raises(RefusedError) as refused:
            self.write(text, user=user)
        assert self.outbox() == []
        return refused.value.refusal

    def outbox(self) -> list[Outbound]:
        with self.context.database.read() as session:
            return list(session.scalars(select(Outbound).where(Outbound.kind == "medarbejder").order_by(Outbound.id)))

    def change(self, model: type, **columns: object) -> None:
        with self.context.database.write() as session:
            session.execute(update(model).values(**columns))

    def state(self) -> ChatState | None:
        with self.context.database.read() as session:
            return chat_state(session, session.get_one(Case, self.case_id))

    def lines(self) -> list[tuple[str, str, LineState]]:
        with self.context.database.read() as session:
            found = lines_of(session, session.get_one(Case, self.case_id))
            return [(line.writer, line.text, line.state) for line in found]


@pytest.fixture
def chat(context: Context) -> Chat:
    with context.database.write() as session:
        code = make_interview(session, context, role=Role.BARN, age=14)[2]
        conversation = conversations.find_or_start(session, context, Channel.WEBCHAT, code)
        anna = make_user(session, name="Anna Holm")
        case = make_case(
            session,
            context,
            kind="bekymring",
            band="akut",
            way_in="webchat",
            role="barn",
            conversation_id=conversation.id,
            assignee_id=anna.id,
            state="taget",
        )
        now = machine_now()
        session.add(ChatSession(token_hash="t" * 64, conversation_id=conversation.id, created_at=now, seen_at=now))
        make_inbound(session, context, conversation)
        return Chat(context, anna, case.id, conversation.id)


def test_a_line_goes_into_the_outbox_of_the_chat(chat: Chat) -> None:
    chat.write(f"  {LINE}\r\n ")

    [row] = chat.outbox()
    assert (row.text, row.state, row.conversation_id) == (LINE, "waiting", chat.conversation_id)
    assert (row.buttons, row.step) == ([], "intet")


def test_log_and_audit_name_the_deed_and_never_the_words(chat: Chat) -> None:
    chat.write()

    with chat.context.database.read() as session:
        events = session.execute(select(CaseEvent.event, CaseEvent.detail, CaseEvent.user_id)).all()
        audits = session.execute(select(Audit.deed, Audit.case_id, Audit.user_id)).all()
    assert events == [("skrev", str(chat.outbox()[0].id), chat.anna.id)]
    assert audits == [("skrev", chat.case_id, chat.anna.id)]


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("waiting", LineState.ON_ITS_WAY),
        ("sending", LineState.ON_ITS_WAY),
        ("handed_over", LineState.SENT),
        ("delivered", LineState.SENT),
        ("cancelled", LineState.NOT_SENT),
        ("failed", LineState.NOT_SENT),
        ("unknown", LineState.NOT_SENT),
    ],
)
def test_the_case_tells_who_wrote_what_and_what_became_of_it(chat: Chat, state: str, shown: LineState) -> None:
    chat.write()
    chat.change(Outbound, state=state)

    assert chat.lines() == [("Anna Holm", LINE, shown)]


def test_another_case_of_the_child_does_not_show_the_line(chat: Chat) -> None:
    chat.write()
    with chat.context.database.write() as session:
        later = make_case(session, chat.context, kind="bekymring", way_in="webchat", conversation_id=chat.conversation_id)
        assert lines_of(session, later) == []


@pytest.mark.parametrize(("text", "refusal"), [(" \r\n ", Refusal.EMPTY_LINE), ("å" * (LINE_LIMIT + 1), Refusal.LINE_TOO_LONG)])
def test_an_empty_or_too_long_line_is_refused(chat: Chat, text: str, refusal: Refusal) -> None:
    assert chat.refused(text) is refusal


def test_three_hundred_characters_fit_and_a_new_line_is_one(chat: Chat) -> None:
    chat.write("a" * 149 + "\r\n" + "å" * 150)

    assert len(chat.outbox()[0].text) == LINE_LIMIT


@pytest.mark.parametrize(
    ("columns", "refusal"),
    [
        ({"kind": "klage"}, Refusal.NO_CHAT),
        ({"kind": "ubehandlet"}, Refusal.NO_CHAT),
        ({"way_in": "sms"}, Refusal.NO_CHAT),  # whoever holds the phone would read it
        ({"way_in": "telegram"}, Refusal.NO_CHAT),
        ({"conversation_id": None}, Refusal.NO_CHAT),
        ({"state": "lukket"}, Refusal.CLOSED),
        ({"assignee_id": None}, Refusal.NOT_YOURS),
    ],
)
def test_only_in_an_own_open_case_of_danger_from_the_web_chat(
    chat: Chat, columns: dict[str, object], refusal: Refusal
) -> None:
    chat.change(Case, **columns)

    assert chat.refused() is refusal


@pytest.mark.parametrize("columns", [{"kind": "klage"}, {"way_in": "sms"}, {"conversation_id": None}, {"state": "lukket"}])
def test_such_a_case_has_no_chat(chat: Chat, columns: dict[str, object]) -> None:
    chat.change(Case, **columns)

    assert chat.state() is None


def test_somebody_else_must_take_the_case_first(chat: Chat) -> None:
    with chat.context.database.write() as session:
        bo = make_user(session)

    assert chat.refused(user=bo) is Refusal.NOT_YOURS


def test_whom_the_case_is_about_finds_no_case(chat: Chat) -> None:
    with chat.context.database.write() as session:
        bo = make_user(session)
        session.get_one(Case, chat.case_id).gaelder_id = bo.id

    with pytest.raises(NotVisibleError):
        chat.write(user=bo)


def test_who_has_not_read_the_latest_does_not_write(chat: Chat) -> None:
    chat.change(Case, version=2)

    with pytest.raises(CaseConflictError):
        chat.write(version=1)


@pytest.mark.parametrize(
    ("idle", "state"),
    [
        (timedelta(0), ChatState.SHOWN),
        (SHOWN_NOW - timedelta(seconds=10), ChatState.SHOWN),
        (SHOWN_NOW + timedelta(seconds=1), ChatState.AWAY),
        (IDLE - timedelta(minutes=1), ChatState.AWAY),
        (IDLE + timedelta(seconds=1), ChatState.CLOSED),
    ],
)
def test_whether_it_would_be_read_follows_the_pages_last_sign_of_life(chat: Chat, idle: timedelta, state: ChatState) -> None:
    chat.change(ChatSession, seen_at=machine_now() - idle)

    assert chat.state() is state


def test_into_a_closed_chat_nothing_is_written(chat: Chat) -> None:
    chat.change(ChatSession, seen_at=machine_now() - IDLE - timedelta(seconds=1))

    assert chat.refused() is Refusal.CHAT_CLOSED


def test_after_stop_nothing_is_written(chat: Chat) -> None:
    with chat.context.database.write() as session:
        conversation = session.get_one(Conversation, chat.conversation_id)
        conversations.opt_out(session, chat.context, conversation, chat.context.clock.now())

    assert (chat.state(), chat.refused()) == (ChatState.STOPPED, Refusal.CHAT_STOPPED)


def test_stop_takes_back_what_waits(chat: Chat) -> None:
    chat.write()
    with chat.context.database.write() as session:
        conversation = session.get_one(Conversation, chat.conversation_id)
        conversations.opt_out(session, chat.context, conversation, chat.context.clock.now())

    assert [line[2] for line in chat.lines()] == [LineState.NOT_SENT]


def test_a_page_opened_since_the_child_wrote_may_be_somebody_elses(chat: Chat) -> None:
    chat.change(ChatSession, created_at=machine_now() + timedelta(seconds=1))

    assert chat.state() is ChatState.CLOSED
    assert chat.refused() is Refusal.CHAT_CLOSED
