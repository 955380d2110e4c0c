"""What every page of the desk is handed: the context, the templates, the guides and the limit on logins."""

from dataclasses import dataclass

from starlette.requests import Request

from bot.service.context import Context
from bot.service.desk.call_guides import CallGuides
from bot.service.desk.pages import Pages
from bot.service.logic.accounts import LoginLimiter


@dataclass(frozen=True)
class Desk:
    """The desk of one process."""

    context: Context
    pages: Pages
    guides: CallGuides
    limiter: LoginLimiter

    @classmethod
    def build(cls, context: Context) -> "Desk":
        """Read templates, words and guides; raises ConfigurationError where a guide is wrong."""
        return cls(context, Pages.load(context), CallGuides.load(), LoginLimiter())

    async def install(self, request: Request) -> None:
        """A dependency of every route, before all others: from here on `desk_of` finds the desk."""
        request.state.desk = self


def desk_of(request: Request) -> Desk:
    """The desk that serves this request."""
    desk: Desk = request.state.desk
    return desk
