"""A browser in front of the simulator."""

import warnings
from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from bot.service.context import Context
from bot.service.phone_simulator.routes import phone_router

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would like httpx2, which nothing else here needs
    from fastapi.testclient import TestClient

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def browser(context: Context) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(phone_router(context))
    with TestClient(app, base_url=HERE, headers={"Origin": HERE}) as browser:
        yield browser
