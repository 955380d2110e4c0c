from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.service.context import Context
from bot.service.models import Audit
from bot.service.models.words import CaseKind, StaffRole
from tests.factories import make_case, make_contact, make_unit
from tests.service.desk.conftest import Desk


def test_the_queue_says_time_left_in_words(context: Context, anna: Desk) -> None:
    with context.database.write() as session:
        make_case(session, context, received_at=context.clock.now() - timedelta(hours=20), role="foraelder")

    page = anna.get("").text

    assert "1 åben sag" in page
    assert "4 timer tilbage" in page
    assert "Ring senest" in page
    assert "i dag kl. 16.00" in page
    assert "for 20 timer siden" in page
    assert "Ingen endnu" in page


def test_the_empty_queue_says_so(anna: Desk) -> None:
    assert "Køen er tom." in anna.get("").text


def test_the_queue_shows_no_person(context: Context, anna: Desk) -> None:
    with context.database.write() as session:
        contact = make_contact(session, name="Mette Prøve", number="+4500000042")
        make_case(session, context, contact_id=contact.id, call_consent="ja")

    page = anna.get("").text

    assert "Mette" not in page
    assert "0000" not in page


def test_a_unit_does_not_see_another_units_case(context: Context, log_in: Callable[..., Desk]) -> None:
    with context.database.write() as session:
        north, south = make_unit(session), make_unit(session)
        case = make_case(session, context, unit_id=south.id)
    anna = log_in(unit_id=north.id)

    assert f"/desk/sager/{case.id}" not in anna.get("").text
    assert f"/desk/sager/{case.id}" not in anna.get("/koe").text
    assert anna.get(f"/sager/{case.id}").status_code == 404


@pytest.mark.parametrize("role", [StaffRole.ADVISER, StaffRole.SECRETARY])
def test_who_has_no_queue_is_told_so(log_in: Callable[..., Desk], role: StaffRole) -> None:
    rie = log_in(role=role)

    answer = rie.get("")

    assert answer.status_code == 200
    assert "Her er ingen kø til dig" in answer.text
    assert rie.get("/koe").status_code == 404


def test_the_filters_stand_in_the_address(context: Context, anna: Desk) -> None:
    with context.database.write() as session:
        complaint = make_case(session, context).id
        call = make_case(session, context, kind=CaseKind.OPKALD).id

    page = anna.get("?type=opkald").text

    assert f"/desk/sager/{call}" in page
    assert f'href="/desk/sager/{complaint}"' not in page
    assert 'data-live="/desk/koe?type=opkald&amp;side=1"' in page


@pytest.mark.parametrize("query", ["?type=findes-ikke", "?tilstand=lukket2", "?mine=måske", "?type=%00", "?nr="])
def test_an_unknown_filter_filters_nothing(context: Context, anna: Desk, query: str) -> None:
    with context.database.write() as session:
        case = make_case(session, context)

    assert f"/desk/sager/{case.id}" in anna.get(query).text


def test_a_number_leads_to_its_case(context: Context, anna: Desk) -> None:
    with context.database.write() as session:
        case = make_case(session, context, state="lukket")

    answer = anna.get(f"?nr={case.id}")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/sager/{case.id}")


def test_a_number_of_a_case_about_oneself_finds_nothing_and_is_audited(context: Context, anna: Desk) -> None:
    with context.database.write() as session:
        case = make_case(session, context, gaelder_id=anna.user.id)

    hidden, missing = anna.get(f"?nr={case.id}"), anna.get("?nr=999")

    assert hidden.status_code == 200
    assert hidden.text.replace(f'value="{case.id}"', "") == missing.text.replace('value="999"', "")
    assert "Der er ingen sag med det nummer." in hidden.text
    with context.database.read() as session:
        rows = session.execute(select(Audit.deed, Audit.user_id, Audit.case_id).order_by(Audit.id)).all()
    assert [tuple(row) for row in rows] == [("naegtet", anna.user.id, case.id), ("naegtet", anna.user.id, None)]


def test_the_rows_come_again_only_when_they_changed(context: Context, anna: Desk) -> None:
    with context.database.write() as session:
        make_case(session, context, kind=CaseKind.BEKYMRING, band="akut")
    first = anna.get("/koe")

    assert anna.get("/koe", **{"if-none-match": first.headers["etag"]}).status_code == 304
    assert first.headers["x-in-danger"] == "1"
    assert "<html" not in first.text

    context.clock.advance(60)

    assert anna.get("/koe", **{"if-none-match": first.headers["etag"]}).status_code == 200


def test_looking_at_the_queue_is_not_audited_as_looking_at_a_person(context: Context, anna: Desk) -> None:
    anna.get("")
    anna.get("/koe")

    with context.database.read() as session:
        assert session.scalars(select(Audit)).all() == []
