from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.errors import BadRequestError
from bot.service.logic.accounts import (
    LoginLimiter,
    check_password,
    close_session,
    create_user,
    find_login,
    hash_token,
    mark_seen,
    open_session,
    same_secret,
)
from bot.service.models import DeskSession, User
from bot.service.models.words import StaffRole

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
PASSWORD = "en lang adgangskode"


@pytest.fixture
def anna(context: Context) -> User:
    with context.database.write() as session:
        return create_user(session, " Anna ", "Anna Holm", PASSWORD, StaffRole.HANDLER)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_create_user_keeps_no_password_and_folds_the_user_name(anna: User) -> None:
    assert anna.username == "anna"
    assert anna.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize("password", ["", "ni tegn 9", "x" * 201])
def test_create_user_refuses_a_password_of_wrong_length(session: Session, password: str) -> None:
    with pytest.raises(BadRequestError):
        create_user(session, "bo", "Bo", password, StaffRole.HANDLER)


@pytest.mark.parametrize("username", ["anna", "ANNA", " anna "])
def test_check_password_takes_the_name_in_any_case(context: Context, anna: User, username: str) -> None:
    found = check_password(context.database, username, PASSWORD)

    assert found is not None
    assert found.id == anna.id


@pytest.mark.parametrize(
    ("username", "password"),
    [("anna", "en anden adgangskode"), ("anna", ""), ("bo", PASSWORD), ("", ""), ("anna", PASSWORD.upper())],
)
def test_check_password_refuses(context: Context, anna: User, username: str, password: str) -> None:
    assert check_password(context.database, username, password) is None


def test_check_password_refuses_a_closed_account(context: Context, anna: User) -> None:
    with context.database.write() as session:
        session.get_one(User, anna.id).active = False

    assert check_password(context.database, "anna", PASSWORD) is None


def test_check_password_does_the_same_work_for_an_unknown_user(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    monkeypatch.setattr("bot.service.logic.accounts._verify", lambda hashed, _password: bool(verified.append(hashed)))

    check_password(context.database, "findes-ikke", PASSWORD)

    assert len(verified) == 1


def test_a_session_is_kept_as_a_hash_only(session: Session, anna: User) -> None:
    token = open_session(session, anna, NOON)

    session.flush()
    assert session.scalars(select(DeskSession.token_hash)).all() == [hash_token(token)]
    assert token != hash_token(token)


@pytest.mark.parametrize(
    ("seen_after", "asked_after", "logged_in"),
    [
        (minutes(0), minutes(59.99), True),
        (minutes(0), minutes(60), False),  # an hour without a deed
        (minutes(479), minutes(479.99), True),
        (minutes(479), minutes(480), False),  # eight hours, however busy
    ],
)
def test_a_session_runs_out(
    session: Session, anna: User, seen_after: timedelta, asked_after: timedelta, logged_in: bool
) -> None:
    token = open_session(session, anna, NOON)
    mark_seen(session, token, NOON + seen_after)

    assert (find_login(session, token, NOON + asked_after) is not None) is logged_in


def test_find_login_knows_the_user_and_the_forms_secret(session: Session, anna: User) -> None:
    token = open_session(session, anna, NOON)

    found = find_login(session, token, NOON)

    assert found is not None
    login, desk_session = found
    assert (login.user.id, login.csrf) == (anna.id, desk_session.csrf)
    assert len(login.csrf) >= 40


@pytest.mark.parametrize("token", ["", "forkert", "x" * 10_000])
def test_find_login_refuses_an_unknown_token(session: Session, anna: User, token: str) -> None:
    open_session(session, anna, NOON)

    assert find_login(session, token, NOON) is None


def test_find_login_refuses_a_closed_account(session: Session, anna: User) -> None:
    token = open_session(session, anna, NOON)
    session.get_one(User, anna.id).active = False

    assert find_login(session, token, NOON) is None


def test_close_session_ends_this_one_alone(session: Session, anna: User) -> None:
    here, elsewhere = open_session(session, anna, NOON), open_session(session, anna, NOON)

    close_session(session, here)

    assert find_login(session, here, NOON) is None
    assert find_login(session, elsewhere, NOON) is not None


def test_open_session_removes_those_that_have_run_out(session: Session, anna: User) -> None:
    open_session(session, anna, NOON)

    token = open_session(session, anna, NOON + timedelta(hours=8))

    assert session.scalars(select(DeskSession.token_hash)).all() == [hash_token(token)]


def test_same_secret_takes_anything_a_browser_can_send() -> None:
    assert same_secret("hemmelig", "hemmelig")
    assert not same_secret("hemmelig", "hemmeligt")
    assert not same_secret("hemmelig", "\udcff")


def test_the_limit_is_five_failures_for_a_user_in_fifteen_minutes() -> None:
    limiter = LoginLimiter()

    admitted = [limiter.admit("anna", f"10.0.0.{place}", NOON) for place in range(6)]

    assert admitted == [True] * 5 + [False]
    assert not limiter.admit(" ANNA", "10.0.0.9", NOON + minutes(14.99))
    assert limiter.admit("anna", "10.0.0.9", NOON + minutes(15))


def test_the_limit_is_twenty_failures_for_an_address() -> None:
    limiter = LoginLimiter()

    admitted = [limiter.admit(f"bruger{place}", "10.0.0.1", NOON) for place in range(21)]

    assert admitted == [True] * 20 + [False]
    assert limiter.admit("anna", "10.0.0.2", NOON)


def test_a_success_gives_the_user_and_one_attempt_of_the_address_back() -> None:
    limiter = LoginLimiter()
    for _ in range(4):
        limiter.admit("anna", "10.0.0.1", NOON)
    limiter.admit("anna", "10.0.0.1", NOON)

    limiter.succeeded("anna", "10.0.0.1")

    assert [limiter.admit("anna", "10.0.0.1", NOON) for _ in range(6)] == [True] * 5 + [False]
    assert [limiter.admit(f"b{place}", "10.0.0.1", NOON) for place in range(12)] == [True] * 11 + [False]


def test_the_limiter_forgets_what_is_old() -> None:
    limiter = LoginLimiter()
    for place in range(50):
        limiter.admit(f"bruger{place}", f"10.0.1.{place}", NOON)

    limiter.admit("anna", "10.0.0.1", NOON + minutes(15))

    assert len(limiter._failures) == 2
