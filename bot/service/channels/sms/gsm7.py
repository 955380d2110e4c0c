"""What one SMS can carry: GSM-7 or UCS-2, and in how many segments (3GPP TS 23.038 and 23.040).

For outbound text only. What a citizen writes is never downgraded: an emoji may be a sign of danger.
"""

import unicodedata
from typing import Literal

Encoding = Literal["gsm7", "ucs2"]

# 3GPP TS 23.038, table 6.2.1: one septet each. Escape (0x1B) is left out, it stands for nothing by itself.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Table 6.2.1.1: escape and one more, so two septets each.
EXTENSION = frozenset("\f^{}\\[~]|€")

# Characters that GSM-7 lacks and that lose nothing by being replaced. Letters and emoji are left alone: they mean
# something.
REPLACEMENTS = {
    "\u2018": "'",  # left single quotation mark
    "\u2019": "'",  # right single quotation mark
    "\u201a": "'",  # single low-9 quotation mark
    "\u201c": '"',  # left double quotation mark
    "\u201d": '"',  # right double quotation mark
    "\u201e": '"',  # double low-9 quotation mark
    "\u00ab": '"',  # left-pointing double angle quotation mark
    "\u00bb": '"',  # right-pointing double angle quotation mark
    "\u00b4": "'",  # acute accent
    "\u0060": "'",  # grave accent
    "\u2010": "-",  # hyphen
    "\u2011": "-",  # non-breaking hyphen
    "\u2012": "-",  # figure dash
    "\u2013": "-",  # en dash
    "\u2014": "-",  # em dash
    "\u2212": "-",  # minus sign
    "\u2022": "-",  # bullet
    "\u2026": "...",  # horizontal ellipsis
    "\u00a0": " ",  # no-break space
    "\u2009": " ",  # thin space
    "\u202f": " ",  # narrow no-break space
    "\t": " ",  # tabulator
    "\u00ad": "",  # soft hyphen
    "\u200b": "",  # zero width space
    "\u2060": "",  # word joiner
    "\ufeff": "",  # byte order mark
}
_TABLE = str.maketrans(REPLACEMENTS)

SINGLE_SEPTETS, PART_SEPTETS = 160, 153
SINGLE_UNITS, PART_UNITS = 70, 67


def replace_safely(text: str) -> str:
    """The same text with composed letters (a + ring is å) and typographic characters replaced; all else is kept."""
    return unicodedata.normalize("NFC", text).translate(_TABLE)


def encoding(text: str) -> Encoding:
    """`gsm7` where every character is in GSM-7 or its extension, else `ucs2`."""
    return "gsm7" if all(letter in BASIC or letter in EXTENSION for letter in text) else "ucs2"


def segments(text: str) -> int:
    """How many SMS the text is billed as; 0 for an empty one. Nothing is replaced first: see `replace_safely`."""
    if encoding(text) == "gsm7":
        return _fill([2 if letter in EXTENSION else 1 for letter in text], SINGLE_SEPTETS, PART_SEPTETS)
    # An emoji outside the basic plane is two UTF-16 units.
    return _fill([2 if ord(letter) > 0xFFFF else 1 for letter in text], SINGLE_UNITS, PART_UNITS)


def _fill(sizes: list[int], single: int, part: int) -> int:
    """Segments needed for characters of these sizes, none of which may be cut by the end of a part."""
    if sum(sizes) <= single:
        return 1 if sizes else 0
    count, used = 1, 0
    for size in sizes:
        if used + size > part:
            count, used = count + 1, 0
        used += size
    return count
