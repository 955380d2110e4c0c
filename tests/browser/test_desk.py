"""The desk in a real browser: a complaint from the queue to its ending, by mouse and by keyboard, at 1280 and 390 px."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.service.models import Case
from tests.browser.desk_server import PASSWORD, Town, add_complaint, add_message, serve_town

pytestmark = pytest.mark.browser

DESK, PHONE, ZOOMED = (1280, 900), (390, 844), (640, 450)  # the last is 1280 px at 200 %
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
ONE_LOOK = 5100  # milliseconds until the page has fetched what is new


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with serve_town(tmp_path) as town:
        yield town


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in which no script fails and nothing that the policy forbids is tried."""
    page = chromium.new_page(viewport={"width": DESK[0], "height": DESK[1]}, locale="da-DK")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    yield page
    page.close()
    assert faults == []


def log_in(page: Page, town: Town, username: str = "anna") -> None:
    page.goto(town.address)
    page.get_by_label("Brugernavn").fill(username)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("heading", name="Køen")).to_be_visible()


def case_numbers(page: Page) -> list[int]:
    return [int(key) for key in page.locator("tr[data-key]").evaluate_all("rows => rows.map(row => row.dataset.key)")]


def test_a_complaint_goes_from_the_queue_to_its_ending(page: Page, town: Town) -> None:
    log_in(page, town)
    page.get_by_role("link", name=f"Klage nr. {town.complaint}").click()
    expect(page.get_by_text("Ingen svarer på telefonen.", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Tag sagen").click()
    expect(page.get_by_text("Du har nu sagen.")).to_be_visible()
    expect(page.get_by_role("link", name="Ring 00 00 00 11")).to_have_attribute("href", "tel:+4500000011")

    page.get_by_role("textbox", name="Aftal").fill("Ringer igen fredag")
    page.get_by_role("button", name="Gem noter fra guiden").click()
    page.get_by_label("Talte med borgeren").check()
    page.get_by_role("button", name="Notér opkaldet").click()

    expect(page.get_by_label("Talt med borgeren")).to_be_checked()
    page.get_by_role("group", name="Handler det om en afgørelse?").get_by_label("Nej").check()
    page.get_by_role("group", name="Er sagen journaliseret?").get_by_label("Ja").check()
    page.get_by_role("button", name="Afslut sagen").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv enten journalnummeret")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("Nummer i kommunens system").fill("26/0001")
    page.get_by_role("button", name="Afslut sagen").click()

    expect(page.get_by_text("Sagen er afsluttet.")).to_be_visible()
    expect(page.get_by_text("Inden fristen")).to_be_visible()
    page.get_by_role("link", name="Til køen").click()
    assert town.complaint not in case_numbers(page)


def test_the_queue_by_keyboard_alone(page: Page, town: Town) -> None:
    log_in(page, town)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Gå til indholdet")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == f"sag-{town.danger}":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nogen kan være i fare nu")).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        if "Kvittér" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")

    expect(page.get_by_text("Du har kvitteret.", exact=False)).to_be_visible()


def test_danger_stands_first_and_is_counted_in_the_title(page: Page, town: Town) -> None:
    log_in(page, town)

    assert case_numbers(page)[0] == town.danger
    assert page.title().startswith("(2) ")  # the alarm, and the foreign text to be read first


