"""Puts a line of a case's log into words."""

from bot.service.logic.texts import Names
from bot.service.models import CaseEvent
from bot.service.models.words import CaseEventKind

# Where the name of an event's detail stands: a section of texts.yml or of navne.yml.
_DESK_DETAILS = {CaseEventKind.CALL: "udfald", CaseEventKind.ENDED: "afslutning", CaseEventKind.CONSENT: "samtykke"}
_COMMON_DETAILS = {CaseEventKind.BAND_RAISED: "baand", CaseEventKind.OPENED: "sagstype"}


def describe(words: Names, names: Names, event: CaseEvent) -> str:
    """`Ringede: Ingen svar`; details that are no words of ours are left out."""
    if event.detail is not None and event.detail in words.all("forslag"):
        return words.of("forslag", event.detail)
    deed = words.all("haendelse").get(event.event, event.event)
    detail = _detail(words, names, event)
    return f"{deed}: {detail}" if detail else deed


def _detail(words: Names, names: Names, event: CaseEvent) -> str | None:
    kind = event.event
    if event.detail is None or kind not in set(CaseEventKind):
        return None
    if kind == CaseEventKind.REOPENED:
        # `ending;received;due;ended`: the ending is what a reader asks for, the rest is for the key figures.
        return words.all("afslutning").get(event.detail.split(";")[0])
    event_kind = CaseEventKind(kind)
    if event_kind in _DESK_DETAILS:
        return words.all(_DESK_DETAILS[event_kind]).get(event.detail)
    section = _COMMON_DETAILS.get(event_kind)
    return names.all(section).get(event.detail) if section else None
