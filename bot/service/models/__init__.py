"""Tables, one file per noun, no rules."""

from bot.service.models.base import Base, install_keys
from bot.service.models.cases import CallAttempt, Case, CaseEvent, CaseMessage, CaseNote, Lesson
from bot.service.models.interviews import (
    Answer,
    AnswerLabel,
    AnswerRevision,
    Consent,
    Interview,
    Meeting,
    Participant,
    QuestionSetVersion,
)
from bot.service.models.media import CaseMedia, Media
from bot.service.models.messages import ChatSession, Conversation, Delivery, Inbound, Lease, OptOut, Outbound, Turn
from bot.service.models.people import Audit, Contact, DeskSession, Unit, User
from bot.service.models.telegram import TelegramOffset

__all__ = [
    "Answer",
    "AnswerLabel",
    "AnswerRevision",
    "Audit",
    "Base",
    "CallAttempt",
    "Case",
    "CaseEvent",
    "CaseMedia",
    "CaseMessage",
    "CaseNote",
    "ChatSession",
    "Consent",
    "Contact",
    "Conversation",
    "Delivery",
    "DeskSession",
    "Inbound",
    "Interview",
    "Lease",
    "Lesson",
    "Media",
    "Meeting",
    "OptOut",
    "Outbound",
    "Participant",
    "QuestionSetVersion",
    "TelegramOffset",
    "Turn",
    "Unit",
    "User",
    "install_keys",
]
