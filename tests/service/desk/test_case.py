import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from markupsafe import escape
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.models import Audit, CaseMedia, CaseMessage, CaseNote, Media
from bot.service.models.words import CaseKind, StaffRole
from tests.factories import make_case, make_contact, make_user
from tests.service.desk.conftest import Desk

SCRIPT = "<script>alert(1)</script>\"'"


@pytest.fixture
def new_case(context: Context) -> Callable[..., int]:
    def make(*, contact: dict[str, Any] | None = None, **columns: Any) -> int:
        with context.database.write() as session:
            if contact is not None:
                columns["contact_id"] = make_contact(session, **contact).id
            case_id: int = make_case(session, context, **columns).id
            return case_id

    return make


def write(context: Context, case_id: int, text: str, **columns: Any) -> None:
    with context.database.write() as session:
        session.add(CaseMessage(case_id=case_id, at=context.clock.now(), text=text, **columns))


def read_as(page: str) -> list[str]:
    """The rows of the list of labels, without strong and span."""
    start = page.index('<ul class="labels"')
    rows = re.findall(r"<li>(.*?)</li>", page[start : page.index("</ul>", start)], re.DOTALL)
    return [" ".join(re.sub(r"</?(?:strong|span).*?>", "", row).split()) for row in rows]


def audited(context: Context) -> list[tuple[str, int | None]]:
    with context.database.read() as session:
        return [(row.deed, row.case_id) for row in session.scalars(select(Audit).order_by(Audit.id))]


def test_the_page_tells_what_was_written_and_what_it_was_about(
    context: Context, anna: Desk, new_case: Callable[..., int]
) -> None:
    case_id = new_case(role="foraelder", language="ar")
    theme = {"id": "ventetid", "polarity": "-", "score": 0.83, "clause": "tre uger"}
    write(context, case_id, "[navn] lod mig vente tre uger", question="Hvad kunne være bedre?", themes=[theme])

    page = anna.get(f"/sager/{case_id}").text

    for words in (
        "[navn] lod mig vente tre uger",
        "Hvad kunne være bedre?",
        "Skrevet <time",
        "Ventetid og tempo",
        "virkede ikke",
        "<q>tre uger</q>",
        "sikkerhed 83 %",
        "Forælder",
        "Sms",
        "skriver arabisk",
        "Ring senest",
        "Guide til opkaldet",
    ):
        assert words in page


MODEL = {"score": 0.926, "source": "model"}
RULE = {"score": 1.0, "clause": None, "source": "rule"}


def test_the_page_tells_why_it_was_taken_for_that(context: Context, anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case()
    labels = [
        {"id": "klage", "value": "maaske", "clause": "det er simpelthen for dårligt"} | MODEL,
        {"id": "bekymring", "value": "akut"} | RULE,
        {"id": "tolk", "value": "ja", "clause": None} | MODEL,
    ]
    write(context, case_id, "det er simpelthen for dårligt", labels=labels)

    page = anna.get(f"/sager/{case_id}").text

    assert read_as(page) == [
        "Måske en klage <q>det er simpelthen for dårligt</q> sikkerhed 93 %",
        "Fare nu genkendt af sikkerhedsnettets faste regler",
        "Har brug for tolk sikkerhed 93 %",
    ]
    assert "Sådan blev beskeden læst" in page


def test_where_nothing_was_found_there_is_no_list(context: Context, anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case()
    write(context, case_id, "der var ro på")

    page = anna.get(f"/sager/{case_id}").text

    assert "der var ro på" in page
    assert "Sådan blev beskeden læst" not in page


def test_a_look_is_audited_each_time(context: Context, anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case()

    anna.get(f"/sager/{case_id}")
    anna.get(f"/sager/{case_id}/afslut")

    assert audited(context) == [("vist", case_id), ("vist", case_id)]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"call_consent": "nej"}, "Borgeren har sagt nej til at blive ringet op."),
        ({"call_consent": "spurgt"}, "men har ikke svaret endnu."),
        ({"call_consent": "uspurgt"}, "Borgeren er ikke spurgt endnu"),
    ],
)
def test_without_a_yes_no_contact_is_shown_and_the_page_says_why(
    anna: Desk, new_case: Callable[..., int], columns: dict[str, str], sentence: str
) -> None:
    case_id = new_case(contact={"name": "Mette Prøve", "number": "+4500000042"}, **columns)

    page = anna.get(f"/sager/{case_id}").text

    assert sentence in page
    assert "Mette" not in page
    assert "tel:" not in page


