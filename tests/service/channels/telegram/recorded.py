"""Updates in the shapes that Telegram sends, with invented people and ids; the tests' tables name them."""

from typing import Any

BOT = {"id": 110000000, "is_bot": True, "first_name": "Genklang", "username": "genklang_proeve_bot"}
ANNA = {"id": 700100200, "is_bot": False, "first_name": "Anna", "last_name": "Prøve", "language_code": "da"}
CHAT = {"id": 700100200, "first_name": "Anna", "last_name": "Prøve", "type": "private"}
GROUP = {"id": -1001700100200, "title": "Familien Prøve", "type": "supergroup"}
CHANNEL = {"id": -1001700100999, "title": "Nyt fra Prøveby", "type": "channel"}
FILE = {"file_id": "AgACAgQAAxkBAAIB", "file_unique_id": "AQADAgAT", "file_size": 1717}
DATE = 1_795_000_000  # 18 November 2026, 11:06:40 UTC
EDITED = DATE + 60


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 41, "from": ANNA, "chat": CHAT, "date": DATE, **content}


def update(**content: Any) -> dict[str, Any]:
    return {"update_id": 500_000_017, **content}


def command(text: str) -> dict[str, Any]:
    length = len(text.split()[0])
    return update(message=message(text=text, entities=[{"offset": 0, "length": length, "type": "bot_command"}]))


