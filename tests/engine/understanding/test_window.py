import pytest

from bot.engine.understanding.window import HEAD, MOST_SYMBOLS, PIECE, TAIL, legible, pieces, read_window


@pytest.mark.parametrize(
    ("text", "clean"),
    [("", ""), ("  ", ""), ("a\x00b", "a b"), ("en\nto", "en\nto"), ("\ud800hej", "hej"), ("æ😀", "æ😀"), ("\t\r", "")],
)
def test_what_no_tokenizer_can_use_becomes_a_blank(text: str, clean: str) -> None:
    assert legible(text) == clean


def test_up_to_2000_characters_are_read_whole() -> None:
    assert read_window("ab" * 1000) == "ab" * 1000


def test_beyond_that_the_first_1500_and_the_last_500() -> None:
    assert read_window("ab" * 2500 + "cd" * 250) == "ab" * (HEAD // 2) + "\n" + "cd" * (TAIL // 2)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("neeeej!!!", "neeeej!!!"),
        ("å" * 10_000, "å" * 10),
        (", " * 5_000, "\n".join([", " * (MOST_SYMBOLS - 1) + ","] * 2)),
        ("nej" + "!" * 50 + " slut", "nej!!!!!!!!!! slut"),
    ],
)
def test_noise_is_cut_short(text: str, read: str) -> None:
    assert read_window(text).rstrip() == read


@pytest.mark.parametrize("text", ["", "kort", "ord " * 500, "x" * 1000, "x" * 301, "a " + "b" * 700 + " c"], ids=len)
def test_pieces_are_short_and_lose_nothing_but_blanks(text: str) -> None:
    found = pieces(text)

    assert all(0 < len(piece) <= PIECE for piece in found)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
