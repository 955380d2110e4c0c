"""The forms: a whole working day of a complaint, and what happens when two are at it, or something is missing."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.service.context import Context
from bot.service.models import CaseNote, Lesson
from bot.service.models.words import CaseKind
from tests.factories import make_case
from tests.service.desk.conftest import Desk

ANSWERS = {"afgoerelse": "nej", "journaliseret": "ja", "journalnummer": "26/0001"}


@pytest.fixture
def new_case(context: Context) -> Callable[..., int]:
    def make(**columns: Any) -> int:
        with context.database.write() as session:
            case_id: int = make_case(session, context, **columns).id
            return case_id

    return make


def notes(context: Context) -> list[tuple[str | None, str]]:
    with context.database.read() as session:
        return [(note.guide_step, note.text) for note in session.scalars(select(CaseNote).order_by(CaseNote.id))]


def test_a_complaint_is_taken_called_and_ended(context: Context, anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case(call_consent="ja")

    taken = anna.deed(case_id, "tag")
    called = anna.deed(case_id, "opkald", udfald="truffet")
    lesson = {"laering_omraade": "kommunikation", "laering": "Ring, når vi lover det"}
    ended = anna.deed(case_id, "afslut", afslutning="talt_med", **ANSWERS, **lesson)

    assert taken.headers["location"] == f"/desk/sager/{case_id}?gjort=taget"
    assert called.headers["location"] == f"/desk/sager/{case_id}/afslut?gjort=talt_med&afslutning=talt_med"
    assert ended.headers["location"] == f"/desk/sager/{case_id}?gjort=afsluttet"
    page = anna.get(f"/sager/{case_id}?gjort=afsluttet").text
    for words in ("Sagen er afsluttet.", "Talt med borgeren", "Inden fristen", "26/0001", lesson["laering"], "Genåbn sagen"):
        assert words in page
    with context.database.read() as session:
        assert session.scalars(select(Lesson.area)).all() == ["kommunikation"]


def test_a_call_that_reached_nobody_stays_on_the_case(anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case()
    anna.deed(case_id, "tag")

    answer = anna.deed(case_id, "opkald", udfald="ikke_truffet")

    assert answer.headers["location"] == f"/desk/sager/{case_id}?gjort=opkald"


def test_the_ending_page_has_the_ending_chosen(anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case()
    anna.deed(case_id, "tag")

    page = anna.get(f"/sager/{case_id}/afslut?afslutning=talt_med").text

    assert 'id="afslutning-talt_med" value="talt_med" checked' in page


def test_the_second_handler_is_told_and_keeps_what_was_typed(
    context: Context, anna: Desk, bo: Desk, new_case: Callable[..., int]
) -> None:
    case_id = new_case()
    anna.deed(case_id, "tag")

    answer = bo.deed(case_id, "notat", version="1", notat="Bos lange notat")

    assert answer.status_code == 409
    for words in ("En anden kom først", "Intet er overskrevet", "Anna Holm", "tog sagen", "Bos lange notat"):
        assert words in answer.text
    assert anna.case(case_id).assignee_id == anna.user.id
    assert notes(context) == []


@pytest.mark.parametrize(
    ("deed", "fields", "sentence"),
    [
        ("notat", {"notat": "  "}, "Skriv noget i feltet"),
        ("notat", {"notat": "x" * 20_000}, "Teksten er for lang"),
        ("guide", {"trin_aftale": ""}, "Skriv noget i feltet"),
        ("opkald", {"udfald": "sov"}, "Vælg en af mulighederne"),
        ("opkald", {}, "Vælg en af mulighederne"),
        ("afslut", {}, "Vælg, hvordan sagen endte"),
        ("afslut", {"afslutning": "talt_med"}, "Svar på, om det handler om en afgørelse"),
        ("afslut", {"afslutning": "talt_med", **ANSWERS}, "Notér først opkaldet"),
        ("afslut", {"afslutning": "talt_med", **ANSWERS, "journaliseret": ""}, "journalnummeret"),
        ("genaabn", {}, "Sagen er allerede åben"),
        ("kvitter", {}, "ikke noget at kvittere for"),
    ],
)
def test_a_refusal_says_why_in_words_and_keeps_the_form(
    anna: Desk, new_case: Callable[..., int], deed: str, fields: dict[str, str], sentence: str
) -> None:
    case_id = new_case()
    anna.deed(case_id, "tag")

    answer = anna.deed(case_id, deed, **fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    if fields.get("notat", "").strip():
        assert fields["notat"] in answer.text


def test_only_changed_notes_of_the_guide_are_kept(context: Context, anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case()

    anna.deed(case_id, "guide", trin_aftale="Ringer mandag", foer_aftale="", trin_laering="svar før", foer_laering="svar før")

    assert notes(context) == [("aftale", "Ringer mandag")]
    page = anna.get(f"/sager/{case_id}").text
    assert page.count("Ringer mandag") == 3  # in the guide, as what was there before, and among the notes


def test_a_step_that_is_no_guides_is_not_kept(context: Context, anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case()

    assert anna.deed(case_id, "guide", **{"trin_" + "x" * 50: "tekst", "trin_begrundelse": "snyd"}).status_code == 422
    assert notes(context) == []


def test_a_nul_in_a_note_is_left_out(context: Context, anna: Desk, new_case: Callable[..., int]) -> None:
    anna.deed(new_case(), "notat", notat="før\x00efter")

    assert notes(context) == [(None, "førefter")]


def test_danger_is_acknowledged_and_handed_over(context: Context, anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case(kind=CaseKind.BEKYMRING, band="akut", role="barn", age=12)
    anna.deed(case_id, "kvitter")

    answer = anna.deed(
        case_id, "afslut", afslutning="overgivet", overgivet_til="Døgnvagten", overgivet_tid="2026-11-18T12:00", **ANSWERS
    )  # fmt: skip

    assert answer.status_code == 303
    assert notes(context) == [("overgivet_til", "Døgnvagten"), ("overgivet_tid", "18.11.2026 12.00")]
    page = anna.get(f"/sager/{case_id}").text
    assert "Overgivet" in page
    assert "Inden fristen" in page


@pytest.mark.parametrize("when", ["", "i morges", "2026-11-18T12:30", "1999-01-01T00:00", "2026-02-30T10:00"])
def test_a_hand_over_at_an_impossible_hour_is_refused(anna: Desk, new_case: Callable[..., int], when: str) -> None:
    case_id = new_case(kind=CaseKind.BEKYMRING, band="akut")
    anna.deed(case_id, "kvitter")

    answer = anna.deed(case_id, "afslut", afslutning="overgivet", overgivet_til="Døgnvagten", overgivet_tid=when, **ANSWERS)

    assert answer.status_code == 422
    assert "Skriv, hvornår det skete." in answer.text
    assert "Døgnvagten" in answer.text


def test_not_a_complaint_is_confirmed_by_a_leader(anna: Desk, bo: Desk, lise: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case()
    anna.deed(case_id, "tag")

    proposed = anna.deed(case_id, "afslut", afslutning="ikke_klage", begrundelse="Et spørgsmål om mødetid", **ANSWERS)

    assert proposed.headers["location"] == f"/desk/sager/{case_id}?gjort=foreslaaet"
    assert "Venter på en leder" in anna.get(f"/sager/{case_id}").text
    assert bo.deed(case_id, "bekraeft").status_code == 422
    page = lise.get(f"/sager/{case_id}").text
    assert "Begrundelse: Et spørgsmål om mødetid" in page
    assert "Foreslog, at det ikke er en klage" in page
    assert lise.deed(case_id, "bekraeft").headers["location"] == f"/desk/sager/{case_id}?gjort=afsluttet"
    assert anna.case(case_id).ending == "ikke_klage"


def test_a_leader_may_refuse_the_proposal(anna: Desk, lise: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case()
    anna.deed(case_id, "tag")
    anna.deed(case_id, "afslut", afslutning="ikke_klage", begrundelse="Et spørgsmål", **ANSWERS)

    assert lise.deed(case_id, "afvis").status_code == 303
    assert anna.case(case_id).state == "taget"


def test_parking_putting_back_and_reopening(anna: Desk, bo: Desk, new_case: Callable[..., int], context: Context) -> None:
    case_id = new_case()
    anna.deed(case_id, "tag")

    assert anna.deed(case_id, "parker").status_code == 303
    assert anna.case(case_id).state == "parkeret"
    assert "Tag op igen" in anna.get(f"/sager/{case_id}").text
    assert anna.deed(case_id, "laeg-tilbage").status_code == 303
    bo.deed(case_id, "tag")
    bo.deed(case_id, "opkald", udfald="afslog")
    assert bo.deed(case_id, "afslut", afslutning="afslog", **ANSWERS).status_code == 303
    context.clock.advance(3600)
    assert bo.deed(case_id, "genaabn").headers["location"] == f"/desk/sager/{case_id}?gjort=genaabnet"
    assert "Genåbnede sagen: Borgeren takkede nej til samtalen" in anna.get(f"/sager/{case_id}").text


def test_an_unknown_deed_in_the_address_says_nothing(anna: Desk, new_case: Callable[..., int]) -> None:
    page = anna.get(f"/sager/{new_case()}?gjort=<b>skrald</b>").text

    assert "notice-done" not in page
    assert "skrald" not in page
