"""What the assistant says: the most specific variant, exact values, times in words, and words that must not differ."""

import ast
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.service.logic.question_sets import Catalogue, QuestionKind
from bot.service.logic.texts import TEXTS, Names, TextError, Texts
from bot.service.models import words as columns
from bot.shared.codebook import Audience, Channel, Complaint, Concern, Polarity, Role, Theme, Wish

ENDING = "Brug for hjælp nu? Ring 112. Børn: 116 111."
SERVICE = TEXTS.parent
# Keywords of the outbox, which no text takes.
NO_VALUES = {"audience", "channel", "choices", "kind", "once_key", "question"}
PHONE = (Channel.SMS, Channel.TELEGRAM)


def texts_of(folder: Path, text: str) -> Texts:
    (folder / "da.yml").write_text(text, encoding="utf-8")
    return Texts.load(folder)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


# --- variants


def test_most_specific_variant_is_said(tmp_path: Path) -> None:
    texts = texts_of(
        tmp_path,
        "hej: {alle: alle, sms: sms, foraelder: forælder, sms.foraelder: begge, 'barn_7_12, barn_13_17': barn}",
    )

    assert texts.say("hej") == "alle"
    assert texts.say("hej", Audience.FAGPERSON, Channel.WEBCHAT) == "alle"
    assert texts.say("hej", Audience.FAGPERSON, Channel.SMS) == "sms"
    assert texts.say("hej", Audience.FORAELDER, Channel.WEBCHAT) == "forælder"
    assert texts.say("hej", Audience.FORAELDER, Channel.SMS) == "begge"
    assert texts.say("hej", Audience.BARN_13_17, Channel.SMS) == "barn"


def test_text_without_wording_for_a_channel_cannot_be_said_there(tmp_path: Path) -> None:
    texts = texts_of(tmp_path, "hej: {webchat: hej}")

    with pytest.raises(TextError, match="no wording for foraelder on sms"):
        texts.say("hej", Audience.FORAELDER, Channel.SMS)


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        ("findes_ikke", {}, "no text 'findes_ikke'"),
        ("hej", {}, r"takes \['navn'\], but was given \[\]"),
        ("hej", {"navn": "Bo", "alder": 7}, r"takes \['navn'\], but was given \['alder', 'navn'\]"),
    ],
)
def test_say_refuses_wrong_keys_and_values(
    tmp_path: Path, key: str, values: dict[str, str | int], message: str
) -> None:
    texts = texts_of(tmp_path, "hej: 'Hej {navn}'")

    with pytest.raises(TextError, match=message):
        texts.say(key, **values)


def test_value_with_braces_is_said_as_it_is(tmp_path: Path) -> None:
    assert texts_of(tmp_path, "hej: 'Hej {navn}'").say("hej", navn="{navn.__class__}") == "Hej {navn.__class__}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hej: {brevdue: hej}", "'brevdue', which is no channel and no audience"),
        ("hej: {alle: 'a {x}', sms: 'b'}", "different placeholders"),
        ("hej: {'alle, sms': a, sms: b}", "two wordings"),
        ("hej: 'a {x.y}'", "a placeholder is a plain name"),
        ("hej: 'a {}'", "a placeholder is a plain name"),
        ("hej: 'a {x'", "a brace too many or too few"),
        ("hej: [a, b]", "neither a text nor texts"),
        ("hej: 7", "neither a text nor texts"),
        ("hej: {alle: 7}", "neither a text nor texts"),
    ],
)
def test_load_refuses_a_faulty_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TextError, match=message):
        texts_of(tmp_path, text)


# --- times


