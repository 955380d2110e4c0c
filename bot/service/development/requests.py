"""What the development endpoints take. Unknown fields are refused, so that a typing error is seen."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.shared.codebook import Channel, Role


class Strict(BaseModel):
    """A body without unknown fields."""

    model_config = ConfigDict(extra="forbid")


class NewParticipant(Strict):
    """Who took part; a parent is asked by SMS, everybody else in the web chat, unless `channel` says so."""

    role: Role
    age: int | None = None
    channel: Channel | None = None
    address: str | None = Field(default=None, description="the number, for SMS; one is invented if it is missing")
    name: str | None = None
    language: str = "da"
    kontakt: Literal["ja", "kun_opkald", "nej"] = "ja"


class NewMeeting(Strict):
    """A meeting. Without `participants`: a child of 12 and a parent."""

    unit: str | None = None
    question_set: str = "foerste_moede"
    held_at: datetime | None = None
    external_ref: str | None = None
    invite: Literal["now", "scheduled"] = "now"
    family_ref: str = "prøve"
    participants: list[NewParticipant] = Field(default_factory=list, max_length=20)


class NewMessage(Strict):
    """A message as it would come by the channel: `text`, or `press` with a button's `press` value or its words."""

    channel: Channel
    address: str
    id: str
    text: str | None = None
    press: str | None = None


class ClockStep(Strict):
    """How far business time moves on."""

    advance_s: Annotated[float, Field(ge=0, le=366 * 86400)]


class ProcessOrder(Strict):
    """What the supervisor does to one of its processes."""

    name: Literal["engine", "service", "worker"]
    do: Literal["stop", "start", "kill"]