def test_new_cases_come_by_themselves_and_leave_the_focus_alone(page: Page, town: Town) -> None:
    page.clock.install()
    log_in(page, town)
    focused = page.locator(f"#sag-{town.unsafe}")
    focused.focus()
    node = focused.element_handle()
    new = add_complaint(town.context)
    town.context.clock.advance(60)  # every row changes: each has a minute less

    page.clock.run_for(ONE_LOOK)

    expect(page.locator(f"tr[data-key='{new}']")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text(f"1 ny sag i køen: Klage, nummer {new}")
    assert page.evaluate("node => node === document.activeElement", node)
    expect(page.locator(f"tr[data-key='{town.unsafe}']")).to_contain_text("21 timer og 59 minutter tilbage")
    wanted = case_numbers(page)
    page.reload()
    assert case_numbers(page) == wanted


def test_a_focused_case_that_leaves_the_queue_says_so(page: Page, town: Town) -> None:
    page.clock.install()
    log_in(page, town)
    page.locator(f"#sag-{town.complaint}").focus()
    with town.context.database.write() as session:
        session.get_one(Case, town.complaint).state = "lukket"

    page.clock.run_for(ONE_LOOK)

    row = page.locator(f"tr[data-key='{town.complaint}']")
    expect(row).to_contain_text("Sagen er ikke længere i køen.")
    page.keyboard.press("Tab")
    expect(row).to_have_count(0)


def test_a_queue_that_cannot_be_fetched_says_so_and_mends_itself(page: Page, town: Town) -> None:
    page.clock.install()
    log_in(page, town)
    page.route("**/desk/koe?*", lambda route: route.abort())
    for _ in range(3):
        page.clock.run_for(ONE_LOOK)
        page.wait_for_timeout(50)
    told = page.get_by_text("Køen bliver ikke opdateret lige nu.")
    expect(told).to_be_visible()

    page.unroute("**/desk/koe?*")
    page.clock.run_for(ONE_LOOK)

    expect(told).to_be_hidden()


def test_what_a_child_writes_stands_on_the_page_at_once(page: Page, town: Town) -> None:
    page.clock.install()
    log_in(page, town)
    page.goto(f"{town.address}/sager/{town.danger}")
    page.get_by_label("Nyt notat").fill("Jeg er ved at skrive")
    add_message(town.context, town.danger, "nu er han her")

    page.clock.run_for(ONE_LOOK)

    expect(page.get_by_text("nu er han her")).to_be_visible()
    expect(page.locator("#live-siger")).to_have_text("1 ny besked i sagen.")
    expect(page.get_by_label("Nyt notat")).to_have_value("Jeg er ved at skrive")
    expect(page.get_by_label("Nyt notat")).to_be_focused()


def test_a_page_that_has_grown_old_says_so(page: Page, town: Town) -> None:
    page.clock.install()
    log_in(page, town)
    page.goto(f"{town.address}/sager/{town.complaint}")
    with town.context.database.write() as session:
        session.get_one(Case, town.complaint).state = "parkeret"

    page.clock.run_for(ONE_LOOK)

    expect(page.get_by_text("Sagen er ændret, siden du åbnede den.")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE, ZOOMED], ids=["desk", "phone", "zoomed"])
def test_every_page_is_accessible_and_fits(page: Page, town: Town, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(town.address)
    _check(page)
    page.get_by_label("Brugernavn").fill("anna")
    page.get_by_label("Adgangskode").fill("forkert")
    page.get_by_role("button", name="Log ind").click()
    _check(page)
    log_in(page, town)
    _check(page)
    for path in (
        f"/sager/{town.danger}",
        f"/sager/{town.unsafe}",
        f"/sager/{town.complaint}?gjort=taget",
        f"/sager/{town.complaint}/afslut",
        "/sager/999",
        "?nr=999",
        "?type=opkald&mine=ja",
    ):
        page.goto(town.address + path)
        _check(page)


def test_the_ending_of_danger_and_the_page_without_a_queue_are_accessible(page: Page, town: Town) -> None:
    log_in(page, town)
    page.goto(f"{town.address}/sager/{town.danger}")
    page.get_by_role("button", name="Kvittér").click()
    page.get_by_role("link", name="Afslut sagen").click()
    _check(page)
    page.get_by_role("button", name="Log ud").click()
    page.get_by_label("Brugernavn").fill("rie")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("heading", name="Her er ingen kø til dig")).to_be_visible()
    _check(page)


def _check(page: Page) -> None:
    """No fault that axe finds, nothing wider than the screen, and never our own name."""
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    assert "genklang" not in page.content().lower()
