import pytest

from bot.engine.understanding.language import name_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "da"),
        ("🙂🙂", "da"),
        ("4", "da"),
        ("ok", "da"),
        ("hej", "da"),
        ("asdfgh jkl", "da"),
        ("hun hørte slet ik på mig", "da"),
        ("fint nok tror jeg", "da"),
        ("Jag förstod inte vad hon sade till mig", "sv"),
        ("Jeg skjønte ikke hva dere mente på møtet", "no"),
        ("I did not understand the letter you sent", "en"),
        ("Ich habe den Brief nicht verstanden", "de"),
        ("Nie zrozumiałam tego pisma", "pl"),
        ("Mektubu anlamadım, yardım lazım", "tr"),
        ("لم أفهم الرسالة", "ar"),
        ("من نامه را نفهمیدم", "fa"),
        ("Я не зрозуміла цей лист", "uk"),
        ("waxaan u baahanahay qof af soomaali ku hadla", "so"),
    ],
)
def test_name_language(text: str, language: str) -> None:
    assert name_language(text)[0] == language


@pytest.mark.parametrize("text", ["\x00", "ﷺ", "ß" * 10_000, "\ud800", "a" * 10_000, "语言", "\u202e"])
def test_no_text_is_an_exception(text: str) -> None:
    language, score = name_language(text)

    assert len(language) == 2
    assert 0 <= score <= 1


def test_the_answer_is_always_the_same() -> None:
    assert len({name_language("xyzzy plugh waan baahanahay") for _ in range(20)}) == 1
