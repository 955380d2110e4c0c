"""Finds and masks what tells who somebody is: CPR numbers, phone numbers, e-mail, addresses, names.

Each kind is found on the raw text by its own finder; where two overlap, the kind that `_spans` asks for first wins.
Numbers that answer a question ("4", "10", "kl. 14.30") are too short for any of them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from bot.shared.addresses import address_spans
from bot.shared.names import known_name_spans, name_spans

Span = tuple[int, int]

MARKS = {"cpr": "[cpr]", "telefon": "[telefon]", "email": "[e-mail]", "adresse": "[adresse]", "navn": "[navn]"}

# What people put between the groups of a number, invisible characters of copied text included.
_BETWEEN = "[ \\t\u00a0\u2007\u202f\u200b-\u200f\u2060\ufeff.\\-\u2010-\u2015/]"
_CPR = re.compile(rf"(?<![\d+])(\d\d){_BETWEEN}?(\d\d){_BETWEEN}?(\d\d){_BETWEEN}{{0,3}}\d{{4}}(?!\d)")
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_REPLACEMENT_DAY = 60  # added to the day in the replacement numbers for people without a CPR number

_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%'-]{1,64}(?:@| ?(?:\(at\)|\[at\]|snabel-?a) ?)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
    re.IGNORECASE,
)
_FOREIGN_PHONE = re.compile(rf"(?<![\d+])\(?(?:\+{_BETWEEN}?|00)[1-9](?:(?:\(0\)|\)|{_BETWEEN}){{0,2}}\d){{6,14}}(?!\d)")
_DANISH_PHONE = re.compile(
    rf"(?<![\d+])(?:45{_BETWEEN}?)?"
    rf"(?:\d{{8}}|\d\d(?:{_BETWEEN}{{1,2}}\d\d){{3}}|\d{{4}}{_BETWEEN}\d{{4}}|\d\d(?:{_BETWEEN}\d{{3}}){{2}})"
    r"(?![\d])"
)
_TWO_YEARS = re.compile(r"(?:19|20)\d\d\D(?:19|20)\d\d")
_DANISH_DIGITS = 8


@dataclass(frozen=True)
class Found:
    """One personal value as it stood in the text."""

    kind: str  # cpr | telefon | email | adresse | navn
    value: str


@dataclass(frozen=True)
class Redaction:
    """A text with marks, and what the marks stand for, in the order of the text."""

    text: str
    found: tuple[Found, ...]


def redact(text: str, names: Iterable[str] = ()) -> Redaction:
    """The text with every personal value replaced by its mark.

    `names` are those known from the meeting: always masked, in any case, as whole words and in the genitive.
    """
    pieces: list[str] = []
    found: list[Found] = []
    end = 0
    for start, stop, kind in _spans(text, tuple(names)):
        pieces += [text[end:start], MARKS[kind]]
        found.append(Found(kind, text[start:stop]))
        end = stop
    return Redaction("".join([*pieces, text[end:]]), tuple(found))


def find_phone(text: str) -> str | None:
    """The first phone number in international form: a Danish one as `+45XXXXXXXX`; None where there is none."""
    taken = list(chain(_email_spans(text), _cpr_spans(text)))
    for start, stop in sorted(_phone_spans(text)):
        if not any(start < other_stop and other_start < stop for other_start, other_stop in taken):
            return _international(text[start:stop])
    return None


def _spans(text: str, names: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """Spans that do not overlap, in the order of the text."""
    taken = bytearray(len(text))
    kept: list[tuple[int, int, str]] = []
    for kind, spans in (
        ("email", _email_spans(text)),
        ("cpr", _cpr_spans(text)),
        ("telefon", _phone_spans(text)),
        ("navn", known_name_spans(text, names)),
        ("adresse", address_spans(text)),
        ("navn", name_spans(text)),
    ):
        for start, stop in spans:
            if not any(taken[start:stop]):
                taken[start:stop] = b"\x01" * (stop - start)
                kept.append((start, stop, kind))
    return sorted(kept)


def _email_spans(text: str) -> Iterator[Span]:
    return (match.span() for match in _EMAIL.finditer(text))


def _cpr_spans(text: str) -> Iterator[Span]:
    return (match.span() for match in _CPR.finditer(text) if _is_date(*(int(group) for group in match.groups())))


def _is_date(day: int, month: int, year: int) -> bool:
    day -= _REPLACEMENT_DAY if day > _REPLACEMENT_DAY else 0
    if not 1 <= month <= len(_DAYS_IN_MONTH):
        return False
    leap_day_missing = month == 2 and day == 29 and year % 4 != 0  # the century is not in the six digits
    return 1 <= day <= _DAYS_IN_MONTH[month - 1] and not leap_day_missing


def _phone_spans(text: str) -> Iterator[Span]:
    for match in chain(_FOREIGN_PHONE.finditer(text), _DANISH_PHONE.finditer(text)):
        if not _TWO_YEARS.fullmatch(match.group()):
            yield match.span()


def _international(number: str) -> str:
    digits = "".join(str(int(character)) for character in number.replace("(0)", "") if character.isdecimal())
    if number.lstrip("(").startswith("+"):
        return f"+{digits}"
    if digits.startswith("00") and len(digits) > _DANISH_DIGITS:
        return f"+{digits[2:]}"
    return f"+45{digits[-_DANISH_DIGITS:]}"
