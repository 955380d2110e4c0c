"""Everything the assistant says, and the Danish names of what the desk shows.

The sentences stand in bot/service/texts/da.yml, the names in navne.yml. A text has one wording for all, or variants by
channel and audience; the most specific one is said.
"""

import datetime as dt
import string
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import yaml

from bot.shared.codebook import Audience, Channel

TEXTS = Path(__file__).parents[1] / "texts"
DENMARK = ZoneInfo("Europe/Copenhagen")

Variant = tuple[Channel | None, Audience | None]
"""Whom a wording is for; None is any."""

_FOR_ALL = "alle"
_WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "loerdag", "soendag")  # keys in the file, not words


class TextError(ValueError):
    """A text is missing, wrongly written or given the wrong values: a mistake of ours, never of what came in."""


class Texts:
    """The texts of one file, each with its variants."""

    def __init__(self, texts: Mapping[str, Mapping[Variant, str]]) -> None:
        self._texts = texts

    @classmethod
    def load(cls, folder: Path = TEXTS) -> Self:
        """Reads da.yml; raises TextError where a variant is unknown or variants differ in placeholders."""
        loaded = yaml.safe_load((folder / "da.yml").read_text(encoding="utf-8"))
        return cls({key: _variants(key, entry) for key, entry in loaded.items()})

    def keys(self) -> tuple[str, ...]:
        """The keys of all texts, in the file's order."""
        return tuple(self._texts)

    def variants(self, key: str) -> Mapping[Variant, str]:
        """Every wording of a text with its placeholders unfilled; raises TextError."""
        if key not in self._texts:
            raise TextError(f"no text {key!r}")
        return self._texts[key]

    def placeholders(self, key: str) -> frozenset[str]:
        """What `say` must be given for this text; raises TextError."""
        return frozenset().union(*(_placeholders(wording) for wording in self.variants(key).values()))

    def say(
        self, key: str, audience: Audience | None = None, channel: Channel | None = None, **values: str | int
    ) -> str:
        """The wording for this audience on this channel, filled with exactly its values; raises TextError."""
        wording = self._wording(key, audience, channel)
        wanted = _placeholders(wording)
        if wanted != values.keys():
            raise TextError(f"text {key!r} takes {sorted(wanted)}, but was given {sorted(values)}")
        return wording.format(**values)

    def say_deadline(self, now: dt.datetime, deadline: dt.datetime) -> str:
        """`i dag kl. 20`, `i morgen kl. 10.30`, `mandag kl. 8`; else `mandag den 3. august kl. 8`. Danish time."""
        if now.tzinfo is None or deadline.tzinfo is None:
            raise ValueError("a time without a zone")
        local = deadline.astimezone(DENMARK)
        clock = f"{local.hour}.{local.minute:02}" if local.minute else str(local.hour)
        weekday = self.say(_WEEKDAYS[local.weekday()])
        match (local.date() - now.astimezone(DENMARK).date()).days:
            case 0:
                return self.say("frist_i_dag", klokken=clock)
            case 1:
                return self.say("frist_i_morgen", klokken=clock)
            case days if 1 < days < 7:
                return self.say("frist_ugedag", ugedag=weekday, klokken=clock)
        month = self.say(f"maaned_{local.month}")
        return self.say("frist_dato", ugedag=weekday, dag=local.day, maaned=month, klokken=clock)

    def _wording(self, key: str, audience: Audience | None, channel: Channel | None) -> str:
        variants = self.variants(key)
        for wanted in ((channel, audience), (None, audience), (channel, None), (None, None)):
            if wanted in variants:
                return variants[wanted]
        raise TextError(f"text {key!r} has no wording for {audience} on {channel}")


