"""The ASGI service: routes, headers, start and end. Only here are parts mounted."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from actions.endpoint import actions_router
from bot.service import health
from bot.service.bootstrap import make_context, make_engine_client
from bot.service.channels.sms.bridges import chosen_bridge
from bot.service.channels.telegram.webhook import telegram_router
from bot.service.channels.webchat.routes import webchat_router
from bot.service.context import Context
from bot.service.desk.routes import desk_router
from bot.service.development import development_router
from bot.service.message_path.engine_client import EngineClient
from bot.service.message_path.spool import Spool
from bot.service.phone_simulator.routes import phone_router
from bot.service.settings import Settings

LARGEST_BODY = 256_000  # bytes; the actions webhook has a limit of its own
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


def make_app(settings: Settings) -> FastAPI:
    """The application for these settings; start-up fails where something cannot work (docs/architecture.md)."""
    context = make_context(settings)
    engine = make_engine_client(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        Spool(context).check()
        yield
        engine.close()
        context.database.close()

    app = FastAPI(title="Genklang", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.middleware("http")(_guard)
    _mount(app, context, engine)
    return app


def _mount(app: FastAPI, context: Context, engine: EngineClient) -> None:
    app.include_router(actions_router(context))
    app.include_router(webchat_router(context))
    app.include_router(telegram_router(context))
    sms = chosen_bridge(context.settings)
    if sms is not None:
        app.include_router(sms.router(context))
    app.include_router(desk_router(context), prefix="/desk")
    if context.settings.development:
        app.include_router(development_router(context))
        app.include_router(phone_router(context))

    @app.get("/health/live")
    def live() -> dict[str, str]:
        return {"service": health.OK}

    @app.get("/health")
    def look() -> JSONResponse:
        found = health.look(context, engine)
        return JSONResponse(found.as_json(), 200 if found.database == health.OK else 503)

    @app.get("/")
    def root() -> RedirectResponse:
        return RedirectResponse("/chat")


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse large bodies early and put the security headers on every answer."""
    length = request.headers.get("content-length", "0")
    too_large = not length.isdecimal() or int(length) > LARGEST_BODY
    if too_large and not request.url.path.startswith(("/actions/", "/telegram/")):
        return JSONResponse({"error": "the body is too large"}, 413)
    response = await call_next(request)
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
