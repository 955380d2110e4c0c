"""What the adaptation learns to tell: every label that the shipped heads look for."""

import numpy as np

from bot.engine.understanding.labels import Labels
from bot.shared.codebook import Complaint, Concern, Polarity, Theme, Wish
from tools.adapt.batches import Floats

VERDICTS = (Polarity.PLUS, Polarity.MINUS)
TARGETS = (
    *(str(theme) for theme in Theme),
    *(f"{theme}{sign}" for theme in Theme for sign in VERDICTS),
    "klage",
    "utilfreds",
    "fare",
    "akut",
    *(str(wish) for wish in Wish),
    "svar_nej",
)


def targets(labels: Labels) -> Floats:
    """One or zero for each of TARGETS."""
    found = {str(theme) for theme in labels.themes}
    found |= {f"{theme}{sign}" for theme, sign in labels.themes.items() if sign in VERDICTS}
    found |= {str(wish) for wish in labels.wishes}
    others = {
        "klage": labels.complaint is Complaint.JA,
        "utilfreds": labels.complaint is not Complaint.NEJ,
        "fare": labels.concern is not Concern.NEJ,
        "akut": labels.concern is Concern.AKUT,
        "svar_nej": not labels.answers,
    }
    found |= {name for name, is_so in others.items() if is_so}
    return np.array([name in found for name in TARGETS], dtype=np.float32)