class Names:
    """The Danish names of ids, as the desk shows them."""

    def __init__(self, names: Mapping[str, Mapping[str, str]]) -> None:
        self._names = names

    @classmethod
    def load(cls, folder: Path = TEXTS) -> Self:
        """Reads navne.yml."""
        return cls(yaml.safe_load((folder / "navne.yml").read_text(encoding="utf-8")))

    def of(self, kind: str, an_id: str) -> str:
        """The name of an id in one section of the file; raises TextError."""
        try:
            return self._names[kind][str(an_id)]
        except KeyError:
            raise TextError(f"no name for {an_id!r} in {kind!r} of navne.yml") from None

    def all(self, kind: str) -> Mapping[str, str]:
        """Every id of a section with its name, in the file's order; raises TextError."""
        if kind not in self._names:
            raise TextError(f"no section {kind!r} in navne.yml")
        return self._names[kind]

    def theme(self, an_id: str) -> str:
        """The name of a theme."""
        return self.of("tema", an_id)

    def polarity(self, an_id: str) -> str:
        """What `+`, `-` or `0` says of a theme."""
        return self.of("polaritet", an_id)

    def label(self, an_id: str, value: str) -> str:
        """What a route with this value, or a wish, says."""
        return self.of(an_id, value) if an_id in ("klage", "bekymring") else self.of("oenske", an_id)

    def case_kind(self, an_id: str) -> str:
        """The name of a kind of case."""
        return self.of("sagstype", an_id)

    def case_state(self, an_id: str) -> str:
        """The name of a case's state."""
        return self.of("sagstilstand", an_id)

    def ending(self, an_id: str) -> str:
        """How a case ended."""
        return self.of("afslutning", an_id)

    def band(self, an_id: str) -> str:
        """The name of a band of danger."""
        return self.of("baand", an_id)

    def disposition(self, an_id: str) -> str:
        """How an interview ended."""
        return self.of("disposition", an_id)

    def role(self, an_id: str) -> str:
        """Who writes."""
        return self.of("rolle", an_id)

    def staff_role(self, an_id: str) -> str:
        """What somebody at the desk may do."""
        return self.of("medarbejderrolle", an_id)

    def audience(self, an_id: str) -> str:
        """For whom a question is worded."""
        return self.of("maalgruppe", an_id)

    def channel(self, an_id: str) -> str:
        """The way a message came."""
        return self.of("kanal", an_id)

    def indicator(self, an_id: str) -> str:
        """The figure that a question feeds."""
        return self.of("indikator", an_id)


def _variants(key: str, entry: object) -> dict[Variant, str]:
    """A text's wordings by channel and audience; raises TextError."""
    wordings = {_FOR_ALL: entry} if isinstance(entry, str) else entry
    if not isinstance(wordings, dict) or not all(isinstance(wording, str) for wording in wordings.values()):
        raise TextError(f"text {key!r} is neither a text nor texts by channel and audience")
    found: dict[Variant, str] = {}
    for selectors, wording in wordings.items():
        for variant in _selected(key, selectors):
            if variant in found:
                raise TextError(f"text {key!r} has two wordings for {selectors!r}")
            found[variant] = wording.strip()
    if len({_placeholders(wording) for wording in found.values()}) > 1:
        raise TextError(f"the variants of text {key!r} have different placeholders")
    return found


def _selected(key: str, selectors: str) -> Iterable[Variant]:
    """`telegram.foraelder, sms` names two variants: parents on Telegram, and all on SMS; `alle` is everybody else."""
    for selector in selectors.split(","):
        channel: Channel | None = None
        audience: Audience | None = None
        for part in selector.strip().split("."):
            if part in set(Channel):
                channel = Channel(part)
            elif part in set(Audience):
                audience = Audience(part)
            elif part != _FOR_ALL:
                raise TextError(f"text {key!r} has a wording for {part!r}, which is no channel and no audience")
        yield channel, audience


def _placeholders(wording: str) -> frozenset[str]:
    """The names in braces; only plain ones, so that no value's insides can be reached."""
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(wording) if name is not None]
    except ValueError as error:
        raise TextError(f"a brace too many or too few in {wording!r}") from error
    if not all(name.isidentifier() for name in names):
        raise TextError(f"a placeholder is a plain name: {wording!r}")
    return frozenset(names)
