"""Citizens of both kinds, invited to answer."""

from collections.abc import Callable

import pytest

from bot.service.context import Context
from bot.service.logic import invitations
from bot.shared.codebook import Channel, Role
from tests.factories import make_interview
from tests.service.driver import Citizen, ScriptedEngine


@pytest.fixture
def engine(context: Context) -> ScriptedEngine:
    return ScriptedEngine(context)


@pytest.fixture
def invite(context: Context, engine: ScriptedEngine) -> Callable[..., Citizen]:
    """Makes an invited citizen; keywords as of make_interview."""

    def make(**options: object) -> Citizen:
        with context.database.write() as session:
            interview, participant, address = make_interview(session, context, **options)  # type: ignore[arg-type]
            invitations.invite(session, context, interview)
            citizen = Citizen(context, address, Channel(participant.channel), engine)
        citizen.send_outbox()
        return citizen

    return make


@pytest.fixture
def parent(invite: Callable[..., Citizen]) -> Citizen:
    """A parent who has got the first SMS."""
    return invite(role=Role.FORAELDER)


@pytest.fixture
def child(invite: Callable[..., Citizen]) -> Citizen:
    """A child of 12 whose web chat has said hello."""
    return invite(role=Role.BARN, age=12)
