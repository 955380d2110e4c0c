"""The closed lists of words that stand in columns. Ids are Danish without æ, ø and å where people see them."""

from enum import StrEnum


class StaffRole(StrEnum):
    """What a member of staff may do at the desk."""

    HANDLER = "sagsbehandler"  # complaint handler
    DUTY = "vagt"
    LEADER = "leder"
    ADVISER = "raadgiver"
    SECRETARY = "sekretaer"
    ADMINISTRATOR = "administrator"


class ContactSafety(StrEnum):
    """Whether a number may be used. `nej` blocks every outbound message and the call button alike."""

    JA = "ja"
    KUN_OPKALD = "kun_opkald"
    NEJ = "nej"


class InterviewState(StrEnum):
    """Where an interview stands; `inviteret` and `i_gang` are open."""

    PLANLAGT = "planlagt"
    INVITERET = "inviteret"
    I_GANG = "i_gang"
    AFSLUTTET = "afsluttet"


class Disposition(StrEnum):
    """How an interview ended, or would if it ended now; they define every rate."""

    IKKE_KONTAKTET = "ikke_kontaktet"
    IKKE_LEVERET = "ikke_leveret"
    INTET_SVAR = "intet_svar"
    AFBRUDT = "afbrudt"
    DELVIS = "delvis"
    FULDFOERT = "fuldfoert"
    AFVIST = "afvist"
    STOPPET = "stoppet"
    AFSLUTTET_AF_OS = "afsluttet_af_os"


class AnswerKind(StrEnum):
    """What an answer holds."""

    VALUE = "valg"  # a scale step or an option; `value` is set
    TEXT = "tekst"
    COMMENT = "kommentar"  # words beside a closed question, which stays unanswered
    SKIPPED = "sprunget"
    DONT_KNOW = "ved_ikke"
    UNUSABLE = "ubrugeligt"  # a closed question given up after two re-asks


class InboundKind(StrEnum):
    """What came in."""

    TEXT = "tekst"
    PRESS = "tryk"
    STICKER = "klistermaerke"
    MEDIA = "medie"  # voice, photo, video, document
    OPEN = "aabnet"  # a chat was opened by its code
    LEFT = "forladt"  # the citizen blocked us; counts as STOP


class MediaKind(StrEnum):
    """What was sent beside words."""

    VOICE = "tale"
    AUDIO = "lyd"
    PHOTO = "billede"
    VIDEO = "video"
    VIDEO_NOTE = "videohilsen"
    ANIMATION = "animation"
    DOCUMENT = "dokument"
    PLACE = "sted"  # a point on the map; came with the message, nothing is fetched


class MediaState(StrEnum):
    """`waiting` → one of the others; a handler may let a failed one be tried again."""

    WAITING = "waiting"
    FETCHED = "fetched"
    REFUSED = "refused"  # larger, or more, than we take
    FAILED = "failed"  # not to be had after all tries


READABLE = (InboundKind.TEXT, InboundKind.MEDIA)  # a photo's caption is words too


class LabelSource(StrEnum):
    """Who found a label."""

    MODEL = "model"
    RULE = "rule"  # the safety net's rules; then no clause carried it


class TurnState(StrEnum):
    """`waiting` → `asked` → `done`, or `given_up` into a human's hands."""

    WAITING = "waiting"
    ASKED = "asked"
    DONE = "done"
    GIVEN_UP = "given_up"


class OutboundKind(StrEnum):
    """What a message to a citizen is for; how soon it leaves is in RANKS."""

    REPLY = "svar"
    SAFETY = "tryghed"  # the thanks that answers danger
    STOP = "stop"  # the one confirmation of STOP
    INVITATION = "invitation"
    REMINDER = "paamindelse"
    HANDLER = "medarbejder"  # written by a handler in the web chat


RANKS = {  # what leaves first has the lowest; rows that exist keep theirs
    OutboundKind.SAFETY: 0,
    OutboundKind.STOP: 0,
    OutboundKind.REPLY: 1,
    OutboundKind.HANDLER: 1,
    OutboundKind.INVITATION: 2,
    OutboundKind.REMINDER: 2,
}


class OutboundState(StrEnum):
    """The last five never change again."""

    WAITING = "waiting"
    SENDING = "sending"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # sent or not, nobody can tell: with a human
    TIMED_OUT = "timed_out"  # handed over, and 72 hours went by without a receipt


TERMINAL_OUTBOUND = frozenset(
    {
        OutboundState.DELIVERED,
        OutboundState.FAILED,
        OutboundState.CANCELLED,
        OutboundState.UNKNOWN,
        OutboundState.TIMED_OUT,
    }
)


class CaseKind(StrEnum):
    """Why a human must act."""

    BEKYMRING = "bekymring"
    KLAGE = "klage"
    OPKALD = "opkald"
    TOLK = "tolk"
    SPOERGSMAAL = "spoergsmaal"
    UBEHANDLET = "ubehandlet"


class CaseState(StrEnum):
    """Where a case stands. Parking never erases a deadline."""

    NY = "ny"
    TAGET = "taget"
    PARKERET = "parkeret"
    LUKKET = "lukket"


class CallConsent(StrEnum):
    """May we ring?"""

    USPURGT = "uspurgt"
    SPURGT = "spurgt"
    JA = "ja"
    NEJ = "nej"


class WayIn(StrEnum):
    """How a case reached us; the first three are the channels."""

    WEBCHAT = "webchat"
    SMS = "sms"
    TELEGRAM = "telegram"
    TELEFON = "telefon"
    MAIL = "mail"
    BREV = "brev"
    FREMMOEDE = "fremmoede"


class CaseEnding(StrEnum):
    """How a case can end (design: endings of section 5; no other)."""

    TALT_MED = "talt_med"  # reached
    AFSLOG = "afslog"  # declined
    TRUKKET_TILBAGE = "trukket_tilbage"  # withdrawn in writing
    IKKE_KLAGE = "ikke_klage"  # not a complaint; a second person confirms
    INGEN_VEJ = "ingen_vej"  # no way to call
    IKKE_TRUFFET = "ikke_truffet"  # three attempts on two days, then a letter
    OVERGIVET = "overgivet"  # danger: handed over
    VURDERET = "vurderet"  # danger: checked
    BEHANDLET = "behandlet"  # the others: dealt with
    AF_SIG_SELV = "af_sig_selv"  # an outage's case whose turn was worked after all


class CallOutcome(StrEnum):
    """How a call went."""

    TRUFFET = "truffet"
    IKKE_TRUFFET = "ikke_truffet"
    FORKERT_NUMMER = "forkert_nummer"
    BESKED_LAGT = "besked_lagt"
    AFSLOG = "afslog"


class CaseEventKind(StrEnum):
    """What the case's log tells."""

    OPENED = "aabnet"
    MESSAGE = "besked"
    BAND_RAISED = "haevet"
    ALARM = "alarm"
    CONSENT = "samtykke"
    NUMBER = "nummer"
    TIME = "tidspunkt"
    TAKEN = "taget"
    RELEASED = "lagt_tilbage"
    HANDED_OVER = "overdraget"
    ACKNOWLEDGED = "kvitteret"
    CALL = "opkald"
    NOTE = "notat"
    PARKED = "parkeret"
    WROTE = "skrev"
    ENDED = "lukket"
    REOPENED = "genaabnet"
