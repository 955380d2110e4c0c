"""Every state of the chat, for every eye, ear and thumb: axe, targets, big type, little room, no motion."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import update

from bot.service.models import Conversation, Interview, Outbound
from tests.browser.chat_server import Service

pytestmark = [
    pytest.mark.browser,
    # What a browser shows does not depend on the database.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

CHILD_WROTE = "hun lyttede, men de andre talte hele tiden"
PHONE, CHEAP, NARROWEST, DESK = (390, 760), (360, 640), (320, 640), (1280, 860)
ZOOMED = (640, 430)  # 1280 px at 200 %
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
POSTS, ALL_OF_THE_API = "**/chat/api/beskeder", "**/chat/api/**"
State = Callable[[Page, Service], None]


def show_code_page(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/chat")


def show_wrong_code(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/chat/zzzzzzzzzz")


def show_question(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/chat/{service.code}")
    service.ask()
    expect(page.get_by_role("button", name="Rigtig godt")).to_be_visible()


def show_typing(page: Page, service: Service) -> None:
    show_question(page, service)
    page.get_by_label("Skriv med dine egne ord").fill(CHILD_WROTE)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Skriver …")).to_be_visible()


def show_handlers_line(page: Page, service: Service) -> None:
    show_typing(page, service)
    service.say("Jeg hedder Anna og læser, hvad du skriver. Er du et sted, hvor du er tryg?", kind="medarbejder")
    expect(page.get_by_text("En medarbejder skriver:")).to_be_visible()


def show_trouble(page: Page, service: Service) -> None:
    """With a counter and a sentence about what went wrong."""
    show_question(page, service)
    page.route(POSTS, lambda route: route.fulfill(status=429, json={}))
    page.get_by_label("Skriv med dine egne ord").fill("a" * 1900)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Det går stærkt!")).to_be_visible()
    page.unroute(POSTS)


def show_offline(page: Page, service: Service) -> None:
    page.route(ALL_OF_THE_API, lambda route: route.abort())
    page.goto(f"{service.url}/chat/{service.code}")
    expect(page.get_by_text("Der er ikke forbindelse lige nu.")).to_be_visible()
    page.unroute(ALL_OF_THE_API)


def show_visit_over(page: Page, service: Service) -> None:
    show_question(page, service)
    page.context.clear_cookies()
    page.get_by_label("Skriv med dine egne ord").fill("jeg var ved at skrive")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Siden var stille længe")).to_be_visible()


def show_nothing_left(page: Page, service: Service) -> None:
    end_interview(service)
    page.goto(f"{service.url}/chat/{service.code}?tablet=0")
    expect(page.get_by_text("Vi har ikke flere spørgsmål lige nu.")).to_be_visible()


def show_tablet_dialog(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/chat/{service.code}?tablet=1")
    page.evaluate("document.getElementById('still-there').showModal()")


def show_closed(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/chat/lukket")


def show_end(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/chat/slut")


def show_phone(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/phone?nummer=00000011")
    page.get_by_label("Sms", exact=True).fill("ja 😊")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("UCS-2 · 1 sms").first).to_be_visible()


STATES: tuple[State, ...] = (
    show_code_page,
    show_wrong_code,
    show_question,
    show_typing,
    show_handlers_line,
    show_trouble,
    show_offline,
    show_visit_over,
    show_tablet_dialog,
    show_closed,
    show_end,
    show_phone,
    show_nothing_left,  # last: from here on nothing is asked
)


def end_interview(service: Service) -> None:
    """All questions have been answered, and all that was said is out."""
    with service.context.database.write() as session:
        session.execute(update(Interview).values(state="afsluttet", disposition="fuldfoert"))
        session.execute(update(Conversation).values(awaits="intet", turn_due_at=None))
        session.execute(update(Outbound).where(Outbound.state == "waiting").values(state="cancelled"))


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (DESK, "light")])
def test_all_states_are_accessible(page: Page, service: Service, size: tuple[int, int], scheme: str) -> None:
    resize(page, size)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    for show in STATES:
        show(page, service)
        findings = Axe().run(page, options=WCAG)
        assert findings.violations_count == 0, f"{show.__name__}: {findings.generate_report()}"


@pytest.mark.parametrize("size", [CHEAP, NARROWEST, ZOOMED])
def test_all_states_can_be_used_on_little_room(page: Page, service: Service, size: tuple[int, int]) -> None:
    resize(page, size)

    for show in STATES:
        show(page, service)
        assert (show.__name__, unlabelled_fields(page), small_targets(page)) == (show.__name__, [], [])
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), show.__name__


def test_with_letters_twice_as_big_nothing_is_cut_off_or_covered(page: Page, service: Service) -> None:
    resize(page, CHEAP)
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})

    for show in STATES:
        show(page, service)
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 32, show.__name__
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), show.__name__
    show_question(page, service)
    stop = page.get_by_role("button", name="Stop")
    stop.scroll_into_view_if_needed()
    assert stop.evaluate(
        """(button) => {
            const box = button.getBoundingClientRect();
            return document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2) === button;
        }"""
    )


@pytest.mark.parametrize(("motion", "moving"), [("reduce", 0), ("no-preference", 1)])
def test_nothing_moves_for_who_wants_no_motion(page: Page, service: Service, motion: str, moving: int) -> None:
    page.emulate_media(reduced_motion="reduce" if motion == "reduce" else "no-preference")
    show_typing(page, service)

    running = "document.getAnimations().filter((one) => one.playState === 'running' && one.animationName === 'breathe').length"
    assert page.evaluate(running) == moving


def test_a_screen_reader_hears_each_line_once_and_who_writes_it(page: Page, service: Service) -> None:
    show_handlers_line(page, service)

    log = page.get_by_role("log", name="Det, der er skrevet")
    expect(log).to_have_attribute("aria-live", "polite")
    spoken = log.locator(".bubble").evaluate_all("all => all.map((one) => one.textContent.split(':')[0])")
    assert spoken[-2:] == ["Du skrev", "En medarbejder skriver"]
    # That an answer is on its way is for the eye alone: heard is the answer.
    assert page.locator("#typing").get_attribute("aria-hidden") == "true"
    assert log.locator("#typing").count() == 0


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def unlabelled_fields(page: Page) -> list[str]:
    """axe takes a placeholder for a name; we do not."""
    found: list[str] = page.locator("input:visible, textarea:visible").evaluate_all(
        "all => all.filter((one) => one.labels.length === 0).map((one) => one.id)"
    )
    return found


def small_targets(page: Page) -> list[str]:
    """What is lower or narrower than a finger (44 px)."""
    found: list[str] = page.locator("button:visible, a:visible, input:visible, textarea:visible").evaluate_all(
        """all => all.map((one) => [one, one.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44).map(([one]) => one.innerText || one.id)"""
    )
    return found
