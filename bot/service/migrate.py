"""Brings a database to the newest migration."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from bot.service.settings import Settings

MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(settings: Settings, revision: str = "head") -> None:
    """Run the migrations up to `revision`; `base` takes everything back."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    config = alembic_config(settings.database)
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def alembic_config(url: str) -> Config:
    """Alembic's configuration for a database URL."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
