"""All figures of one set of labels, for everybody and for children and the others apart."""

from collections.abc import Sequence

from bot.shared.codebook import Role
from tools.evaluate.rates import Json
from tools.evaluate.routes import measure_complaints, measure_danger
from tools.evaluate.small_labels import measure_languages, measure_no_answers, measure_wishes
from tools.evaluate.themes import measure_themes
from tools.evaluate.wanted import Wanted
from tools.labelling.acted_on import Acted

GROUPS = ("all", "children", "others")


def measure_groups(wanted: Sequence[Wanted], found: Sequence[Acted]) -> dict[str, Json]:
    """The figures of each group of GROUPS that has messages; `found` is in the order of `wanted`."""
    pairs = list(zip(wanted, found, strict=True))
    of_children = [pair for pair in pairs if pair[0].message.role == str(Role.BARN)]
    of_others = [pair for pair in pairs if pair[0].message.role != str(Role.BARN)]
    groups = zip(GROUPS, (pairs, of_children, of_others), strict=True)
    return {name: measure([w for w, _ in group], [f for _, f in group]) for name, group in groups if group}


def measure(wanted: Sequence[Wanted], found: Sequence[Acted]) -> Json:
    """The figures of at least one message."""
    return {
        "messages": len(wanted),
        "themes": measure_themes(wanted, found),
        "complaint": measure_complaints(wanted, found),
        "danger": measure_danger(wanted, found),
        "wishes": measure_wishes(wanted, found),
        "svar_nej": measure_no_answers(wanted, found),
        "language": measure_languages(wanted, found),
    }
