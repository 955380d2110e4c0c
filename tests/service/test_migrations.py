"""Migrations: up, down and up again on both databases, and what they make is what the models say."""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import String, create_engine, inspect, select, text
from sqlalchemy.engine import make_url

from bot.service.channels.base import ReceiptState
from bot.service.database import Database
from bot.service.migrate import alembic_config, migrate
from bot.service.models import Base, CaseMessage, Outbound
from bot.service.models import words as lists
from bot.service.settings import Settings, read_settings
from bot.shared import codebook
from tests.service_fixtures import BOTH, ENVIRONMENT

OURS = {table.name for table in Base.metadata.sorted_tables}


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings for a database without any table."""
    if request.param == "sqlite":
        yield read_settings(ENVIRONMENT | {"GENKLANG_HOME": str(tmp_path)})
        return
    server = request.getfixturevalue("postgres_url")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE migrations"))
    url = make_url(server).set(database="migrations").render_as_string(hide_password=False)
    yield read_settings(ENVIRONMENT | {"GENKLANG_HOME": str(tmp_path), "GENKLANG_DATABASE": url})
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE migrations WITH (FORCE)"))
    admin.dispose()


def tables(settings: Settings) -> set[str]:
    database = Database(settings.database)
    names = set(inspect(database.engine).get_table_names())
    database.close()
    return names - {"alembic_version"}


def differences(settings: Settings) -> list[object]:
    database = Database(settings.database)
    with database.engine.connect() as connection:
        found: list[object] = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    database.close()
    return found


def test_up_down_and_up_again(empty: Settings) -> None:
    seen = []
    for revision in ("head", "base", "head"):
        migrate(empty, revision)
        seen.append(tables(empty))

    assert seen == [OURS, set(), OURS]


def test_up_twice_changes_nothing(empty: Settings) -> None:
    migrate(empty)
    migrate(empty)

    assert tables(empty) == OURS


def test_the_migrated_tables_are_those_of_the_models(empty: Settings) -> None:
    migrate(empty)

    assert differences(empty) == []


def test_a_column_that_nobody_migrated_would_be_seen(empty: Settings) -> None:
    migrate(empty)
    database = Database(empty.database)
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE turn DROP COLUMN done_at"))
    database.close()

    assert [difference[0] for difference in differences(empty)] == ["add_column"]  # type: ignore[index]


NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
OLD_ROWS = {  # raw SQL: the models of today do not know the tables of then
    "case": """INSERT INTO "case" (id, kind, way_in, received_at, due_at, ring_senest, policy, state, call_consent, version)
        VALUES (1, 'klage', 'sms', :now, :now, :now, '24-timer', 'ny', 'uspurgt', 1)""",
    "case_message": "INSERT INTO case_message (case_id, at, text, themes) VALUES (1, :now, '1:gammelt', '[]')",
    "conversation": """INSERT INTO conversation (id, channel, address, address_hash, awaits, asked_again)
        VALUES (1, 'sms', '1:x', 'h', 'intet', 0)""",
    "outbound": """INSERT INTO outbound (conversation_id, kind, text, buttons, step, state, attempts, created_at, next_try_at)
        VALUES (1, :kind, '1:x', '[]', 'intet', 'waiting', 0, :now, :now)""",
}


def insert_old(settings: Settings, table: str, **values: object) -> None:
    database = Database(settings.database)
    with database.engine.begin() as connection:
        connection.execute(text(OLD_ROWS[table]), {"now": NOW} | values)
    database.close()


def test_a_message_from_before_its_labels_has_none(empty: Settings) -> None:
    migrate(empty, "0001")
    insert_old(empty, "case")
    insert_old(empty, "case_message")

    migrate(empty)

    database = Database(empty.database)
    with database.read() as session:
        assert session.execute(select(CaseMessage.case_id, CaseMessage.themes, CaseMessage.labels)).all() == [(1, [], [])]
    database.close()


def test_outbox_rows_from_before_get_channel_and_rank(empty: Settings) -> None:
    migrate(empty, "0002")
    insert_old(empty, "conversation")
    for kind in lists.OutboundKind:
        insert_old(empty, "outbound", kind=kind)

    migrate(empty)

    database = Database(empty.database)
    with database.read() as session:
        ranks = {row.kind: row.rank for row in session.execute(select(Outbound.kind, Outbound.rank))}
        channels = set(session.scalars(select(Outbound.channel)))
    database.close()
    assert (ranks, channels) == (dict(lists.RANKS), {"sms"})


def test_migrations_stand_in_one_row() -> None:
    scripts = ScriptDirectory.from_config(alembic_config("sqlite://"))
    numbers = sorted(revision.revision for revision in scripts.walk_revisions())

    assert len(scripts.get_heads()) == 1
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


WORDS_IN_COLUMNS = [
    ("inbound", "kind", lists.InboundKind),
    ("media", "kind", lists.MediaKind),
    ("media", "state", lists.MediaState),
    ("turn", "state", lists.TurnState),
    ("outbound", "kind", lists.OutboundKind),
    ("outbound", "state", lists.OutboundState),
    ("outbound", "channel", codebook.Channel),
    ("delivery", "state", ReceiptState),
    ("outbound", "step", codebook.AwaitedStep),
    ("conversation", "channel", codebook.Channel),
    ("conversation", "awaits", codebook.AwaitedStep),
    ("inbound", "net_danger", codebook.Concern),
    ("interview", "state", lists.InterviewState),
    ("interview", "disposition", lists.Disposition),
    ("interview", "audience", codebook.Audience),
    ("participant", "role", codebook.Role),
    ("answer", "kind", lists.AnswerKind),
    ("case", "kind", lists.CaseKind),
    ("case", "state", lists.CaseState),
    ("case", "way_in", lists.WayIn),
    ("case", "call_consent", lists.CallConsent),
    ("case", "ending", lists.CaseEnding),
    ("case_event", "event", lists.CaseEventKind),
    ("call_attempt", "outcome", lists.CallOutcome),
    ("contact", "kontakt", lists.ContactSafety),
    ("user", "role", lists.StaffRole),
]


@pytest.mark.parametrize(
    ("table", "column", "words"), WORDS_IN_COLUMNS, ids=[f"{table}.{column}" for table, column, _ in WORDS_IN_COLUMNS]
)
def test_every_word_fits_its_column(table: str, column: str, words: type[Enum]) -> None:
    """SQLite would not mind, PostgreSQL does."""
    kind = Base.metadata.tables[table].columns[column].type
    assert isinstance(kind, String)

    assert [word.value for word in words if len(word.value) > (kind.length or 0)] == []