def test_with_a_yes_the_number_can_be_rung(anna: Desk, new_case: Callable[..., int]) -> None:
    contact = {"name": "Mette Prøve", "number": "+4500000042", "safe_hours": "hverdage 9-12"}
    case_id = new_case(contact=contact, call_consent="ja", wished_time="om eftermiddagen")

    page = anna.get(f"/sager/{case_id}").text

    assert 'href="tel:+4500000042"' in page
    for words in ("Ring 00 00 00 42", "Mette Prøve", "hverdage 9-12", "om eftermiddagen"):
        assert words in page


def test_an_unsafe_number_is_red_and_cannot_be_rung(anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case(contact={"number": "+4500000042", "kontakt": "nej"}, call_consent="ja")

    page = anna.get(f"/sager/{case_id}").text

    assert 'class="unsafe"' in page
    assert "Ring ikke og skriv ikke til dette nummer" in page
    assert "tel:" not in page


def test_danger_shows_the_child_on_top(anna: Desk, new_case: Callable[..., int]) -> None:
    child = {
        "name": "Sofie",
        "number": None,
        "birth_year": 2014,
        "lives": "Hos mor, Prøvevej 3",
        "family_ref": "F-117",
        "adviser": "Rie Dam",
        "adviser_phone": "+4500000012",
    }
    case_id = new_case(contact=child, kind=CaseKind.BEKYMRING, band="akut", role="barn", age=12)

    page = anna.get(f"/sager/{case_id}").text

    top = page[page.index('class="danger"') : page.index('class="columns"')]
    for words in ("Sofie", "2014", "Hos mor, Prøvevej 3", "F-117", "Rie Dam", 'href="tel:+4500000012"', "tel:112", "Kvittér"):
        assert words in top
    assert "Guide, når nogen kan være i fare" in page


def test_a_child_gets_the_childs_guide(anna: Desk, new_case: Callable[..., int]) -> None:
    page = anna.get(f"/sager/{new_case(role='barn', age=12)}").text

    assert "Guide til samtalen med et barn" in page
    assert "bisidder" in page


def test_earlier_cases_of_the_person_are_linked_but_not_hidden_ones(
    context: Context, anna: Desk, new_case: Callable[..., int]
) -> None:
    earlier = new_case(person="den-samme", state="lukket", ending="talt_med", ended_at=context.clock.now())
    hidden = new_case(person="den-samme", kind=CaseKind.OPKALD, gaelder_id=anna.user.id)
    other = new_case(person="en-anden")
    case_id = new_case(person="den-samme")

    page = anna.get(f"/sager/{case_id}").text

    assert f"/desk/sager/{earlier}" in page
    assert f'href="/desk/sager/{hidden}"' not in page
    assert f'href="/desk/sager/{other}"' not in page


@pytest.mark.parametrize("path", ["", "/afslut", "/beskeder"])
def test_whom_it_is_about_meets_nothing_and_is_audited(
    context: Context, anna: Desk, new_case: Callable[..., int], path: str
) -> None:
    case_id = new_case(gaelder_id=anna.user.id)

    hidden, missing = anna.get(f"/sager/{case_id}{path}"), anna.get(f"/sager/{case_id + 1}{path}")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.text == missing.text
    assert audited(context) == [("naegtet", case_id), ("naegtet", None)]


@pytest.mark.parametrize(
    "deed", ["tag", "laeg-tilbage", "kvitter", "notat", "guide", "opkald", "parker", "afslut", "bekraeft", "afvis", "genaabn"]
)
def test_whom_it_is_about_can_do_nothing(anna: Desk, new_case: Callable[..., int], deed: str) -> None:
    case_id = new_case(gaelder_id=anna.user.id, kind=CaseKind.BEKYMRING, band="akut")
    fields = {"notat": "x", "trin_aftale": "x", "udfald": "truffet", "afslutning": "vurderet"}

    assert anna.deed(case_id, deed, **fields).status_code == 404
    assert anna.case(case_id).version == 1


def test_script_in_every_text_stays_text(context: Context, lise: Desk, new_case: Callable[..., int]) -> None:
    contact = {"name": SCRIPT, "lives": SCRIPT, "family_ref": SCRIPT, "adviser": SCRIPT, "number": SCRIPT, "safe_hours": SCRIPT}
    columns = {"kind": CaseKind.BEKYMRING, "band": "ja", "wished_time": SCRIPT, "language": "<b>"}
    case_id = new_case(contact=contact, assignee_id=lise.user.id, **columns)
    theme = {"id": "plan", "polarity": "-", "score": 0.5, "clause": SCRIPT}
    label = {"id": "klage", "value": "ja", "clause": SCRIPT} | MODEL
    write(context, case_id, SCRIPT, question=SCRIPT, themes=[theme], labels=[label])
    lise.deed(case_id, "notat", notat=SCRIPT)
    lise.deed(case_id, "guide", trin_fare_nu=SCRIPT)

    page = lise.get(f"/sager/{case_id}").text

    assert "<script>alert" not in page
    assert page.count(str(escape(SCRIPT))) >= 10


def test_a_case_with_nothing_known_still_has_a_page(anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case(kind=CaseKind.UBEHANDLET, person=None)

    page = anna.get(f"/sager/{case_id}").text

    assert "Ukendt" in page
    assert "Der er ikke gemt nogen tekst i denne sag." in page


def test_new_messages_come_by_themselves_and_count_as_a_look(
    context: Context, anna: Desk, new_case: Callable[..., int]
) -> None:
    case_id = new_case()
    write(context, case_id, "den første")
    first = anna.get(f"/sager/{case_id}/beskeder")
    again = anna.get(f"/sager/{case_id}/beskeder", **{"if-none-match": first.headers["etag"]})
    write(context, case_id, "den anden")

    more = anna.get(f"/sager/{case_id}/beskeder", **{"if-none-match": first.headers["etag"]})

    assert (first.status_code, again.status_code, more.status_code) == (200, 304, 200)
    assert "den anden" in more.text
    assert more.headers["x-version"] == "1"
    assert audited(context) == [("vist", case_id), ("vist", case_id)]


def test_the_log_names_people_and_deeds(context: Context, anna: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case()
    anna.deed(case_id, "tag")
    anna.deed(case_id, "opkald", udfald="besked_lagt")

    page = anna.get(f"/sager/{case_id}").text

    assert "Tog sagen" in page
    assert "Ringede: Lagde besked" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_whatever_stands_on_it(
    context: Context, anna: Desk, new_case: Callable[..., int], count: int
) -> None:
    case_id = new_case(person="den-samme", contact={}, call_consent="ja")
    with context.database.write() as session:
        user = make_user(session)
        for place in range(count):
            session.add(CaseNote(case_id=case_id, user_id=user.id, at=context.clock.now(), text="notat"))
            add_message_with_voice(context, session, case_id)
            earlier = context.clock.now() - timedelta(days=place)
            make_case(session, context, person="den-samme", state="lukket", received_at=earlier)
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(context.database.engine, "before_cursor_execute", listen)
    anna.get(f"/sager/{case_id}")
    event.remove(context.database.engine, "before_cursor_execute", listen)

    assert len([statement for statement in said if statement.startswith("SELECT")]) == 13


def add_message_with_voice(context: Context, session: Session, case_id: int) -> None:
    now = context.clock.now()
    message = CaseMessage(case_id=case_id, at=now, text="besked")
    voice = Media(number=0, channel="telegram", kind="tale", next_try_at=now, received_at=now)
    session.add_all((message, voice))
    session.flush()
    session.add(CaseMedia(case_message_id=message.id, media_id=voice.id))


def test_a_leader_sees_whom_the_case_is_hidden_from(lise: Desk, rie: Desk, new_case: Callable[..., int]) -> None:
    case_id = new_case(gaelder_id=rie.user.id)

    assert "Skjult for Rie Dam" in lise.get(f"/sager/{case_id}").text
    assert rie.user.role == StaffRole.ADVISER
