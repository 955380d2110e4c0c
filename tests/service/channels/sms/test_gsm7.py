"""What one SMS carries, counted in the wire's own unit: septets, or UTF-16 units."""

import pytest

from bot.service.channels.sms.gsm7 import BASIC, EXTENSION, REPLACEMENTS, encoding, replace_safely, segments


def test_alphabet_is_complete() -> None:
    # 128 codes, of which escape is no character.
    assert len(BASIC) == 127
    assert len(EXTENSION) == 10


@pytest.mark.parametrize("replacement", REPLACEMENTS.values())
def test_every_replacement_is_itself_in_the_alphabet(replacement: str) -> None:
    assert set(replacement) <= BASIC


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("på – et, hvor", "på - et, hvor"),
        ("“Hej” sagde ‘hun’", "\"Hej\" sagde 'hun'"),
        ("vent…", "vent..."),
        ("kl.\u00a020", "kl. 20"),
        ("A\u030angen er kold", "Ången er kold"),  # a letter and a combining ring are one å
        ("usyn\u200blig\u00ad", "usynlig"),
        ("æ ø å Æ Ø Å é ü", "æ ø å Æ Ø Å é ü"),
        ("Jógvan", "Jógvan"),  # a name is never respelt
        ("😢", "😢"),  # an emoji means something
        ("", ""),
    ],
)
def test_replace_safely_keeps_all_that_means_something(text: str, expected: str) -> None:
    assert replace_safely(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "gsm7"),
        ("Hej æøå ÆØÅ é à ü ß", "gsm7"),
        ("5 € {x} [y] ~ | ^ \\", "gsm7"),
        ("linje\nlinje", "gsm7"),
        ("á", "ucs2"),
        ("ç", "ucs2"),  # the small c with cedilla is not in the alphabet, the capital is
        ("Ç", "gsm7"),
        ("–", "ucs2"),
        ("`", "ucs2"),
        ("👍", "ucs2"),
        ("Привіт", "ucs2"),
    ],
)
def test_encoding_is_gsm7_only_where_every_character_is(text: str, expected: str) -> None:
    assert encoding(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("a", 1),
        ("å" * 160, 1),
        ("å" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 159 + "€", 2),  # the euro sign takes two septets
        ("a" * 158 + "€", 1),
        *((character * 80, 1) for character in sorted(EXTENSION)),
        *((character * 81, 2) for character in sorted(EXTENSION)),
        # 153 septets a part: an escape pair is not cut, so its part is one short.
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 151 + "€" + "a" * 153, 2),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("á" * 134, 2),
        ("á" * 135, 3),
        ("😢" * 35, 1),  # two UTF-16 units each
        ("😢" * 36, 2),
        ("😢" * 66, 2),  # 67 units a part, and a pair is not cut: 33 in each
        ("😢" * 67, 3),
    ],
)
def test_segments_counts_what_is_billed(text: str, expected: int) -> None:
    assert segments(text) == expected