@pytest.mark.parametrize(
    ("now", "deadline", "expected"),
    [
        # Monday 3 August 2026, summer time.
        ("2026-08-03T12:00+02:00", "2026-08-03T20:00+02:00", "i dag kl. 20"),
        ("2026-08-03T12:00+02:00", "2026-08-04T10:30+02:00", "i morgen kl. 10.30"),
        ("2026-08-03T12:00+02:00", "2026-08-04T08:05+02:00", "i morgen kl. 8.05"),
        ("2026-08-03T12:00+02:00", "2026-08-05T08:00+02:00", "onsdag kl. 8"),
        ("2026-08-03T12:00+02:00", "2026-08-09T08:00+02:00", "søndag kl. 8"),
        # A week on, "mandag" would be today.
        ("2026-08-03T12:00+02:00", "2026-08-10T08:00+02:00", "mandag den 10. august kl. 8"),
        ("2026-08-03T12:00+02:00", "2026-12-24T08:00+01:00", "torsdag den 24. december kl. 8"),
        # Past already.
        ("2026-08-03T12:00+02:00", "2026-08-02T20:00+02:00", "søndag den 2. august kl. 20"),
        # Given in UTC, said in Danish time, also across midnight.
        ("2026-08-03T10:00+00:00", "2026-08-03T18:00+00:00", "i dag kl. 20"),
        ("2026-08-03T22:30+00:00", "2026-08-04T18:00+00:00", "i dag kl. 20"),
        ("2026-08-03T21:59+00:00", "2026-08-04T18:00+00:00", "i morgen kl. 20"),
        # The nights on which the clock is changed: Sunday 25 October 2026 and Sunday 28 March 2027.
        ("2026-10-24T20:00+02:00", "2026-10-25T20:00+01:00", "i morgen kl. 20"),
        ("2026-10-24T21:59+00:00", "2026-10-25T01:30+00:00", "i morgen kl. 2.30"),
        ("2027-03-27T20:00+01:00", "2027-03-28T20:00+02:00", "i morgen kl. 20"),
    ],
)
def test_deadline_is_said_in_danish_time(now: str, deadline: str, expected: str) -> None:
    assert Texts.load().say_deadline(at(now), at(deadline)) == expected


@pytest.mark.parametrize(
    ("now", "deadline"),
    [("2026-08-03T12:00", "2026-08-03T20:00+02:00"), ("2026-08-03T12:00+02:00", "2026-08-03T20:00")],
)
def test_deadline_without_a_zone_is_refused(now: str, deadline: str) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Texts.load().say_deadline(at(now), at(deadline))


# --- what must be so


@pytest.mark.parametrize("key", ["tak", "tak_fortsaet"])
def test_thanks_is_letter_for_letter_the_same_for_everybody_everywhere(key: str) -> None:
    texts = Texts.load()

    said = {texts.say(key, audience, channel) for audience in Audience for channel in Channel}

    assert len(said) == 1
    assert said.pop().endswith(ENDING)


@pytest.mark.parametrize("channel", PHONE)
@pytest.mark.parametrize("key", ["fare_webchat", "fare_webchat_efter"])
def test_words_about_danger_cannot_be_said_where_the_phone_keeps_them(key: str, channel: Channel) -> None:
    with pytest.raises(TextError, match="no wording"):
        Texts.load().say(key, Audience.BARN_7_12, channel, **dict.fromkeys(Texts.load().placeholders(key), "x"))


@pytest.mark.parametrize("audience", Audience)
def test_danger_in_the_web_chat_says_who_when_and_where_help_is(audience: Audience) -> None:
    said = Texts.load().say("fare_webchat", audience, Channel.WEBCHAT, hvem="Vagten", hvornaar="inden for 15 minutter")

    assert "Vagten læser det inden for 15 minutter." in said
    assert "112" in said
    assert "116 111" in said


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("channel", [Channel.WEBCHAT, Channel.TELEGRAM])
def test_welcome_tells_robot_readers_retention_and_danger(audience: Audience, channel: Channel) -> None:
    said = Texts.load().say("velkomst", audience, channel, kommune="Eksempel Kommune")

    for part in (
        "robot",
        "Eksempel Kommune",
        "læse dine svar",
        "14 dage",
        "sletter vi dit navn",
        "fare|farligt",
        "Vil du",
    ):
        assert re.search(part, said), part


def test_first_contact_is_worded_as_decided() -> None:
    said = Texts.load().say("foerste_kontakt", Audience.FORAELDER, Channel.SMS, kommune="Eksempel Kommune", antal=4)

    assert said == (
        "Hej fra Eksempel Kommune. Vil du svare på 4 korte spørgsmål? Svar JA. "
        "Vil du hellere ringes op: RING. Nej tak: STOP"
    )


