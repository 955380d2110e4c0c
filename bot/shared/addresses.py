"""Finds Danish addresses: road and number, road after "bor på", postal code and town."""

import re
from collections.abc import Iterator

from bot.shared.word_lists import read_word_list

_UPPER = "A-ZÆØÅÉÖÄÜ"
_LETTER = r"[^\W\d_]"
_BLANK = r"[ \t\u00a0]"

# A word with one of these endings is a road even in small letters.
_SURE = "vej|vejen|gade|gaden|allé|allè|alle|alléen|stræde|strædet|straede|boulevard|boulevarden|vænget|vænge|pladsen|esplanaden"
# These are roads only with a capital letter: "haven 3" may be a garden and three of something.
_CAPITAL = (
    "parken|park|haven|have|bakken|bakke|toften|toft|marken|mark|stien|sti|engen|eng|lunden|lund|kæret|krogen|skoven|dalen|"
    "højen|høj|gården|gård|vang|vangen|svinget|brinken|ageren|åsen|broen|bro|kajen|kaj|torvet|torv|plads|holmen|ager|passagen|"
    "kvarteret|led|ledet|bo|hegnet|løkken|kilden|banken|brink|volden|vold|terrassen"
)
_PREFIX = (
    rf"(?:(?:Gammel|Gl\.|Lille|Ll\.|Store|St\.|Ny|Nordre|Søndre|Vestre|Østre|Nørre|Sønder|Vester|Øster|Indre|Ydre){_BLANK})?"
)
_ROAD = (
    rf"(?:{_PREFIX}{_LETTER}[\w.'’-]{{1,30}}(?:(?i:{_SURE}))|[{_UPPER}][\w.'’-]{{1,30}}(?:{_CAPITAL})"
    rf"|(?:[{_UPPER}][\w.'’-]{{0,30}}{_BLANK}){{1,3}}(?i:vej|gade|allé|alle|stræde|boulevard|plads|torv|park|vænge|have|kaj))"
)
_UNIT = (
    r"(?!{_BLANK}?(?:dage?|gange?|min|minutter|timer?|år|uger?|måneder|km|kilometer|meter|m|børn|voksne|mennesker|kr|kroner|"
    r"procent|af|ud|pct|andre|til|personer|steder|huse|dager)\b)"
).replace("{_BLANK}", _BLANK)
_FLOOR = (
    rf"(?:,?{_BLANK}?(?:st|stuen|kl|kælderen|\d{{1,2}})\.?{_BLANK}?(?:sal\b)?,?{_BLANK}?(?:tv|th|mf|dør{_BLANK}\d{{1,3}})\b\.?"
    rf"|,{_BLANK}?\d{{1,2}}\.{_BLANK}?(?:sal\b)?)?"
)
_TOWN = rf"(?:[1-9]\d{{3}}|0[89]\d\d){_BLANK}{{1,2}}[{_UPPER}]{_LETTER}{{2,24}}(?:{_BLANK}(?:[CNSVØKM]|NV|SØ|SV|NØ)\b)?"
_NUMBERED = re.compile(
    rf"(?<![\w.'’-]){_ROAD}(?:{_BLANK}nr\.?)?{_BLANK}{{1,2}}\d{{1,3}}(?:[A-Za-z]\b|{_BLANK}[A-H]\b)?(?![\d.:]\d|\d){_UNIT}{_FLOOR}"
    rf"(?:(?:,|\n|{_BLANK}){{1,3}}{_TOWN})?"
)
_LIVED_ON = re.compile(
    rf"(?<!\w)(?i:bor|boede|boet|flyttet|flytter|adressen?|adr)(?:{_BLANK}(?i:nu|også|stadig|er|henne|ude|ovre)){{0,2}}:?"
    rf"{_BLANK}(?:(?i:på|i|til|ved){_BLANK})?({_ROAD})(?!\w)"
)
_ALONE = re.compile(rf"(?<!\w)[{_UPPER}]{_LETTER}{{2,30}}(?:vej|gade|allé|stræde|boulevard)(?!\w)")
_POSTAL = re.compile(rf"(?<![\d\w])(?:DK-?{_BLANK}?)?{_TOWN}(?!\w)")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d")
_REAL_TOWN_IN_YEARS = "2000"  # Frederiksberg; 2024 and the like are years
_NO_ROAD = read_word_list("addresses.txt")["ikke_veje"]


def address_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses stand; the spans may overlap, the fuller ones come first."""
    for match in _NUMBERED.finditer(text):
        yield match.span()
    for match in _LIVED_ON.finditer(text):
        if match.group(1).casefold() not in _NO_ROAD:
            yield match.span(1)
    for match in _POSTAL.finditer(text):
        if not _is_year(match.group()):
            yield match.span()
    for match in _ALONE.finditer(text):
        if match.group().casefold() not in _NO_ROAD:
            yield match.span()


def _is_year(postal: str) -> bool:
    return bool(_YEAR.match(postal)) and not postal.startswith(_REAL_TOWN_IN_YEARS)
