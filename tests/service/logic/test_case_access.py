"""A fixed cast: Anna works in the area, Bo in its northern team, Carl in the southern one, Dea everywhere."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic.case_access import NotVisibleError, contact_of, find_case, units_below, visible_to
from bot.service.models import Case, Unit, User
from bot.service.models.words import CallConsent, CaseKind, StaffRole
from tests.factories import make_case, make_contact, make_unit, make_user


@dataclass(frozen=True)
class Town:
    area: Unit
    north: Unit
    south: Unit
    anna: User
    bo: User
    carl: User
    dea: User


@pytest.fixture
def town(session: Session) -> Town:
    area = make_unit(session)
    north, south = make_unit(session, parent_id=area.id), make_unit(session, parent_id=area.id)
    return Town(
        area,
        north,
        south,
        make_user(session, unit_id=area.id),
        make_user(session, unit_id=north.id),
        make_user(session, unit_id=south.id),
        make_user(session, unit_id=None),
    )


def seen_by(session: Session, user: User) -> list[int]:
    return list(session.scalars(select(Case.id).where(visible_to(session, user)).order_by(Case.id)))


def test_a_unit_sees_its_own_and_what_is_below(session: Session, context: Context, town: Town) -> None:
    north = make_case(session, context, unit_id=town.north.id).id
    south = make_case(session, context, unit_id=town.south.id).id
    area = make_case(session, context, unit_id=town.area.id).id

    assert seen_by(session, town.anna) == [north, south, area]
    assert seen_by(session, town.bo) == [north]
    assert seen_by(session, town.carl) == [south]
    assert seen_by(session, town.dea) == [north, south, area]


def test_a_case_without_a_unit_is_seen_by_all(session: Session, context: Context, town: Town) -> None:
    unknown = make_case(session, context, unit_id=None).id

    assert [seen_by(session, user) for user in (town.anna, town.bo, town.dea)] == [[unknown]] * 3


def test_units_below_reaches_every_depth(session: Session, town: Town) -> None:
    deepest = make_unit(session, parent_id=town.north.id)

    assert units_below(session, town.area.id) == {town.area.id, town.north.id, town.south.id, deepest.id}
    assert units_below(session, town.north.id) == {town.north.id, deepest.id}


def test_whom_the_complaint_is_about_cannot_see_it(session: Session, context: Context, town: Town) -> None:
    case = make_case(session, context, unit_id=town.north.id, gaelder_id=town.dea.id)

    assert seen_by(session, town.dea) == []
    assert seen_by(session, town.bo) == [case.id]
    with pytest.raises(NotVisibleError) as caught:
        find_case(session, town.dea, case.id)
    assert (caught.value.user_id, caught.value.case_id) == (town.dea.id, case.id)


def test_a_case_that_is_not_there_names_none(session: Session, town: Town) -> None:
    with pytest.raises(NotVisibleError) as caught:
        find_case(session, town.dea, 999)

    assert caught.value.case_id is None


@pytest.mark.parametrize("role", [StaffRole.ADVISER, StaffRole.SECRETARY])
def test_who_has_no_queue_finds_no_case(session: Session, context: Context, role: StaffRole) -> None:
    case = make_case(session, context)

    with pytest.raises(NotVisibleError):
        find_case(session, make_user(session, role=role), case.id)


@pytest.mark.parametrize(
    ("kind", "consent", "shown"),
    [
        (CaseKind.KLAGE, CallConsent.JA, True),
        (CaseKind.KLAGE, CallConsent.NEJ, False),
        (CaseKind.KLAGE, CallConsent.SPURGT, False),
        (CaseKind.KLAGE, CallConsent.USPURGT, False),
        (CaseKind.TOLK, CallConsent.USPURGT, False),
        (CaseKind.UBEHANDLET, CallConsent.NEJ, False),
        (CaseKind.OPKALD, CallConsent.JA, True),
        (CaseKind.BEKYMRING, CallConsent.USPURGT, True),
        (CaseKind.BEKYMRING, CallConsent.NEJ, True),
    ],
)
def test_contact_is_shown_with_a_yes_or_for_danger(
    session: Session, context: Context, kind: CaseKind, consent: CallConsent, shown: bool
) -> None:
    contact = make_contact(session)
    case = make_case(session, context, kind=kind, call_consent=consent, contact_id=contact.id)

    assert contact_of(session, case) == (contact if shown else None)
