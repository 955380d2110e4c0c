"""What all pages for browsers keep to: nothing stays on the device, nothing foreign runs in them or posts for them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

MAX_BODY_BYTES = 128 * 1024  # 10,000 emoji, escaped
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    # Not "no-referrer": with it a browser posts our own form with the origin "null", as it would a foreign one.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Pages:
    """The templates and static files of one folder."""

    def __init__(self, folder: Path, **always: Any) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(folder / "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(always)
        self._files = {path.name: path for path in (folder / "static").iterdir()}

    def show(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page made from a template."""
        return HTMLResponse(self._templates.get_template(template).render(values), status, HEADERS)

    def file(self, name: str) -> Response:
        """A static file; 404 for a name that is not among them."""
        path = self._files.get(name)
        if path is None:
            raise HTTPException(404, headers=HEADERS)
        return Response(path.read_bytes(), media_type=MEDIA_TYPES[path.suffix], headers=HEADERS)


def answer(content: Mapping[str, Any], *, status: int = 200, **headers: str) -> JSONResponse:
    """A JSON answer that is kept nowhere."""
    return JSONResponse(content, status, HEADERS | headers)


def go_to(path: str) -> RedirectResponse:
    """On to another page, by GET."""
    return RedirectResponse(path, 303, HEADERS)


def comes_from_here(request: Request, public_url: str) -> bool:
    """Whether a page of ours made the request: its Origin is the host that it was sent to, or our public one."""
    origin = urlsplit(request.headers.get("origin", ""))
    if origin.scheme not in ("http", "https") or not origin.netloc:
        return False
    return origin.netloc in (request.headers.get("host"), urlsplit(public_url).netloc)


async def small_body(request: Request) -> bytes:
    """The body of a request, for routes that are not async; 413 beyond `MAX_BODY_BYTES`."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413, headers=HEADERS)
    return bytes(body)
