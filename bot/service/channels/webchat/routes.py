"""The web chat's addresses under /chat: pages.py serves people, api.py and stream.py serve the page."""

from fastapi import APIRouter

from bot.service.channels.webchat.api import ChatApi
from bot.service.channels.webchat.pages import ChatPages
from bot.service.channels.webchat.stream import ChatStream
from bot.service.context import Context


def webchat_router(context: Context) -> APIRouter:
    """Every route of the web chat. `/chat/{code}` comes last, or it would take the others for codes."""
    pages, api, stream = ChatPages(context), ChatApi(context), ChatStream(context)
    router = APIRouter(prefix="/chat", include_in_schema=False)
    router.add_api_route("", pages.ask_for_code, methods=["GET"])
    router.add_api_route("", pages.take_code, methods=["POST"])
    router.add_api_route("/samtale", pages.show_chat, methods=["GET"])
    router.add_api_route("/lukket", pages.show_closed, methods=["GET"])
    router.add_api_route("/slut", pages.show_end, methods=["GET"])
    router.add_api_route("/static/{name}", pages.show_file, methods=["GET"])
    router.add_api_route("/api/beskeder", api.tell, methods=["GET"])
    router.add_api_route("/api/beskeder", api.take, methods=["POST"])
    router.add_api_route("/api/stroem", stream.tell, methods=["GET"])
    router.add_api_route("/api/luk", api.close, methods=["POST"])
    router.add_api_route("/{code}", pages.take_link, methods=["GET"])
    return router
