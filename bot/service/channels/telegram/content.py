"""What a message of Telegram holds: words, a sticker, attachments, or only a notice of Telegram's own.

It reads the message as it came over the wire, so that it works on shapes which the library refuses as well.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.service.channels.base import Attachment
from bot.service.models.words import InboundKind, MediaKind

# A deep link's parameter as Telegram allows it: what else follows /start are a citizen's words, and words must be read.
_START = re.compile(r"/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*", re.IGNORECASE)
_COMMAND = re.compile(r"/(stop|hjaelp)(?:@\w+)?\s*", re.IGNORECASE)
_COMMAND_WORDS = {"stop": "stop", "hjaelp": "hjælp"}

STICKERS = frozenset({"sticker", "dice"})
# Fields with a file that can be fetched. An animation comes with a `document` of the same file, a live photo with a `photo`.
FILES = {
    "voice": MediaKind.VOICE,
    "audio": MediaKind.AUDIO,
    "animation": MediaKind.ANIMATION,
    "live_photo": MediaKind.VIDEO,
    "photo": MediaKind.PHOTO,
    "video": MediaKind.VIDEO,
    "video_note": MediaKind.VIDEO_NOTE,
    "document": MediaKind.DOCUMENT,
}
# Telegram's own notices: nobody said anything to us.
NOTICES = frozenset(
    {
        "boost_added",
        "channel_chat_created",
        "chat_background_set",
        "chat_owner_changed",
        "chat_owner_left",
        "chat_shared",
        "checklist_tasks_added",
        "checklist_tasks_done",
        "connected_website",
        "delete_chat_photo",
        "direct_message_price_changed",
        "forum_topic_closed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "gift",
        "gift_upgrade_sent",
        "giveaway_completed",
        "giveaway_created",
        "group_chat_created",
        "left_chat_member",
        "managed_bot_created",
        "message_auto_delete_timer_changed",
        "migrate_from_chat_id",
        "migrate_to_chat_id",
        "new_chat_members",
        "new_chat_photo",
        "new_chat_title",
        "paid_message_price_changed",
        "pinned_message",
        "poll_option_added",
        "poll_option_deleted",
        "proximity_alert_triggered",
        "refunded_payment",
        "successful_payment",
        "suggested_post_approval_failed",
        "suggested_post_approved",
        "suggested_post_declined",
        "suggested_post_paid",
        "suggested_post_refunded",
        "supergroup_chat_created",
        "unique_gift",
        "users_shared",
        "video_chat_ended",
        "video_chat_participants_invited",
        "video_chat_scheduled",
        "video_chat_started",
        "write_access_allowed",
    }
)
# What stands around the content of every message.
ENVELOPE = frozenset(
    {
        "author_signature",
        "business_connection_id",
        "caption",
        "caption_entities",
        "chat",
        "date",
        "direct_messages_topic",
        "edit_date",
        "effect_id",
        "entities",
        "external_reply",
        "forward_origin",
        "from",
        "guest_bot_caller_chat",
        "guest_bot_caller_user",
        "guest_query_id",
        "has_media_spoiler",
        "has_protected_content",
        "is_automatic_forward",
        "is_from_offline",
        "is_paid_post",
        "is_topic_message",
        "link_preview_options",
        "media_group_id",
        "message_id",
        "message_thread_id",
        "paid_star_count",
        "quote",
        "reply_markup",
        "reply_to_checklist_task_id",
        "reply_to_message",
        "reply_to_poll_option_id",
        "reply_to_story",
        "sender_boost_count",
        "sender_business_bot",
        "sender_chat",
        "sender_tag",
        "show_caption_above_media",
        "suggested_post_info",
        "via_bot",
    }
)


@dataclass(frozen=True)
class Content:
    """What a citizen sent."""

    kind: InboundKind
    text: str = ""
    attachments: tuple[Attachment, ...] = ()


def read_content(message: Mapping[str, Any]) -> Content | None:
    """The content of a message; None for Telegram's own notices. What is of a kind not yet known counts as said to us."""
    text, contact = message.get("text"), _object(message, "contact")
    if isinstance(text, str):
        return _read_text(text)
    if isinstance(contact.get("phone_number"), str):  # a number shared by its button is a number written
        return Content(InboundKind.TEXT, contact["phone_number"])
    if STICKERS & message.keys():
        return Content(InboundKind.STICKER, _string(_object(message, "sticker"), "emoji"))
    if NOTICES & message.keys() or not message.keys() - ENVELOPE:
        return None
    return Content(InboundKind.MEDIA, " ".join(filter(None, _words(message))), tuple(_attachments(message)))


def _read_text(text: str) -> Content:
    start, command = _START.fullmatch(text), _COMMAND.fullmatch(text)
    if start:
        return Content(InboundKind.OPEN, start[1] or "")
    if command:
        return Content(InboundKind.TEXT, _COMMAND_WORDS[command[1].lower()])
    return Content(InboundKind.TEXT, text)


def _words(message: Mapping[str, Any]) -> Iterator[str]:
    """A caption, or what the citizen wrote into a poll or a list."""
    poll, checklist = _object(message, "poll"), _object(message, "checklist")
    yield _string(message, "caption")
    yield _string(poll, "question")
    yield from (_string(option, "text") for option in _objects(poll, "options"))
    yield _string(checklist, "title")
    yield from (_string(task, "text") for task in _objects(checklist, "tasks"))
    yield _string(_object(message, "web_app_data"), "data")


def _attachments(message: Mapping[str, Any]) -> Iterator[Attachment]:
    place = _place(message)
    if place is not None:
        yield Attachment(MediaKind.PLACE, said=place)
    for name, kind in FILES.items():
        file = _file(message, name)
        if file is not None:
            yield Attachment(kind, file["file_id"], _size(file), file.get("mime_type") or None)
            return


def _file(message: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The file in a field; of a photo, which comes in several sizes, the largest."""
    sizes = _objects(message, name)
    file = max(sizes, key=lambda size: _size(size) or 0) if sizes else _object(message, name)
    return file if _string(file, "file_id") else None


def _size(file: Mapping[str, Any]) -> int | None:
    size = file.get("file_size")
    return size if isinstance(size, int) and 0 <= size < 2**31 else None


def _place(message: Mapping[str, Any]) -> str | None:
    """A point as `latitude, longitude`, and on a line each what a venue is called and where it is."""
    venue = _object(message, "venue")
    point = _object(venue, "location") or _object(message, "location")
    if not point:
        return None
    lines = [f"{point.get('latitude')}, {point.get('longitude')}", _string(venue, "title"), _string(venue, "address")]
    return "\n".join(filter(None, lines))


def _object(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def _objects(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = holder.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list | tuple) else []


def _string(holder: Mapping[str, Any], name: str) -> str:
    found = holder.get(name)
    return found if isinstance(found, str) else ""
