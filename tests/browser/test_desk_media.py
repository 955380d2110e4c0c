"""Voice and pictures at the desk in a real browser: heard, seen, and nothing in them runs."""

import io
import struct
import wave
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from bot.service.channels.base import Attachment, Inbound
from bot.service.message_path import door
from bot.service.models import Case, Media
from bot.service.models.words import CaseKind, InboundKind, MediaKind, MediaState
from bot.shared.codebook import Channel
from tests.browser.desk_server import Town, serve_town
from tests.browser.test_desk import WCAG, log_in

pytestmark = pytest.mark.browser

HOSTILE = b"<!doctype html><title>ude</title><script>document.title = 'inde'</script>"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with serve_town(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 390, "height": 844}, locale="da-DK")
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    yield page
    page.close()
    assert faults == []


def picture(width: int = 40, height: int = 30) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\x00" + b"\x30\x60\x90" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def voice(seconds: int = 2) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000 * seconds))
    return held.getvalue()


def receive(town: Town, kind: MediaKind, mime: str, content: bytes | None) -> tuple[int, int]:
    """A citizen's medium, fetched already where there is content; case and medium."""
    with town.context.database.read() as session:
        number = len(session.scalars(select(Media.id)).all())
    attachment = Attachment(kind, "AwAC", 1000, mime)
    message = Inbound(Channel.TELEGRAM, f"message:1:{number}:0", "700100200", InboundKind.MEDIA, attachments=(attachment,))
    door.receive(town.context, message)
    with town.context.database.write() as session:
        media = session.scalars(select(Media).order_by(Media.id.desc())).first()
        assert media is not None
        if content is not None:
            media.state, media.content, media.size = MediaState.FETCHED, content, len(content)
        case = session.scalars(select(Case).where(Case.kind == CaseKind.UBEHANDLET).order_by(Case.id.desc())).first()
        assert case is not None
        return case.id, media.id


def test_voice_is_heard_and_a_picture_seen(page: Page, town: Town) -> None:
    receive(town, MediaKind.VOICE, "audio/wav", voice())
    receive(town, MediaKind.DOCUMENT, "application/pdf", None)
    case_id, _ = receive(town, MediaKind.PHOTO, "image/png", picture())
    log_in(page, town)
    page.goto(f"{town.address}/sager/{case_id}")

    sound, image = page.locator("audio").first, page.locator(".medium img").first
    expect(image).to_have_accessible_name("Billede, sendt i dag kl. 12.00")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("naturalWidth", 40)
    assert sound.evaluate("async (sound) => { sound.muted = true; await sound.play(); return sound.duration }") == 2
    expect(page.get_by_text("Bliver hentet")).to_be_visible()
    assert Axe().run(page, options=WCAG).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("mime", ["image/jpeg", "video/mp4", "audio/ogg"])
def test_a_page_that_calls_itself_a_picture_runs_nothing(page: Page, town: Town, mime: str) -> None:
    case_id, media_id = receive(town, MediaKind.PHOTO, mime, HOSTILE)
    log_in(page, town)

    page.goto(f"{town.address}/sager/{case_id}/medie/{media_id}")

    assert page.title() not in ("inde", "ude")


@pytest.mark.parametrize("mime", ["text/html", "image/svg+xml", "application/xhtml+xml"])
def test_a_page_that_calls_itself_one_is_only_saved(page: Page, town: Town, mime: str, tmp_path: Path) -> None:
    case_id, media_id = receive(town, MediaKind.DOCUMENT, mime, HOSTILE)
    log_in(page, town)
    page.goto(f"{town.address}/sager/{case_id}")

    with page.expect_download() as download:
        page.locator(f'a[href$="/medie/{media_id}?hent=ja"]').click()

    assert download.value.suggested_filename == f"medie-{media_id}.bin"
    download.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == HOSTILE


def test_a_picture_appears_by_itself_and_what_plays_plays_on(page: Page, town: Town) -> None:
    receive(town, MediaKind.VOICE, "audio/wav", voice(30))
    case_id, media_id = receive(town, MediaKind.PHOTO, "image/png", None)
    log_in(page, town)
    page.goto(f"{town.address}/sager/{case_id}")
    place = f'[src="/desk/sager/{case_id}/medie/{media_id}"]'
    page.locator("audio").last.evaluate("async (sound) => { sound.muted = true; await sound.play() }")
    with town.context.database.write() as session:
        media = session.get_one(Media, media_id)
        media.state, media.content = MediaState.FETCHED, picture()

    expect(page.locator(place)).to_be_visible(timeout=15_000)
    assert page.locator("audio").last.evaluate("sound => sound.isConnected && !sound.paused")
