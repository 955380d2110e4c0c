"""What was sent beside words is shown with its case, opened by who may see the case, and runs nowhere."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.service.channels.base import Attachment, Inbound
from bot.service.context import Context
from bot.service.message_path import door
from bot.service.models import Audit, Case, Media
from bot.service.models.words import InboundKind, MediaKind, MediaState
from bot.shared.codebook import Channel
from tests.factories import make_case, make_unit
from tests.service.desk.conftest import Desk
from tests.service.message_path.test_media import ANNA, KARLA

CONTENT = bytes(range(256)) * 4
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what is shown depends on none
Receive = Callable[..., tuple[int, int]]


@pytest.fixture
def receive(context: Context) -> Receive:
    """A message with one medium, in the given state; case and medium."""

    def make(
        kind: MediaKind = MediaKind.VOICE, *, state: str = "fetched", words: str = "", chat_id: str = ANNA, **columns: Any
    ) -> tuple[int, int]:
        attachment = Attachment(kind, "AwAC", len(CONTENT), columns.pop("mime", None))
        with context.database.read() as session:
            number = len(session.scalars(select(Media.id)).all())
        provider_id = f"message:{chat_id}:{number}:0"
        door.receive(
            context, Inbound(Channel.TELEGRAM, provider_id, chat_id, InboundKind.MEDIA, words, attachments=(attachment,))
        )
        with context.database.write() as session:
            media = session.scalars(select(Media).order_by(Media.id.desc())).first()
            assert media is not None
            media.state, media.content = state, CONTENT if state == MediaState.FETCHED else None
            case = session.scalars(select(Case).order_by(Case.id.desc())).first()
            assert case is not None
            for name, value in columns.items():
                setattr(case, name, value)
            return case.id, media.id

    return make


def deeds(context: Context) -> list[tuple[str, int | None]]:
    with context.database.read() as session:
        return [(row.deed, row.case_id) for row in session.scalars(select(Audit).order_by(Audit.id))]


def states(context: Context) -> list[str]:
    with context.database.read() as session:
        return list(session.scalars(select(Media.state).order_by(Media.id)))


# --- The case's page


def test_a_case_with_nothing_but_a_voice_message_shows_it_and_no_empty_quote(anna: Desk, receive: Receive) -> None:
    case_id, media_id = receive()

    page = anna.get(f"/sager/{case_id}").text

    assert "<blockquote" not in page
    assert "Der er ikke gemt nogen tekst" not in page
    assert f'<audio controls preload="none" src="/desk/sager/{case_id}/medie/{media_id}"' in page
    assert "<strong>Talebesked</strong>" in page
    assert "1 kB" in page
    assert 'sendt <time datetime="2026-11-18T11:00:00+00:00">i dag kl. 12.00</time>' in page


@one_database
@pytest.mark.parametrize(
    ("kind", "mime", "shown"),
    [
        (MediaKind.PHOTO, None, "<img "),
        (MediaKind.VIDEO, "video/mp4", "<video "),
        (MediaKind.VIDEO_NOTE, None, "<video "),
        (MediaKind.AUDIO, "audio/mpeg", "<audio "),
        (MediaKind.DOCUMENT, "image/png", "<img "),
    ],
)
def test_what_a_browser_can_show_is_shown(anna: Desk, receive: Receive, kind: MediaKind, mime: str | None, shown: str) -> None:
    case_id, media_id = receive(kind, mime=mime)

    assert f'/desk/sager/{case_id}/medie/{media_id}"' in anna.get(f"/sager/{case_id}").text.split(shown)[1].split(">")[0]


@one_database
@pytest.mark.parametrize("mime", ["application/pdf", "text/html", "image/svg+xml", None])
def test_what_might_run_is_only_saved(anna: Desk, receive: Receive, mime: str | None) -> None:
    case_id, media_id = receive(MediaKind.DOCUMENT, mime=mime)

    page = anna.get(f"/sager/{case_id}").text
    answer = anna.get(f"/sager/{case_id}/medie/{media_id}")

    assert not any(tag in page for tag in ("<img", "<audio", "<video", "<iframe", "<embed", "<object"))
    assert f'href="/desk/sager/{case_id}/medie/{media_id}?hent=ja"' in page
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-type"] in ("application/pdf", "application/octet-stream")


@one_database
@pytest.mark.parametrize(
    ("state", "told"),
    [
        (MediaState.WAITING, "Bliver hentet"),
        (MediaState.REFUSED, "Filen er større end 20 MB"),
        (MediaState.FAILED, "Kunne ikke hentes"),
    ],
)
def test_what_is_not_there_is_said_in_words(anna: Desk, receive: Receive, state: MediaState, told: str) -> None:
    case_id, media_id = receive(state=state)

    page = anna.get(f"/sager/{case_id}").text

    assert told in page
    assert "<audio" not in page
    assert anna.get(f"/sager/{case_id}/medie/{media_id}").status_code == 404
    assert ("Prøv at hente igen" in page) == (state is MediaState.FAILED)


def test_a_message_without_words_or_file_says_so(context: Context, anna: Desk) -> None:
    door.receive(context, Inbound(Channel.TELEGRAM, "message:1:1:0", ANNA, InboundKind.MEDIA))

    page = anna.get("/sager/1").text

    assert "En besked uden tekst, som ikke kan vises her" in page
    assert "<blockquote" not in page


def test_the_words_beside_a_picture_are_shown_with_it(anna: Desk, receive: Receive) -> None:
    case_id, _ = receive(MediaKind.PHOTO, words="se mit brev")

    page = anna.get(f"/sager/{case_id}").text

    assert "<blockquote>se mit brev</blockquote>" in page
    assert page.index("se mit brev") < page.index("<img ")


def test_it_appears_by_itself_once_it_is_fetched(context: Context, anna: Desk, receive: Receive) -> None:
    case_id, media_id = receive(state=MediaState.WAITING)
    first = anna.get(f"/sager/{case_id}/beskeder")
    same = anna.get(f"/sager/{case_id}/beskeder", **{"If-None-Match": first.headers["etag"]})
    with context.database.write() as session:
        session.get_one(Media, media_id).state = MediaState.FETCHED

    later = anna.get(f"/sager/{case_id}/beskeder", **{"If-None-Match": first.headers["etag"]})

    assert (same.status_code, later.status_code) == (304, 200)
    assert "<audio" in later.text


# --- The medium itself


def test_voice_is_played_audited_and_kept_nowhere(context: Context, anna: Desk, receive: Receive) -> None:
    case_id, media_id = receive(mime="audio/ogg")

    answer = anna.get(f"/sager/{case_id}/medie/{media_id}")

    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "audio/ogg"
    assert answer.headers["content-disposition"] == f'inline; filename="medie-{media_id}.ogg"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert deeds(context) == [("medie_vist", case_id)]


def test_it_can_be_saved_under_a_name_of_ours(anna: Desk, receive: Receive) -> None:
    case_id, media_id = receive(MediaKind.PHOTO)

    answer = anna.get(f"/sager/{case_id}/medie/{media_id}?hent=ja")

    assert answer.headers["content-disposition"] == f'attachment; filename="medie-{media_id}.jpg"'


def test_a_place_is_read_as_text(anna: Desk, receive: Receive) -> None:
    case_id, media_id = receive(MediaKind.PLACE)

    answer = anna.get(f"/sager/{case_id}/medie/{media_id}")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("inline")


RANGES = [
    ("bytes=0-", 206, CONTENT, "bytes 0-1023/1024"),
    ("bytes=0-1", 206, CONTENT[:2], "bytes 0-1/1024"),
    ("bytes=1000-", 206, CONTENT[1000:], "bytes 1000-1023/1024"),
    ("bytes=1000-5000", 206, CONTENT[1000:], "bytes 1000-1023/1024"),
    ("bytes=-10", 206, CONTENT[-10:], "bytes 1014-1023/1024"),
    ("bytes=-5000", 206, CONTENT, "bytes 0-1023/1024"),
    ("bytes=1024-", 416, b"", "bytes */1024"),
    ("bytes=9-3", 416, b"", "bytes */1024"),
    ("bytes=-0", 416, b"", "bytes */1024"),
    ("bytes=-", 200, CONTENT, None),
    ("bytes=0-1,5-6", 200, CONTENT, None),
    ("stykker=0-1", 200, CONTENT, None),
    ("bytes=٣-", 200, CONTENT, None),
]


@one_database
@pytest.mark.parametrize(("wanted", "status", "content", "told"), RANGES, ids=[case[0] for case in RANGES])
def test_a_player_may_ask_for_a_part(
    anna: Desk, receive: Receive, wanted: str, status: int, content: bytes, told: str | None
) -> None:
    case_id, media_id = receive()

    answer = anna.client.get(f"/desk/sager/{case_id}/medie/{media_id}", headers={"range": wanted.encode()})

    assert (answer.status_code, answer.content, answer.headers.get("content-range")) == (status, content, told)


# --- Who may


def test_who_is_complained_about_does_not_find_it(context: Context, log_in: Callable[..., Desk], receive: Receive) -> None:
    rie = log_in(name="Rie Dam")
    case_id, media_id = receive(gaelder_id=rie.user.id)

    assert rie.get(f"/sager/{case_id}/medie/{media_id}").status_code == 404
    assert deeds(context) == [("naegtet", case_id)]


def test_another_teams_handler_does_not_find_it(context: Context, log_in: Callable[..., Desk], receive: Receive) -> None:
    with context.database.write() as session:
        ours, theirs = make_unit(session), make_unit(session)
    case_id, media_id = receive(unit_id=theirs.id)

    assert log_in(unit_id=ours.id).get(f"/sager/{case_id}/medie/{media_id}").status_code == 404
    assert log_in(unit_id=theirs.id).get(f"/sager/{case_id}/medie/{media_id}").status_code == 200


def test_an_adviser_does_not_find_it(rie: Desk, receive: Receive) -> None:
    case_id, media_id = receive()

    assert rie.get(f"/sager/{case_id}/medie/{media_id}").status_code == 404


def test_a_medium_is_not_found_through_a_case_that_it_does_not_belong_to(context: Context, anna: Desk, receive: Receive) -> None:
    _, media_id = receive()
    other_case, _ = receive(chat_id=KARLA)
    with context.database.write() as session:
        empty_case = make_case(session, context).id

    for case_id in (other_case, empty_case):
        assert anna.get(f"/sager/{case_id}/medie/{media_id}").status_code == 404
        assert anna.post(f"/sager/{case_id}/medie/{media_id}/hent").status_code == 404


def test_who_is_not_logged_in_sees_nothing(stranger: Any, receive: Receive) -> None:
    case_id, media_id = receive()

    answer = stranger.get(f"/desk/sager/{case_id}/medie/{media_id}")

    assert (answer.status_code, answer.content) == (303, b"")


@one_database
@pytest.mark.parametrize("number", ["0", "-1", "abc", "99999999999999999999"])
def test_an_impossible_number_is_not_there(anna: Desk, receive: Receive, number: str) -> None:
    case_id, _ = receive()

    assert anna.get(f"/sager/{case_id}/medie/{number}").status_code == 404


def test_it_stays_with_the_case_when_the_message_is_erased(context: Context, anna: Desk, receive: Receive) -> None:
    case_id, media_id = receive()
    with context.database.write() as session:
        session.get_one(Media, media_id).inbound_id = None

    assert anna.get(f"/sager/{case_id}/medie/{media_id}").content == CONTENT


# --- Once more


def test_a_failed_one_is_fetched_again_when_asked(context: Context, anna: Desk, receive: Receive) -> None:
    case_id, media_id = receive(state=MediaState.FAILED)

    answer = anna.post(f"/sager/{case_id}/medie/{media_id}/hent")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/sager/{case_id}?gjort=medie")
    assert (states(context), deeds(context)) == (["waiting"], [("medie_hentes_igen", case_id)])
    assert "Vi prøver at hente filen igen" in anna.get(f"/sager/{case_id}?gjort=medie").text


def test_a_forged_form_fetches_nothing(context: Context, anna: Desk, receive: Receive) -> None:
    case_id, media_id = receive(state=MediaState.FAILED)

    assert anna.post(f"/sager/{case_id}/medie/{media_id}/hent", csrf="forkert").status_code == 403
    assert states(context) == ["failed"]