def membership(status: str, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    member = {"user": BOT, "status": status} | ({"until_date": 0} if status == "kicked" else {})
    change = {"chat": chat, "from": ANNA, "date": DATE, "old_chat_member": {"user": BOT, "status": "member"}}
    return update(my_chat_member=change | {"new_chat_member": member})


def press(data: str = "17:ja", chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    under = {"message_id": 40, "from": BOT, "chat": chat, "date": DATE, "text": "Vil du være med?"}
    keyboard = {"inline_keyboard": [[{"text": "Ja", "callback_data": data}]]}
    query = {"id": "4382bfdwdsb323b2d9", "from": ANNA, "chat_instance": "-320988", "data": data}
    return update(callback_query=query | {"message": under | {"reply_markup": keyboard}})


TEXT = update(message=message(text="Hun lyttede til mig 🙂"))
TEXT_IN_REPLY = update(
    message=message(text="ja", reply_to_message={"message_id": 40, "from": BOT, "chat": CHAT, "date": DATE, "text": "Vil du?"})
)
FORWARDED = update(
    message=message(text="Se her", forward_origin={"type": "hidden_user", "sender_user_name": "Karla", "date": DATE - 900})
)
LONE_SURROGATE = update(message=message(text="\ud83d"))
EDIT = update(edited_message=message(text="Hun lyttede ikke", edit_date=EDITED))
EDITED_CAPTION = update(edited_message=message(edit_date=EDITED, caption="ny tekst", photo=[FILE | {"width": 90, "height": 67}]))
SEEN_AFTER_EDIT = update(message=message(text="rettet", edit_date=EDITED))

STICKER = update(
    message=message(
        sticker=FILE
        | {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        | {"emoji": "😀", "set_name": "Sjov"}
    )
)
DICE = update(message=message(dice={"emoji": "🎲", "value": 4}))
CONTACT = update(message=message(contact={"phone_number": "+4500000012", "first_name": "Anna", "user_id": 700100200}))

VOICE = update(message=message(voice=FILE | {"duration": 4, "mime_type": "audio/ogg"}))
SMALL = {"file_id": "AgACAgQAAxkBAAIA", "file_unique_id": "AQADAgAS", "file_size": 900, "width": 90, "height": 67}
PHOTO = update(message=message(caption="se mit brev", photo=[SMALL, FILE | {"width": 1280, "height": 956}]))
LIVE_PHOTO = update(
    message=message(
        live_photo=FILE | {"duration": 2, "width": 1280, "height": 956, "mime_type": "video/mp4", "photo": [SMALL]}, photo=[SMALL]
    )
)
ONE_OF_AN_ALBUM = update(message=message(photo=[FILE | {"width": 90, "height": 67}], media_group_id="13900001"))
HUGE_VIDEO = update(
    message=message(
        video=FILE | {"file_size": 900_000_000, "duration": 4000, "width": 640, "height": 360, "mime_type": "video/mp4"}
    )
)
PAID_MEDIA = update(message=message(paid_media={"star_count": 5, "paid_media": [{"type": "preview", "width": 90, "height": 67}]}))
GAME = update(message=message(game={"title": "Spil", "description": "Et spil", "photo": [SMALL]}))
INVOICE = update(
    message=message(
        invoice={"title": "Regning", "description": "For intet", "start_parameter": "x", "currency": "DKK", "total_amount": 1}
    )
)
CHECKLIST = update(
    message=message(
        checklist={"title": "Det skal I vide", "tasks": [{"id": 1, "text": "Ring til mig"}, {"id": 2, "text": "Ikke hjem"}]}
    )
)
GIVEAWAY = update(message=message(giveaway={"chats": [CHANNEL], "winners_selection_date": DATE + 900, "winner_count": 1}))
VIDEO = update(message=message(video=FILE | {"duration": 4, "width": 640, "height": 360, "mime_type": "video/mp4"}))
VIDEO_NOTE = update(message=message(video_note=FILE | {"duration": 4, "length": 240}))
ANIMATION = update(
    message=message(animation=FILE | {"duration": 2, "width": 320, "height": 240}, document=FILE | {"mime_type": "video/mp4"})
)
AUDIO = update(message=message(audio=FILE | {"duration": 200, "mime_type": "audio/mpeg"}))
DOCUMENT = update(message=message(document=FILE | {"file_name": "brev.pdf", "mime_type": "application/pdf"}))
LOCATION = update(message=message(location={"latitude": 55.0, "longitude": 10.0, "live_period": 900}))
VENUE = update(
    message=message(
        location={"latitude": 55.0, "longitude": 10.0},
        venue={"location": {"latitude": 55.0, "longitude": 10.0}, "title": "Prøvehuset", "address": "Prøvevej 1"},
    )
)
POLL = update(
    message=message(
        poll={
            "id": "51",
            "question": "Hvad nu?",
            "options": [{"persistent_id": "1", "text": "Ja", "voter_count": 0}],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    )
)
STORY = update(message=message(story={"chat": CHAT, "id": 3}))

MOVED_LOCATION = update(
    edited_message=message(edit_date=EDITED, location={"latitude": 55.1, "longitude": 10.0, "live_period": 900})
)
IN_A_GROUP = update(message=message(chat=GROUP, text="Hej alle"))
PRESS_IN_A_GROUP = press(chat=GROUP)
BOT_JOINED_A_GROUP = membership("member", chat=GROUP)
BOT_THROWN_OUT_OF_A_GROUP = membership("kicked", chat=GROUP)
UNBLOCKED = membership("member")
CHANNEL_POST = update(channel_post={"message_id": 9, "sender_chat": CHANNEL, "chat": CHANNEL, "date": DATE, "text": "Nyt"})
EDITED_CHANNEL_POST = update(
    edited_channel_post={"message_id": 9, "chat": CHANNEL, "date": DATE, "edit_date": EDITED, "text": "Nyere"}
)
FROM_A_BOT = update(message=message(**{"from": BOT | {"id": 110000001, "username": "anden_bot"}, "text": "bip"}))
PINNED = update(message=message(pinned_message=message(message_id=40, text="Vil du være med?")))
TIMER_CHANGED = update(message=message(message_auto_delete_timer_changed={"message_auto_delete_time": 86400}))
INLINE_PRESS = update(
    callback_query={"id": "77", "from": ANNA, "chat_instance": "1", "inline_message_id": "AAA", "data": "17:ja"}
)
GAME_PRESS = update(
    callback_query={
        "id": "78",
        "from": ANNA,
        "chat_instance": "1",
        "game_short_name": "spil",
        "message": {"message_id": 40, "from": BOT, "chat": CHAT, "date": DATE},
    }
)
INLINE_QUERY = update(inline_query={"id": "9", "from": ANNA, "query": "hej", "offset": ""})
CHOSEN_RESULT = update(chosen_inline_result={"result_id": "1", "from": ANNA, "query": "hej"})
POLL_ANSWER = update(poll_answer={"poll_id": "51", "user": ANNA, "option_ids": [0], "option_persistent_ids": ["1"]})
REACTION = update(
    message_reaction={
        "chat": CHAT,
        "message_id": 40,
        "user": ANNA,
        "date": DATE,
        "old_reaction": [],
        "new_reaction": [{"type": "emoji", "emoji": "👍"}],
    }
)
JOIN_REQUEST = update(chat_join_request={"chat": GROUP, "from": ANNA, "user_chat_id": 700100200, "date": DATE})
OTHER_MEMBER = update(
    chat_member={
        "chat": GROUP,
        "from": ANNA,
        "date": DATE,
        "old_chat_member": {"user": ANNA, "status": "left"},
        "new_chat_member": {"user": ANNA, "status": "member"},
    }
)
BUSINESS_MESSAGE = update(business_message=message(business_connection_id="b1", text="til en anden"))
EDITED_BUSINESS_MESSAGE = update(
    edited_business_message=message(business_connection_id="b1", text="til en anden, rettet", edit_date=EDITED)
)
DELETED_BUSINESS_MESSAGES = update(deleted_business_messages={"business_connection_id": "b1", "chat": CHAT, "message_ids": [41]})
BUSINESS_CONNECTION = update(
    business_connection={"id": "b1", "user": ANNA, "user_chat_id": 700100200, "date": DATE, "is_enabled": True}
)
REACTION_COUNT = update(
    message_reaction_count={
        "chat": CHANNEL,
        "message_id": 40,
        "date": DATE,
        "reactions": [{"type": {"type": "emoji", "emoji": "👍"}, "total_count": 3}],
    }
)
SHIPPING_QUERY = update(
    shipping_query={
        "id": "31",
        "from": ANNA,
        "invoice_payload": "x",
        "shipping_address": {
            "country_code": "DK",
            "state": "",
            "city": "Prøveby",
            "street_line1": "Prøvevej 1",
            "street_line2": "",
            "post_code": "0000",
        },
    }
)
PRE_CHECKOUT_QUERY = update(
    pre_checkout_query={"id": "32", "from": ANNA, "currency": "DKK", "total_amount": 100, "invoice_payload": "x"}
)
PURCHASED_PAID_MEDIA = update(purchased_paid_media={"from": ANNA, "paid_media_payload": "x"})
POLL_STATE = update(poll=POLL["message"]["poll"])
BOOST = {
    "boost_id": "b",
    "add_date": DATE,
    "expiration_date": DATE + 900,
    "source": {"source": "premium", "user": ANNA},
}
CHAT_BOOST = update(chat_boost={"chat": CHANNEL, "boost": BOOST})
REMOVED_CHAT_BOOST = update(removed_chat_boost={"chat": CHANNEL, "boost_id": "b", "remove_date": DATE, "source": BOOST["source"]})
MANAGED_BOT = update(managed_bot={"user": ANNA, "bot": BOT})
GUEST_MESSAGE = update(guest_message=message(guest_query_id="g1", text="en gæst"))
GIFT = update(
    message=message(
        gift={
            "gift": {
                "id": "g",
                "sticker": FILE | {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False},
                "star_count": 15,
            }
        }
    )
)
WRITE_ACCESS = update(message=message(write_access_allowed={"from_request": True}))
JOINED_TELEGRAM = update(message=message(new_chat_members=[ANNA]))
BOOST_ADDED = update(message=message(boost_added={"boost_count": 1}))
NOTHING = update(message=message())
OF_A_LATER_KIND = update(thought_reading={"from": ANNA, "thought": "?"})
OF_A_LATER_CONTENT = update(message=message(hologram={"depth": 3}))

# What the library cannot make out: a date that is none, a membership without its chat.
ODD_TEXT = update(message=message(text="Jeg vil gerne svare", date="i går"))
ODD_MEDIA = update(message=message(voice={"duration": 4}))
ODD_PHOTO = update(message=message(date="i går", caption="se her", photo=[SMALL]))
ODD_EDIT = update(edited_message=message(text="rettet", edit_date="i går"))
ODD_NOTICE = update(my_chat_member={"from": ANNA})
