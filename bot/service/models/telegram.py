"""Where our reading of Telegram's updates stands."""

from sqlalchemy.orm import Mapped, mapped_column

from bot.service.models.base import Base


class TelegramOffset(Base):
    """One row: the update that is asked for next. Committed with the messages before it, so that none is lost or doubled."""

    __tablename__ = "telegram_offset"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    offset: Mapped[int]
