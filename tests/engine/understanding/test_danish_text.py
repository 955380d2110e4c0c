import pytest

from bot.engine.understanding.danish_text import MOST_CLAUSES, take_apart


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", ()),
        ("   ", ()),
        ("hej", ("hej",)),
        ("😀", ("😀",)),
        ("hun lyttede til mig", ("hun lyttede til mig",)),
        ("hun lyttede men maden var kold", ("hun lyttede", "men maden var kold")),
        ("mor og far var der begge to", ("mor og far var der begge to",)),
        ("jeg sagde det og hun skrev det ned", ("jeg sagde det", "og hun skrev det ned")),
        ("Ja. Det var et rigtig godt møde.", ("Ja. Det var et rigtig godt møde.",)),
        ("De kom for sent.\nMaden var god", ("De kom for sent.", "Maden var god")),
    ],
)
def test_clauses(text: str, clauses: tuple[str, ...]) -> None:
    found = take_apart(text).clauses

    assert tuple(" ".join(clause.split()) for clause in found) == clauses


def test_lemmas_come_from_the_table() -> None:
    assert take_apart("Bøgerne var kedelige").lemmas == ("bog", "være", "kedelig")


@pytest.mark.parametrize("text", ["det var fint, men hun kom ikke. " * 60, "," * 10_000, "hej\n" * 2_500, "😀." * 5000], ids=len)
def test_a_long_text_has_few_clauses(text: str) -> None:
    assert 1 <= len(take_apart(text).clauses) <= MOST_CLAUSES + 1


def test_the_first_and_the_last_sentence_of_a_long_text_stand_by_themselves() -> None:
    text = "Jeg tør ikke gå hjem. " + "Vi spiste rugbrød og så en film. " * 60 + "Sig det ikke til nogen."

    clauses = take_apart(text).clauses

    assert (clauses[0], clauses[-1]) == ("Jeg tør ikke gå hjem.", "Sig det ikke til nogen.")


def test_every_clause_stands_in_the_text() -> None:
    text = take_apart("Vi ventede længe, og jeg var bange. Heldigvis ringede hun, så det endte godt")

    assert all(clause in text.text for clause in text.clauses)
