"""What the door is compared with: a bare FastAPI route that makes one durable insert into SQLite, and nothing else.

    .venv/bin/python -m tools.bench_door_peer PORT FOLDER
"""

import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

PATH = "/messages"


def make_app(folder: Path) -> FastAPI:
    """The route; WAL, full sync and a connection per thread, as in bot/service/database.py."""
    app = FastAPI()
    local = threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(folder / "peer.db", isolation_level=None, timeout=10)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                local.connection.execute(f"PRAGMA {pragma}")
        return local.connection

    connection().execute("CREATE TABLE message (id TEXT PRIMARY KEY, address TEXT, text TEXT)")

    @app.post(PATH)
    def take(body: dict[str, Any]) -> dict[str, bool]:
        connection().execute("INSERT INTO message VALUES (?, ?, ?)", (body["id"], body["address"], body["text"]))
        return {"stored": True}

    @app.get(PATH)
    def look() -> dict[str, bool]:
        return {"ready": True}

    return app


if __name__ == "__main__":
    uvicorn.run(make_app(Path(sys.argv[2])), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
