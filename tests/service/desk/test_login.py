import re

import pytest
from httpx import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.service.context import Context
from bot.service.desk.gate import COOKIE, LOGIN_COOKIE
from bot.service.logic.accounts import create_user
from bot.service.models import Audit, DeskSession
from bot.service.models.words import StaffRole
from tests.service.desk.conftest import Desk

PASSWORD = "en lang adgangskode"


@pytest.fixture(autouse=True)
def account(context: Context) -> None:
    with context.database.write() as session:
        create_user(session, "anna", "Anna Holm", PASSWORD, StaffRole.HANDLER)


def try_login(client: TestClient, username: str = "anna", password: str = PASSWORD, videre: str = "/desk") -> Response:
    page = client.get("/desk/login").text
    secret = re.search(r'name="csrf" value="([^"]+)"', page)
    assert secret is not None
    fields = {"csrf": secret[1], "videre": videre, "brugernavn": username, "adgangskode": password}
    return client.post("/desk/login", data=fields)


def test_the_right_password_opens_the_queue(stranger: TestClient) -> None:
    answer = try_login(stranger)

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert "Anna Holm" in stranger.get("/desk").text


def test_the_cookie_is_out_of_reach(stranger: TestClient) -> None:
    cookies = try_login(stranger).headers.get_list("set-cookie")

    ours = next(cookie for cookie in cookies if cookie.startswith(f"{COOKIE}="))
    assert {"HttpOnly", "SameSite=strict", "Path=/desk", "Max-Age=28800"} <= set(ours.split("; "))


def test_a_wrong_password_says_only_that(stranger: TestClient) -> None:
    wrong, unknown = try_login(stranger, password="en anden adgangskode"), try_login(stranger, username="findes-ikke")

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.text == unknown.text
    assert "Brugernavn eller adgangskode er forkert." in wrong.text
    assert COOKIE not in stranger.cookies


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_sixth_failure_is_told_to_wait_even_with_the_right_password(stranger: TestClient) -> None:
    for _ in range(5):
        assert try_login(stranger, password="en anden adgangskode").status_code == 422

    answer = try_login(stranger)

    assert answer.status_code == 429
    assert "Vent 15 minutter" in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("csrf", ["", "forkert"])
def test_a_forged_login_is_refused(stranger: TestClient, csrf: str) -> None:
    stranger.get("/desk/login")

    answer = stranger.post("/desk/login", data={"csrf": csrf, "brugernavn": "anna", "adgangskode": PASSWORD})

    assert answer.status_code == 403
    assert COOKIE not in stranger.cookies


def test_a_login_without_its_cookie_is_refused(stranger: TestClient) -> None:
    answer = stranger.post("/desk/login", data={"csrf": "", "brugernavn": "anna", "adgangskode": PASSWORD})

    assert answer.status_code == 403


def test_login_leads_back_to_the_page_that_was_asked_for(stranger: TestClient) -> None:
    asked = stranger.get("/desk/sager/7")
    assert asked.headers["location"] == "/desk/login?videre=/desk/sager/7"

    assert try_login(stranger, videre="/desk/sager/7").headers["location"] == "/desk/sager/7"


def test_logging_out_ends_the_session(context: Context, anna: Desk) -> None:
    answer = anna.post("/logout")

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/login")
    with context.database.read() as session:
        assert session.scalars(select(DeskSession)).all() == []


def test_login_and_logout_are_audited(context: Context, stranger: TestClient, anna: Desk) -> None:
    try_login(stranger)
    anna.post("/logout")

    with context.database.read() as session:
        assert session.scalars(select(Audit.deed).order_by(Audit.id)).all() == ["login", "logout"]


def test_the_login_cookie_is_gone_afterwards(stranger: TestClient) -> None:
    try_login(stranger)

    assert LOGIN_COOKIE not in stranger.cookies
