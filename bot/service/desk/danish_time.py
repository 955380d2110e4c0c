"""Times and spans as Danish handlers say them; the words stand in texts.yml. Local time is Europe/Copenhagen."""

from datetime import datetime, timedelta

from bot.service.clock import COPENHAGEN
from bot.service.logic.texts import Names

_RELATIVE_DAYS = {-1: "i_gaar", 0: "i_dag", 1: "i_morgen"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def say_time(words: Names, at: datetime, now: datetime) -> str:
    """`i dag kl. 14.05`, `tirsdag den 3. marts kl. 9.00`; with the year where it is another."""
    local, today = at.astimezone(COPENHAGEN), now.astimezone(COPENHAGEN)
    klokken = say_clock(at)
    relative = _RELATIVE_DAYS.get((local.date() - today.date()).days)
    if relative:
        return words.of("tid", relative).format(klokken=klokken)
    pattern = words.of("tid", "dato" if local.year == today.year else "dato_med_aar")
    weekday, month = words.of("ugedag", str(local.weekday())), words.of("maaned", str(local.month))
    return pattern.format(ugedag=weekday, dag=local.day, maaned=month, aar=local.year, klokken=klokken)


def say_clock(at: datetime) -> str:
    """`14.05`."""
    local = at.astimezone(COPENHAGEN)
    return f"{local.hour}.{local.minute:02}"


def say_left(words: Names, left: timedelta) -> str:
    """`2 timer og 14 minutter tilbage`, or how far over the time; at the very moment it is over."""
    key = "tilbage" if left > timedelta(0) else "overskredet"
    return words.of("tid", key).format(varighed=say_span(words, abs(left)))


def say_span(words: Names, span: timedelta) -> str:
    """The two greatest units of a span, whole minutes, rounded down."""
    seconds = int(span.total_seconds())
    counts = (
        ("dag", "dage", seconds // _DAY),
        ("time", "timer", seconds % _DAY // _HOUR),
        ("minut", "minutter", seconds % _HOUR // _MINUTE),
    )
    first = next((place for place, (_, _, count) in enumerate(counts) if count), None)
    if first is None:
        return words.of("tid", "under_et_minut")
    said = [
        words.of("tid", one if count == 1 else many).format(antal=count)
        for one, many, count in counts[first : first + 2]
        if count
    ]
    return words.of("tid", "to_dele").format(stor=said[0], lille=said[1]) if len(said) > 1 else said[0]
