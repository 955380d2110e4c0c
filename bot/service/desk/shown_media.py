"""How a medium is shown: its type from our own list alone, a name of ours, its size in Danish."""

from bot.service.logic.texts import Names
from bot.service.models import Media
from bot.service.models.words import MediaKind

# What a browser may show by itself, with the ending of a saved file. All else is only saved.
SHOWN = {
    "audio/aac": "aac",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/x-m4a": "m4a",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
SAVED = {
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "image/heic": "heic",
}
# What Telegram makes of these kinds itself, where the app does not say.
USUAL = {
    MediaKind.VOICE: "audio/ogg",
    MediaKind.PHOTO: "image/jpeg",
    MediaKind.VIDEO: "video/mp4",
    MediaKind.VIDEO_NOTE: "video/mp4",
    MediaKind.ANIMATION: "video/mp4",
}
PLAIN, UNKNOWN = "text/plain; charset=utf-8", "application/octet-stream"
_KILO, _MEGA = 1000, 1_000_000


def shown_as(media: Media) -> str | None:
    """`audio`, `image`, `video` or `text`: how a page shows it; None where it can only be saved."""
    kind = content_type(media)
    return kind.partition("/")[0] if kind in SHOWN or kind == PLAIN else None


def say_size(words: Names, size: int) -> str:
    """`612 kB`, `1,4 MB`."""
    if size < _MEGA:
        return words.of("stoerrelse", "kilo").format(antal=max(1, round(size / _KILO)))
    return words.of("stoerrelse", "mega").format(antal=f"{size / _MEGA:.1f}".replace(".", ","))


def content_type(media: Media) -> str:
    """From our own list only: what the sender's app says may be anything."""
    kind = MediaKind(media.kind)
    if kind is MediaKind.PLACE:
        return PLAIN
    said = media.mime or USUAL.get(kind, UNKNOWN)
    return said if said in SHOWN or said in SAVED else UNKNOWN


def file_name(media: Media) -> str:
    """A name of ours: the citizen's own may tell who they are."""
    kind = content_type(media)
    ending = "txt" if kind == PLAIN else {**SHOWN, **SAVED}.get(kind, "bin")
    return f"medie-{media.id}.{ending}"
