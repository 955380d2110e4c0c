"""What is masked, what is not, and what the marks stand for. All people and numbers are invented."""

import pytest

from bot.shared.personal_data import MARKS, Found, find_phone, redact


@pytest.mark.parametrize(
    "number",
    [
        "010110-1234",
        "010110 1234",
        "0101101234",
        "010110.1234",
        "010110/1234",
        "010110 - 1234",
        "01 01 10 1234",
        "01.01.10-1234",
        "290212-0000",
        "610110-1234",
        "010110\u20131234",
    ],
)
def test_cpr(number: str) -> None:
    assert redact(f"mit cpr er {number}.").text == "mit cpr er [cpr]."
    assert redact(number).found == (Found("cpr", number),)


@pytest.mark.parametrize("text", ["320110-1234", "011310-1234", "300210-1234", "290211-1234", "sag 123456-12345"])
def test_no_cpr_without_a_date(text: str) -> None:
    assert "[cpr]" not in redact(text).text


@pytest.mark.parametrize(
    "number",
    [
        "00000012",
        "00 00 00 12",
        "0000 0012",
        "00 000 012",
        "00-00-00-12",
        "00.00.00.12",
        "+45 00 00 00 12",
        "+4500000012",
        "0045 00000012",
        "45 00 00 00 12",
        "(+45) 00000012",
        "+45 0000 0012",
    ],
)
def test_danish_phone(number: str) -> None:
    assert redact(f"ring på {number} tak").text == "ring på [telefon] tak"
    assert find_phone(f"ring på {number} tak") == "+4500000012"


def test_foreign_phone() -> None:
    assert find_phone("+46 70 000 00 12") == "+46700000012"
    assert find_phone("0046700000012") == "+46700000012"


@pytest.mark.parametrize("text", ["", "4", "10", "kl. 14.30", "nej", "010110-1234", "12.12.2024", "2023-2024", "a1@eksempel.dk"])
def test_no_phone(text: str) -> None:
    assert find_phone(text) is None


@pytest.mark.parametrize(
    "text", ["4", "10", "kl. 14.30", "kl 8-14", "3-4 gange", "2024", "den 12.12.2024", "100 kr", "5 😊", "1234"]
)
def test_a_plain_number_is_never_masked(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize("address", ["a.b+c@eksempel.dk", "navn_2@post.eksempel.dk", "navn snabel-a eksempel.dk"])
def test_email(address: str) -> None:
    assert redact(f"skriv til {address}!").text == "skriv til [e-mail]!"


@pytest.mark.parametrize(
    "address",
    [
        "Prinsesse Maries Allé 5",
        "Skovvænget 12",
        "Nørregade 3B, 2. tv",
        "Gammel Prøvevej 117, st. th.",
        "H.C. Prøvesens Boulevard 12",
        "prøvevej 4",
        "Birkeparken 22, 1. th, 9999 Prøveby",
        "9999 Prøveby",
        "8999 Prøveby N",
        "Lille Prøvestræde 7, 8999 Prøveby",
    ],
)
def test_address(address: str) -> None:
    assert redact(f"de kom til {address} i går").text == "de kom til [adresse] i går"


def test_a_road_after_lives_on_needs_no_number() -> None:
    assert redact("jeg bor på Prøvestien").text == "jeg bor på [adresse]"


@pytest.mark.parametrize(
    "text", ["på vej 3 gange", "en omvej på 2 km", "i 2024 Flyttede vi", "haven 3 dage om ugen", "det er vejen frem"]
)
def test_no_address(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("jeg hedder Ole", "jeg hedder [navn]"),
        ("jeg hedder zulfiqarius", "jeg hedder [navn]"),
        ("min rådgiver Zulfiqarius var sød", "min rådgiver [navn] var sød"),
        ("Mette Prøvesen sagde det", "[navn] sagde det"),
        ("noahs far kom", "[navn] far kom"),
        ("mohammed og jeg", "[navn] og jeg"),
        ("det var godt at Mark kom", "det var godt at [navn] kom"),
        ("det sagde hr. Prøvesen", "det sagde hr. [navn]"),
        ("hilsen Anne-Mette", "hilsen [navn]"),
        ("TAK TIL METTE", "TAK TIL [navn]"),
    ],
)
def test_name(text: str, masked: str) -> None:
    assert redact(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "Hans mor sagde det",
        "Bo der vil jeg ikke",
        "Mark og eng var grønne den dag i maj",
        "Storm og regn hele vejen",
        "Dag efter dag ventede vi",
        "Min rådgiver Hun var sød",
        "Mor var glad. Far var træt.",
        "Det hedder noget andet nu",
        "Vi bor i Randers, og BUP ringede fredag",
        "Else måtte vi vente",
        "ALT VAR GODT",
    ],
)
def test_no_name(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("lone var sød", "[navn] var sød"),
        ("LONES chef", "[navn] chef"),
        ("Prøvesen, prøvesens og Lone Prøvesen", "[navn], [navn] og [navn]"),
        ("Lonetten var der", "Lonetten var der"),
        ("Lone's mappe", "[navn] mappe"),
    ],
)
def test_a_known_name_is_always_masked(text: str, masked: str) -> None:
    assert redact(text, ["Lone Prøvesen"]).text == masked


def test_a_known_single_name_is_masked_though_it_is_a_word() -> None:
    assert redact("bo sagde det", ["Bo"]).text == "[navn] sagde det"


def test_a_part_that_is_a_word_needs_its_capital() -> None:
    assert redact("Mark så en mark", ["Mark Prøvesen"]).text == "[navn] så en mark"


def test_blank_names_mask_nothing() -> None:
    assert redact("hej med dig", ["", " ", "-", "(.*)"]).text == "hej med dig"


def test_found_values_stand_in_order_and_rebuild_the_text() -> None:
    text = "Mette på +45 00 00 00 12, mor 010110-1234, a@eksempel.dk, Prøvevej 4"
    redaction = redact(text)
    assert [found.kind for found in redaction.found] == ["navn", "telefon", "cpr", "email", "adresse"]
    rebuilt = redaction.text
    for found in redaction.found:
        rebuilt = rebuilt.replace(MARKS[found.kind], found.value, 1)
    assert rebuilt == text


def test_redaction_is_stable() -> None:
    once = redact("Mette bor på Prøvevej 4, ring 00000012").text
    assert redact(once).text == once
