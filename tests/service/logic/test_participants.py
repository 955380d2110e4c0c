"""Participants: codes that cannot be guessed, ages that have questions."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.errors import BadRequestError, UnknownCodeError
from bot.service.logic import participants
from bot.service.logic.participants import audience_for, find_by_code, find_by_number, new_code, tidy_code
from bot.shared.codebook import Audience, Channel, Role
from tests.factories import make_interview

AGES = [
    (7, Audience.BARN_7_12),
    (12, Audience.BARN_7_12),
    (13, Audience.BARN_13_17),
    (17, Audience.BARN_13_17),
    (18, Audience.UNG_18_23),
    (23, Audience.UNG_18_23),
]


@pytest.mark.parametrize(("age", "audience"), AGES)
def test_a_child_is_asked_by_age(age: int, audience: Audience) -> None:
    assert audience_for(Role.BARN, age) is audience


@pytest.mark.parametrize("age", [-1, 0, 6, 24, 99])
def test_any_other_age_is_refused_with_the_reason(age: int) -> None:
    with pytest.raises(BadRequestError, match="from 7 to 23"):
        audience_for(Role.BARN, age)


def test_a_child_needs_an_age() -> None:
    with pytest.raises(BadRequestError, match="needs an age"):
        audience_for(Role.BARN, None)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.BARN])
def test_an_adult_is_asked_by_role(role: Role) -> None:
    assert audience_for(role, None) == role.value


def test_codes_are_ten_letters_that_cannot_be_mixed_up() -> None:
    codes = {new_code() for _ in range(200)}

    assert len(codes) == 200
    assert {len(code) for code in codes} == {participants.CODE_LENGTH}
    assert not set("".join(codes)) & set("il1o0")


@pytest.mark.parametrize("typed", ["abcde23456", "ABCDE23456", "abcde-23456", " ab cde 234 56 ", "abcde\u200b23456"])
def test_a_code_is_read_as_hands_type_it(typed: str) -> None:
    assert tidy_code(typed) == "abcde23456"


def test_a_code_finds_its_participant(session: Session, context: Context) -> None:
    _, participant, code = make_interview(session, context, role=Role.BARN)

    assert find_by_code(session, context, code.upper()) is participant


def test_a_code_ends_after_thirty_days(session: Session, context: Context) -> None:
    _, participant, code = make_interview(session, context, role=Role.BARN)
    context.clock.advance(timedelta(days=30).total_seconds())
    last = find_by_code(session, context, code)
    context.clock.advance(1)

    assert last is participant
    with pytest.raises(UnknownCodeError):
        find_by_code(session, context, code)


@pytest.mark.parametrize("code", ["", "abcdefghjk", "' OR 1=1 --"])
def test_an_unknown_code_finds_nobody(session: Session, context: Context, code: str) -> None:
    make_interview(session, context, role=Role.BARN)

    with pytest.raises(UnknownCodeError):
        find_by_code(session, context, code)


def test_of_two_with_one_number_the_later_is_meant(session: Session, context: Context) -> None:
    _, _, number = make_interview(session, context)
    _, later, _ = make_interview(session, context, number=number)

    assert find_by_number(session, context, number) is later


def test_the_number_of_who_is_asked_elsewhere_is_not_looked_up(session: Session, context: Context) -> None:
    make_interview(session, context, role=Role.BARN, number="+4500000042")

    assert find_by_number(session, context, "+4500000042") is None


def test_sms_needs_a_number(session: Session, context: Context) -> None:
    with pytest.raises(BadRequestError, match="needs a number"):
        make_interview(session, context, channel=Channel.SMS, number=None)


def test_code_name_and_number_are_encrypted_at_rest(session: Session, context: Context) -> None:
    _, participant, number = make_interview(session, context, name="Xenia Prøve")
    session.flush()

    raw = str(session.execute(text("SELECT name, number, family_ref FROM contact")).one())
    raw += str(session.execute(text("SELECT code FROM participant")).one())
    assert not any(secret in raw for secret in ("Xenia", number, "F-1", participant.code))
