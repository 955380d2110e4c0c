"""A browser without a screen, and a fixed cast: Anna handles, Bo too, Lise leads, Rie advises and is complained about."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from httpx import Response

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.desk.gate import COOKIE
from bot.service.desk.routes import desk_router
from bot.service.logic.accounts import find_login, open_session
from bot.service.models import Case, User
from bot.service.models.words import StaffRole
from tests.factories import make_user

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would like httpx2, which nothing else here needs
    from starlette.testclient import TestClient


@dataclass
class Desk:
    """One user's browser at the desk."""

    context: Context
    client: TestClient
    user: User
    csrf: str

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(f"/desk{path}", headers=headers)

    def post(self, path: str, **fields: str) -> Response:
        return self.client.post(f"/desk{path}", data={"csrf": self.csrf} | fields)

    def deed(self, case_id: int, deed: str, **fields: str) -> Response:
        """A form of the case's page, in the case's present version."""
        version = str(self.case(case_id).version)
        return self.post(f"/sager/{case_id}/{deed}", **({"version": version} | fields))

    def case(self, case_id: int) -> Case:
        with self.context.database.read() as session:
            return session.get_one(Case, case_id)


@pytest.fixture
def app(context: Context) -> FastAPI:
    app = FastAPI()
    app.include_router(desk_router(context), prefix="/desk")
    return app


@pytest.fixture
def stranger(app: FastAPI) -> TestClient:
    """Somebody who is not logged in."""
    return TestClient(app, follow_redirects=False)


@pytest.fixture
def log_in(app: FastAPI, context: Context) -> Callable[..., Desk]:
    """Makes a user who is logged in; keywords as of make_user."""

    def make(**columns: object) -> Desk:
        with context.database.write() as session:
            user = make_user(session, **columns)
            token = open_session(session, user, machine_now())
            session.flush()
            found = find_login(session, token, machine_now())
        assert found is not None
        client = TestClient(app, follow_redirects=False, cookies={COOKIE: token})
        return Desk(context, client, user, found[0].csrf)

    return make


@pytest.fixture
def anna(log_in: Callable[..., Desk]) -> Desk:
    return log_in(name="Anna Holm")


@pytest.fixture
def bo(log_in: Callable[..., Desk]) -> Desk:
    return log_in(name="Bo Lund")


@pytest.fixture
def lise(log_in: Callable[..., Desk]) -> Desk:
    return log_in(name="Lise Falk", role=StaffRole.LEADER)


@pytest.fixture
def rie(log_in: Callable[..., Desk]) -> Desk:
    return log_in(name="Rie Dam", role=StaffRole.ADVISER)
