"""A parse result as the trained model gives it, for tests that need no model."""

from typing import Any

from tools.labelling.acted_on import SCORES


def parsed(**changed: Any) -> dict[str, Any]:
    """A message about nothing; `changed` replaces whole keys, and single scores under `scores`."""
    scores = {**dict.fromkeys(SCORES, 0.1), **changed.pop("scores", {})}
    return {
        "language": {"id": "da", "score": 1.0},
        "themes": [],
        "routes": {
            "klage": {"value": "nej", "score": 0.1, "clause": None},
            "bekymring": {"value": "nej", "score": 0.1, "clause": None},
        },
        "wishes": [],
        "svar": {"value": "ja", "score": 0.9},
        "scores": scores,
        **changed,
    }
