"""The words that both environments share: themes, polarities, routes, wishes, acts, steps.

The labels are those of the codebook (docs/codebook.md). Ids are Danish without æ, ø and å and are never translated; the names
that people read stand in bot/service/texts/.
"""

from enum import Enum


class _Id(str, Enum):
    """A string enum that also prints as its value (Python 3.10 has no StrEnum)."""

    def __str__(self) -> str:
        return str(self.value)


class Theme(_Id):
    """What an answer speaks of."""

    HOERT = "hoert"
    TRYGHED = "tryghed"
    INDFLYDELSE = "indflydelse"
    UDBYTTE = "udbytte"
    INFORMATION = "information"
    VENTETID = "ventetid"
    TILGAENGELIGHED = "tilgaengelighed"
    SAMTYKKE = "samtykke"
    KOORDINERING = "koordinering"
    KONTINUITET = "kontinuitet"
    NETVAERK = "netvaerk"
    PLAN = "plan"
    BUREAUKRATI = "bureaukrati"
    SKOLE = "skole"
    STOETTE = "stoette"
    RAMMER = "rammer"


class Polarity(_Id):
    """Whether a theme worked (`+`), did not (`-`), or neither or both (`0`)."""

    PLUS = "+"
    MINUS = "-"
    NEUTRAL = "0"


class Complaint(_Id):
    """The route `klage`: is it a complaint?"""

    JA = "ja"
    MAASKE = "maaske"
    NEJ = "nej"


class Concern(_Id):
    """The route `bekymring`: is somebody in danger? `akut` is the band *alarm*, `ja` the band *read first*."""

    AKUT = "akut"
    JA = "ja"
    NEJ = "nej"

    @property
    def weight(self) -> int:
        """0, 1, 2 in rising danger, to compare bands."""
        return {"nej": 0, "ja": 1, "akut": 2}[self.value]


class Wish(_Id):
    """What the writer asks of us."""

    OPKALD = "opkald"
    STOP = "stop"
    SPOERGSMAAL = "spoergsmaal"
    TOLK = "tolk"


class Role(_Id):
    """Who writes."""

    BARN = "barn"
    FORAELDER = "foraelder"
    NETVAERK = "netvaerk"
    FAGPERSON = "fagperson"


class Audience(_Id):
    """For whom a question is worded."""

    BARN_7_12 = "barn_7_12"
    BARN_13_17 = "barn_13_17"
    UNG_18_23 = "ung_18_23"
    FORAELDER = "foraelder"
    NETVAERK = "netvaerk"
    FAGPERSON = "fagperson"


class Channel(_Id):
    """The ways in and out."""

    WEBCHAT = "webchat"
    SMS = "sms"
    TELEGRAM = "telegram"


class DialogueAct(_Id):
    """What kind of thing was said: the engine's intents, in order of precedence."""

    BEKYMRING = "bekymring"
    STOP = "stop"
    KLAGE = "klage"
    OPKALD = "opkald"
    TOLK = "tolk"
    SPOERGSMAAL = "spoergsmaal"
    SVAR = "svar"
    BEKRAEFT = "bekraeft"
    AFVIS = "afvis"
    VED_IKKE = "ved_ikke"
    SPRING_OVER = "spring_over"
    HILSEN = "hilsen"
    TAK = "tak"
    HJAELP = "hjaelp"
    ER_DU_ROBOT = "er_du_robot"
    UDENFOR = "udenfor"


ROUTE_ACTS = (
    DialogueAct.BEKYMRING,
    DialogueAct.STOP,
    DialogueAct.KLAGE,
    DialogueAct.OPKALD,
    DialogueAct.TOLK,
    DialogueAct.SPOERGSMAAL,
)
ANSWERING_ACTS = (
    DialogueAct.SVAR,
    DialogueAct.BEKRAEFT,
    DialogueAct.AFVIS,
    DialogueAct.VED_IKKE,
    DialogueAct.SPRING_OVER,
)
SMALL_TALK_ACTS = (
    DialogueAct.HILSEN,
    DialogueAct.TAK,
    DialogueAct.HJAELP,
    DialogueAct.ER_DU_ROBOT,
    DialogueAct.UDENFOR,
)


class AwaitedStep(_Id):
    """What an interview waits for; the engine's slot `venter_paa`."""

    INTET = "intet"
    SAMTYKKE = "samtykke"
    SPOERGSMAAL = "spoergsmaal"
    OPKALD_JA = "opkald_ja"
    OPKALD_NUMMER = "opkald_nummer"
    OPKALD_TID = "opkald_tid"
    FORTSAET = "fortsaet"


class Expects(_Id):
    """What kind of answer the awaited step takes."""

    INTET = "intet"
    SKALA = "skala"
    VALG = "valg"
    JA_NEJ = "ja_nej"
    TEKST = "tekst"
    NUMMER = "nummer"
    TID = "tid"