def test_question_for_the_number_asks_for_safety_in_the_same_step() -> None:
    assert Texts.load().say("opkald_nummer") == "Hvilket nummer må vi ringe på – et, hvor du kan tale frit?"


def test_every_key_is_explained_in_the_file() -> None:
    lines = (TEXTS / "da.yml").read_text(encoding="utf-8").splitlines()

    # A heading or a comment stands somewhere above each key, at most a screen away.
    for number, line in enumerate(lines):
        if line[:1].isalpha():
            assert any(earlier.startswith("#") for earlier in lines[max(0, number - 25) : number]), line


def said_in_code() -> Iterator[tuple[str, str, set[str | None]]]:
    """Place, key and values of every text that the service's code says by a literal key."""
    for path in sorted(SERVICE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
                continue
            key = node.args[0]
            if node.func.attr in ("say", "words") and isinstance(key, ast.Constant):
                values = {keyword.arg for keyword in node.keywords} - NO_VALUES
                yield f"{path.name}:{node.lineno}", str(key.value), values


def test_code_says_only_texts_that_exist_with_the_values_they_take() -> None:
    texts = Texts.load()
    keys = texts.keys()

    wrong = [
        (place, key)
        for place, key, values in said_in_code()
        # None stands for values handed on as a mapping.
        if key not in keys or (None not in values and values != texts.placeholders(key))
    ]

    assert wrong == []


# --- helplines


def test_every_number_in_the_texts_is_a_known_helpline() -> None:
    helplines = yaml.safe_load((TEXTS / "hjaelpelinjer.yml").read_text(encoding="utf-8"))
    known = {line["nummer"] for line in helplines["linjer"].values()}
    texts = Texts.load()
    wordings = [wording for variants in map(texts.variants, texts.keys()) for wording in variants.values()]

    found = {number for wording in wordings for number in re.findall(r"\b(?:\d{2,3}(?: \d{3})+|\d{3,4})\b", wording)}

    assert found <= known
    assert {"112", "116 111"} <= found


def test_helplines_have_been_reviewed() -> None:
    helplines = yaml.safe_load((TEXTS / "hjaelpelinjer.yml").read_text(encoding="utf-8"))

    # Fails when the date is past: ring the numbers, then move it a year on.
    assert dt.datetime.now(dt.UTC).date() < helplines["gennemgaas_inden"]


# --- names


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("tema", Theme),
        ("polaritet", Polarity),
        ("klage", Complaint),
        ("bekymring", Concern),
        ("baand", Concern),
        ("oenske", Wish),
        ("rolle", Role),
        ("maalgruppe", Audience),
        ("kanal", Channel),
        ("spoergsmaalstype", QuestionKind),
        ("sagstype", columns.CaseKind),
        ("sagstilstand", columns.CaseState),
        ("afslutning", columns.CaseEnding),
        ("indgang", columns.WayIn),
        ("disposition", columns.Disposition),
        ("kontakt", columns.ContactSafety),
        ("medarbejderrolle", columns.StaffRole),
        ("opkaldssvar", columns.CallConsent),
        ("opkaldsudfald", columns.CallOutcome),
        ("haendelse", columns.CaseEventKind),
        ("interviewtilstand", columns.InterviewState),
    ],
)
def test_every_id_has_a_name_and_no_name_is_left_over(kind: str, ids: type) -> None:
    assert list(Names.load().all(kind)) == [str(one) for one in ids]


def test_every_indicator_of_every_set_has_a_name() -> None:
    catalogue = Catalogue.load()
    questions = [question for set_id in catalogue.ids() for question in catalogue.get(set_id).questions]

    assert {question.indicator for question in questions} - {None} <= Names.load().all("indikator").keys()


def test_names_are_said() -> None:
    names = Names.load()

    assert names.theme("hoert") == "At blive hørt og forstået"
    assert names.case_kind("klage") == "Klage"
    assert names.band("akut") == "Alarm"
    assert names.audience("barn_7_12") == "Barn, 7–12 år"


def test_unknown_name_is_an_error() -> None:
    with pytest.raises(TextError, match="no name for 'vejret' in 'tema'"):
        Names.load().theme("vejret")
