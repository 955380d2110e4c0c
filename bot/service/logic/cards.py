"""What stands on the card that is handed over at a meeting: the ways in that this person has."""

from dataclasses import dataclass

from bot.service.logic.participants import may_use_telegram
from bot.service.models import Participant
from bot.service.settings import Settings
from bot.shared.codebook import Channel, Role


@dataclass(frozen=True)
class Card:
    """The ways in, as links; also what a QR code holds. Whichever is opened first is the one that counts."""

    code: str
    chat: str
    telegram: str | None  # None below the minimum age, for who is asked elsewhere, and where no bot is set up


def card_of(settings: Settings, participant: Participant) -> Card:
    """The card of a participant."""
    return Card(participant.code, f"{settings.public_url}/chat/{participant.code}", _telegram_link(settings, participant))


def _telegram_link(settings: Settings, participant: Participant) -> str | None:
    """A deep link: opened, it starts the bot with the code, which binds the chat."""
    is_set_up = settings.telegram_token is not None and settings.telegram_bot is not None
    old_enough = may_use_telegram(settings, Role(participant.role), participant.age)
    if not is_set_up or not old_enough or participant.channel != Channel.TELEGRAM:
        return None
    return f"https://t.me/{settings.telegram_bot}?start={participant.code}"
