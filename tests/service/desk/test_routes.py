import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.service.context import Context
from bot.service.desk.routes import WAYS, Right, Way
from tests.factories import make_case
from tests.service.desk.conftest import Desk

# What a route lets through does not depend on the kind of database.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CLOSED = [way for way in WAYS if way.right is not Right.OPEN]


def address(way: Way) -> str:
    return "/desk" + way.path.replace("{case_id}", "1").replace("{name}", "desk.css")


def test_every_route_of_the_router_stands_in_the_table(app: FastAPI, stranger: TestClient) -> None:
    paths = {(way.method, way.path) for way in WAYS}

    assert len(paths) == len(WAYS)
    assert stranger.get("/desk/findes-ikke").status_code == 404


@one_database
@pytest.mark.parametrize("way", CLOSED, ids=lambda way: f"{way.method} {way.path}")
def test_nothing_but_login_and_static_files_is_open(stranger: TestClient, way: Way) -> None:
    answer = stranger.request(way.method, address(way))

    if way.right is Right.WATCHING:
        assert (answer.status_code, answer.text) == (401, "")
    else:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/desk/login?videre=/desk")


def test_only_login_and_static_files_are_open() -> None:
    assert {way.path for way in WAYS if way.right is Right.OPEN} == {"/login", "/static/{name}"}


@pytest.mark.parametrize("way", [way for way in WAYS if way.method == "POST"], ids=lambda way: way.path)
def test_every_form_is_checked(way: Way) -> None:
    assert way.right is (Right.OPEN if way.path == "/login" else Right.FORM)


@one_database
@pytest.mark.parametrize("way", [way for way in WAYS if way.right is Right.FORM], ids=lambda way: way.path)
@pytest.mark.parametrize("csrf", ["", "forkert"])
def test_a_forged_form_does_nothing(context: Context, anna: Desk, way: Way, csrf: str) -> None:
    with context.database.write() as session:
        case = make_case(session, context, kind="bekymring", band="akut", assignee_id=anna.user.id)
    path = way.path.replace("{case_id}", str(case.id))

    answer = anna.post(path, csrf=csrf, version="1", notat="et notat", udfald="truffet")

    assert answer.status_code == 403
    assert "Intet er ændret" in answer.text
    assert anna.case(case.id).version == 1
    assert anna.get("").status_code == 200


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1.5", "99999999999999999999", "%00"])
def test_an_impossible_number_is_a_page_that_is_not_there(anna: Desk, number: str) -> None:
    answer = anna.get(f"/sager/{number}")

    assert answer.status_code == 404


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "²"])
def test_a_form_without_a_version_is_not_ours(context: Context, anna: Desk, version: str) -> None:
    with context.database.write() as session:
        case = make_case(session, context)

    assert anna.deed(case.id, "tag", version=version).status_code == 400
    assert anna.case(case.id).assignee_id is None


@one_database
@pytest.mark.parametrize("name", ["desk.css", "desk.js", "ikon.svg"])
def test_static_files_are_served_and_kept(stranger: TestClient, name: str) -> None:
    answer = stranger.get(f"/desk/static/{name}")

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


@one_database
@pytest.mark.parametrize("name", ["findes.css", "..%2fdesk.py", "texts.yml"])
def test_nothing_else_is_served(stranger: TestClient, name: str) -> None:
    assert stranger.get(f"/desk/static/{name}").status_code == 404


def test_no_page_is_kept_by_a_browser(anna: Desk, stranger: TestClient) -> None:
    for answer in (anna.get(""), anna.get("/koe"), stranger.get("/desk/login"), anna.get("/sager/99")):
        assert answer.headers["cache-control"] == "no-store"


def test_no_page_needs_more_than_our_own_files(context: Context, anna: Desk, stranger: TestClient) -> None:
    with context.database.write() as session:
        case = make_case(session, context, kind="bekymring", band="akut", assignee_id=anna.user.id, state="taget")
    ours = ("", f"/sager/{case.id}", f"/sager/{case.id}/afslut")
    pages = [stranger.get("/desk/login").text, *(anna.get(path).text for path in ours)]

    for page in pages:
        assert re.findall(r'<script(?! src="/desk/static/)|<style| style=| on\w+=|(?:src|href)="https?:', page) == []
        assert "genklang" not in page.lower()
        assert "Eksempel Kommune" in page
