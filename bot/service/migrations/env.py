"""Alembic's environment; started by bot/service/migrate.py alone."""

from typing import Any

import sqlalchemy as sa
from alembic import context

from bot.service.database import Database
from bot.service.models import Base


def render_item(kind: str, item: Any, _autogen: Any) -> Any:
    """Write our own column types as what they are in the database: a migration must outlive the code of its day."""
    if kind == "type" and type(item).__module__.startswith("bot."):
        return "sa.DateTime(timezone=True)" if isinstance(item.impl, sa.DateTime) else "sa.Text()"
    return False


database = Database(context.config.get_main_option("sqlalchemy.url") or "")
with database.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
database.close()
