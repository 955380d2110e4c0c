"""A Bot API server as a process of its own: as much of Telegram as we speak, written from its documentation.

What it keeps to: updates wait until an offset confirms them; an offset beyond them confirms nothing; of two that fetch at
once the earlier gets 409, as everybody does while a webhook is set; nobody can be written to who has not started the bot.
Under /test it plays the citizens and Telegram's bad days. Bodies of updates are given without their `update_id`.
"""

import asyncio
import base64
import itertools
import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

TOKEN = "110000000:invented-token-of-the-test-bot"
ROOT = Path(__file__).parents[1]
BOT = {"id": 110000000, "is_bot": True, "first_name": "Genklang", "username": "genklang_proeve_bot"}
START_WITHIN_S = 20
WEBHOOK_RETRY_S = 0.2
LARGEST_FILE = 20 * 1024 * 1024  # that a bot is given


class Refused(Exception):
    """The answer to a call is an error."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class Telegram:
    """What Telegram knows of one bot."""

    updates: list[dict[str, Any]] = field(default_factory=list)
    next_update: int = 500_000_001
    known: set[int] = field(default_factory=set)  # chats that have started the bot
    blocked: set[int] = field(default_factory=set)
    failures: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by method, for its next calls
    calls: list[dict[str, Any]] = field(default_factory=list)
    keyboards: dict[str, Any] = field(default_factory=dict)  # by `<chat>:<message>`
    webhook: dict[str, Any] = field(default_factory=dict)
    refused_deliveries: list[int] = field(default_factory=list)  # status codes
    polls: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    files: dict[str, str] = field(default_factory=dict)  # content in base64 by file id
    message_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1000))

    async def push(self, content: dict[str, Any]) -> dict[str, Any]:
        update = {"update_id": self.next_update, **content}
        self.next_update += 1
        for part in content.values():
            chat = part.get("chat", {}) if isinstance(part, dict) else {}
            self.known.add(chat.get("id", 0))
        async with self.changed:
            self.updates.append(update)
            self.changed.notify_all()
        return update

    async def call(self, method: str, given: dict[str, Any]) -> Any:
        if method != "getUpdates":
            self.calls.append({"method": method, **given})
        if self.failures.get(method):
            failure = self.failures[method].pop(0)
            raise Refused(failure["code"], "injected", **failure.get("parameters", {}))
        deed = {
            "getMe": self.get_me,
            "getUpdates": self.get_updates,
            "sendMessage": self.send_message,
            "editMessageReplyMarkup": self.edit_keyboard,
            "answerCallbackQuery": self.answer_press,
            "getFile": self.get_file,
            "setWebhook": self.set_webhook,
            "deleteWebhook": self.delete_webhook,
            "getWebhookInfo": self.webhook_info,
        }.get(method)
        if deed is None:
            raise Refused(404, "Not Found")
        return await deed(given)

    async def get_me(self, _given: dict[str, Any]) -> Any:
        return BOT

    async def get_updates(self, given: dict[str, Any]) -> Any:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        self.polls += 1
        mine, offset = self.polls, int(given.get("offset", 0))
        async with self.changed:
            self.changed.notify_all()  # whoever waits for updates gives way to this one
            if 0 < offset <= self.next_update + 10:
                self.updates = [update for update in self.updates if update["update_id"] >= offset]
            if not self.updates:
                with suppress(TimeoutError):
                    wait = self.changed.wait_for(lambda: self.updates or self.polls != mine)
                    await asyncio.wait_for(wait, float(given.get("timeout", 0)))
            if self.polls != mine:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
            return self.updates[: int(given.get("limit", 100))]

    async def send_message(self, given: dict[str, Any]) -> Any:
        chat_id, text = int(given["chat_id"]), given["text"]
        if chat_id in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat_id not in self.known:
            raise Refused(400, "Bad Request: chat not found")
        if not text.strip() or len(text.encode("utf-16-le")) > 2 * 4096:
            raise Refused(400, "Bad Request: message text is empty or too long")
        keyboard = json.loads(given["reply_markup"])["inline_keyboard"] if "reply_markup" in given else None
        if keyboard and any(len(key["callback_data"].encode()) > 64 for row in keyboard for key in row):
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        message_id = next(self.message_ids)
        if keyboard:
            self.keyboards[f"{chat_id}:{message_id}"] = keyboard
        chat = {"id": chat_id, "type": "private", "first_name": "Anna"}
        return {"message_id": message_id, "from": BOT, "chat": chat, "date": int(time.time()), "text": text}

    async def edit_keyboard(self, given: dict[str, Any]) -> Any:
        if self.keyboards.pop(f"{given['chat_id']}:{given['message_id']}", None) is None:
            raise Refused(400, "Bad Request: message is not modified")
        return True

    async def answer_press(self, _given: dict[str, Any]) -> Any:
        return True

    async def get_file(self, given: dict[str, Any]) -> Any:
        file_id = given["file_id"]
        if file_id not in self.files:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(base64.b64decode(self.files[file_id]))
        if size > LARGEST_FILE:
            raise Refused(400, "Bad Request: file is too big")
        return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": size, "file_path": f"voice/{file_id}.oga"}

    async def download(self, name: str) -> bytes:
        if self.failures.get("download"):
            failure = self.failures["download"].pop(0)
            await asyncio.sleep(failure.get("parameters", {}).get("pause_s", 0))
            raise Refused(failure["code"], "injected")
        file_id = name.rpartition("/")[2].removesuffix(".oga")
        if file_id not in self.files:
            raise Refused(404, "Not Found")
        return base64.b64decode(self.files[file_id])

    async def set_webhook(self, given: dict[str, Any]) -> Any:
        self.webhook = given
        async with self.changed:
            self.changed.notify_all()
        return True

    async def delete_webhook(self, _given: dict[str, Any]) -> Any:
        self.webhook = {}
        return True

    async def webhook_info(self, _given: dict[str, Any]) -> Any:
        return {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": len(self.updates)}

    async def deliver(self) -> None:
        """Bring the updates to the webhook, one after the other, each until it is taken."""
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                async with self.changed:
                    await self.changed.wait_for(lambda: bool(self.webhook and self.updates))
                    update, webhook = self.updates[0], self.webhook
                headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.get("secret_token", "")}
                try:
                    status = (await client.post(webhook["url"], json=update, headers=headers)).status_code
                except httpx.HTTPError:
                    status = 0
                if status == 200:
                    self.updates = [waiting for waiting in self.updates if waiting is not update]
                else:
                    self.refused_deliveries.append(status)
                    await asyncio.sleep(WEBHOOK_RETRY_S)


def make_app() -> FastAPI:
    telegram = Telegram()

    @asynccontextmanager
    async def deliver(_app: FastAPI) -> AsyncIterator[None]:
        delivery = asyncio.create_task(telegram.deliver())
        yield
        delivery.cancel()

    app = FastAPI(lifespan=deliver)

    @app.post("/bot{token}/{method}")
    async def call(token: str, method: str, request: Request) -> JSONResponse:
        given = dict(request.query_params) | dict(await request.form())
        try:
            if token != TOKEN:
                raise Refused(401, "Unauthorized")
            return JSONResponse({"ok": True, "result": await telegram.call(method, given)})
        except Refused as refused:
            body = {"ok": False, "error_code": refused.code, "description": refused.description}
            return JSONResponse(body | ({"parameters": refused.parameters} if refused.parameters else {}), refused.code)

    @app.get("/file/bot{token}/{path:path}")
    async def download(token: str, path: str) -> Response:
        try:
            if token != TOKEN:
                raise Refused(401, "Unauthorized")
            return Response(await telegram.download(path), media_type="application/octet-stream")
        except Refused as refused:
            return JSONResponse({"ok": False, "error_code": refused.code, "description": refused.description}, refused.code)

    @app.post("/test/push")
    async def push(request: Request) -> Any:
        return await telegram.push(await request.json())

    @app.post("/test/set")
    async def change(request: Request) -> None:
        for name, value in (await request.json()).items():
            setattr(telegram, name, set(value) if name in ("known", "blocked") else value)

    @app.get("/test/state")
    async def state() -> Any:
        names = ("calls", "keyboards", "webhook", "updates", "refused_deliveries", "next_update", "files")
        return {name: getattr(telegram, name) for name in names}

    return app


class BotApiServer:
    """A test's hand on the server: citizens write, press and block; Telegram fails."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, trust_env=False)
        self._message_ids = itertools.count(1)

    def reset(self) -> None:
        """A new bot that nobody knows."""
        empty: dict[str, Any] = {"updates": [], "known": [], "blocked": [], "failures": {}, "calls": []}
        self.set(**empty, keyboards={}, webhook={}, refused_deliveries=[], files={}, next_update=500_000_001)

    def set(self, **values: Any) -> None:
        self._client.post("/test/set", json=values).raise_for_status()

    def state(self, name: str) -> Any:
        return self._client.get("/test/state").json()[name]

    def push(self, content: dict[str, Any]) -> int:
        """Let an update come; returns its number."""
        return int(self._client.post("/test/push", json=content).json()["update_id"])

    def write(self, chat_id: int, text: str, *, message_id: int | None = None, edited_at: int | None = None) -> int:
        """A citizen writes, or edits what they wrote; returns the message's id."""
        message_id = message_id or next(self._message_ids)
        message = {"message_id": message_id, **people(chat_id), "date": 1_795_000_000, "text": text}
        if edited_at is None:
            self.push({"message": message})
        else:
            self.push({"edited_message": message | {"edit_date": edited_at}})
        return message_id

    def send_voice(self, chat_id: int, content: bytes) -> str:
        """A citizen sends a voice message; returns its file id."""
        message_id = next(self._message_ids)
        file_id = f"AwACAgQAAxkB{chat_id}x{message_id}"
        self.set(files=self.state("files") | {file_id: base64.b64encode(content).decode()})
        voice = {"file_id": file_id, "file_unique_id": f"u{message_id}", "duration": 4, "mime_type": "audio/ogg"}
        voice |= {"file_size": len(content)}
        self.push({"message": {"message_id": message_id, **people(chat_id), "date": 1_795_000_000, "voice": voice}})
        return file_id

    def leave(self, chat_id: int) -> None:
        """A citizen blocks the bot."""
        member = {"user": BOT, "status": "kicked", "until_date": 0}
        change = {**people(chat_id), "date": 1_795_000_000, "old_chat_member": {"user": BOT, "status": "member"}}
        self.push({"my_chat_member": change | {"new_chat_member": member}})

    def press(self, chat_id: int, message_id: int, data: str, callback_id: str) -> int:
        """A citizen presses a button under a message of ours."""
        chat = people(chat_id)
        message = {"message_id": message_id, "from": BOT, "chat": chat["chat"], "date": 1_795_000_000, "text": "?"}
        query = {"id": callback_id, "from": chat["from"], "chat_instance": "1", "data": data, "message": message}
        return self.push({"callback_query": query})

    def fail(self, method: str, code: int, *, times: int = 1, **parameters: int) -> None:
        """Let the next calls of a method fail."""
        self.set(failures={method: [{"code": code, "parameters": parameters}] * times})

    def calls(self, method: str) -> list[dict[str, Any]]:
        """What the bot has asked of Telegram."""
        return [call for call in self.state("calls") if call["method"] == method]

    def close(self) -> None:
        self._client.close()


def people(chat_id: int) -> dict[str, Any]:
    """The private chat of an invented citizen."""
    citizen = {"id": chat_id, "is_bot": False, "first_name": "Anna", "last_name": "Prøve", "language_code": "da"}
    return {"from": citizen, "chat": {"id": chat_id, "type": "private", "first_name": "Anna", "last_name": "Prøve"}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def bot_api_server() -> Iterator[BotApiServer]:
    """Start the server and yield a hand on it."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bot_api_server", str(port)], cwd=ROOT)
    server = BotApiServer(f"http://127.0.0.1:{port}")
    try:
        _wait(server, process)
        yield server
    finally:
        server.close()
        process.terminate()
        process.wait(10)


def _wait(server: BotApiServer, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        try:
            server.state("calls")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("the Bot API server did not start")


if __name__ == "__main__":
    uvicorn.run(make_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
