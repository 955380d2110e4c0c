"""The routes: complaint and danger, at the operating point in use and along the scores."""

from collections.abc import Mapping, Sequence

import numpy as np

from bot.shared import safety_net
from bot.shared.codebook import Complaint, Concern
from tools.evaluate.rates import Json, Marks, precision_at, precision_recall, share
from tools.evaluate.wanted import Wanted
from tools.labelling.acted_on import Acted

DANGER_IN_1000 = 10  # "in real life perhaps one message in a hundred is danger"
COMPLAINT_RECALL, DANGER_RECALL = 0.95, 0.98


def measure_complaints(wanted: Sequence[Wanted], found: Sequence[Acted]) -> Json:
    """`klage` is ja against the rest, `utilfreds` ja or maaske against nej."""
    truth, answer = [w.klage for w in wanted], [f.klage for f in found]
    is_complaint = _marks(truth, Complaint.JA)
    return {
        "klage": precision_recall(is_complaint, _marks(answer, Complaint.JA)),
        "klage_at_recall": _precision_at(COMPLAINT_RECALL, is_complaint, [f.scores for f in found], "klage"),
        "utilfreds": precision_recall(~_marks(truth, Complaint.NEJ), ~_marks(answer, Complaint.NEJ)),
    }


def measure_danger(wanted: Sequence[Wanted], found: Sequence[Acted]) -> Json:
    """Danger (akut or ja), the bands of acute and of harmless messages, and what 1,000 messages would bring."""
    truth, answer = [w.bekymring for w in wanted], [f.bekymring for f in found]
    harmless, acute = _marks(truth, Concern.NEJ), _marks(truth, Concern.AKUT)
    alarm, read_first = _marks(answer, Concern.AKUT), _marks(answer, Concern.JA)
    return {
        "danger": precision_recall(~harmless, alarm | read_first),
        "danger_at_recall": _precision_at(DANGER_RECALL, ~harmless, [f.scores for f in found], "fare"),
        "danger_at_recall_by_model": _precision_at(DANGER_RECALL, ~harmless, [f.by_model for f in found], "fare"),
        "acute_in_alarm": _share_of(acute, alarm),
        "acute_read_first_at_least": _share_of(acute, alarm | read_first),
        "harmless_in_alarm": _share_of(harmless, alarm),
        "harmless_in_read_first": _share_of(harmless, read_first),
        "in_1000_messages": {
            "alarms": per_thousand(harmless, alarm),
            "read_first": per_thousand(harmless, read_first),
        },
    }


def measure_rules(wanted: Sequence[Wanted]) -> Json:
    """The safety net's danger rules with no model beside them."""
    harmless = _marks([w.bekymring for w in wanted], Concern.NEJ)
    hit = ~_marks([str(safety_net.read(w.message.text).danger) for w in wanted], Concern.NEJ)
    return {"danger": precision_recall(~harmless, hit), "harmless": _share_of(harmless, hit)}


def per_thousand(harmless: Marks, band: Marks) -> Json:
    """How many of 1,000 messages come into a band if DANGER_IN_1000 are danger, and how many of them are harmless."""
    of_danger, of_harmless = _share_of(~harmless, band)["share"], _share_of(harmless, band)["share"]
    if of_danger is None or of_harmless is None:
        return {"all": None, "harmless": None}
    false = (1000 - DANGER_IN_1000) * of_harmless
    return {"all": DANGER_IN_1000 * of_danger + false, "harmless": false}


def _share_of(among: Marks, band: Marks) -> Json:
    return share(int((among & band).sum()), int(among.sum()))


def _marks(values: Sequence[str], value: "Complaint | Concern") -> Marks:
    return np.array([each == str(value) for each in values], dtype=np.bool_)


def _precision_at(recall: float, wanted: Marks, scores: Sequence[Mapping[str, float]], head: str) -> "Json | None":
    """None for a baseline, which has no scores."""
    if any(head not in each for each in scores):
        return None
    return precision_at(recall, wanted, np.array([each[head] for each in scores], dtype=np.float64))
