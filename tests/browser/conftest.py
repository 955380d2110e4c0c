"""One Chromium for the whole run, and a child's chat in it."""

import shutil
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.service.channels.webchat.routes import webchat_router
from bot.service.context import Context
from bot.service.desk.routes import desk_router
from bot.service.phone_simulator.routes import phone_router
from bot.shared.codebook import Role
from tests.browser.chat_server import Service, serving
from tests.factories import make_interview

PHONE = {"width": 390, "height": 760}
expect.set_options(timeout=15_000)  # of 5 seconds a busy machine may need more


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("missing: chromium; install it or run `make test-deps`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def service(context: Context) -> Iterator[Service]:
    with context.database.write() as session:
        code = make_interview(session, context, role=Role.BARN, age=10)[2]
    app = FastAPI()
    app.include_router(webchat_router(context))
    app.include_router(phone_router(context))
    app.include_router(desk_router(context), prefix="/desk")
    with serving(app) as url:
        yield Service(context, url, code)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A phone on which no script fails and nothing that the policy forbids is tried."""
    browser = chromium.new_context(viewport=PHONE, reduced_motion="reduce")
    page = browser.new_page()
    page.set_default_timeout(8000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    browser.close()
    assert errors == []


@pytest.fixture
def chat(page: Page, service: Service) -> Page:
    """The page of a child who has opened the link and was asked the first question."""
    page.goto(f"{service.url}/chat/{service.code}")
    service.ask()
    expect(page.get_by_role("button", name="Rigtig godt")).to_be_visible()
    return page
