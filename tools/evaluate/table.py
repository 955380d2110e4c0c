"""The report as a table to read: pure words, no arithmetic but rounding."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tools.evaluate.rates import Json
from tools.evaluate.report import GROUPS
from tools.evaluate.speed import OURS

MOST_MISSES = 15
MOST_CONFUSIONS = 8
SHOWN_LABELS = 4  # wrong labels of one miss
WIDTH = 13  # of a column with a long head
SMALL, CLEAR = 0.1, 10  # below: three decimals, since goals are there (≤ .01); from here on none

Figure = Callable[[Json], "Json | float | None"]
# Name, the goal of issue 3 as words, and where the figure stands in a group of the report.
FIGURES: tuple[tuple[str, str, Figure], ...] = (
    ("themes macro-F1", "≥ .82", lambda g: g["themes"]["macro_f1"]),
    ("themes micro-F1", "≥ .84", lambda g: g["themes"]["micro_f1"]),
    ("polarity right, of found themes", "≥ .93", lambda g: g["themes"]["polarity"]),
    ("klage recall", "≥ .95", lambda g: g["complaint"]["klage"]["recall"]),
    ("klage precision", "≥ .80", lambda g: g["complaint"]["klage"]["precision"]),
    ("klage F1", "", lambda g: g["complaint"]["klage"]["f1"]),
    ("klage precision at recall .95", "", lambda g: _at(g["complaint"]["klage_at_recall"])),
    ("utilfreds (ja or maaske) F1", "", lambda g: g["complaint"]["utilfreds"]["f1"]),
    ("danger recall", "≥ .98", lambda g: g["danger"]["danger"]["recall"]),
    ("danger precision", "≥ .50", lambda g: g["danger"]["danger"]["precision"]),
    ("danger precision at recall .98", "", lambda g: _at(g["danger"]["danger_at_recall"])),
    ("… by the model without the net", "", lambda g: _at(g["danger"]["danger_at_recall_by_model"])),
    ("acute in alarm", "≥ .95", lambda g: g["danger"]["acute_in_alarm"]),
    ("acute at least in read first", "all", lambda g: g["danger"]["acute_read_first_at_least"]),
    ("harmless in alarm", "≤ .01", lambda g: g["danger"]["harmless_in_alarm"]),
    ("harmless in read first", "≤ .06", lambda g: g["danger"]["harmless_in_read_first"]),
    ("alarms in 1,000, 1 % danger", "", lambda g: g["danger"]["in_1000_messages"]["alarms"]["all"]),
    ("read first in 1,000, 1 % danger", "", lambda g: g["danger"]["in_1000_messages"]["read_first"]["all"]),
    ("wishes micro-F1", "≥ .85", lambda g: g["wishes"]["micro_f1"]),
    ("wishes macro-F1", "", lambda g: g["wishes"]["macro_f1"]),
    ("svar nej F1", "≥ .85", lambda g: g["svar_nej"]["f1"]),
    ("svar nej recall", "", lambda g: g["svar_nej"]["recall"]),
    ("svar nej precision", "", lambda g: g["svar_nej"]["precision"]),
    ("language right", "", lambda g: g["language"]),
)
COMPARED: tuple[tuple[str, Figure], ...] = (
    ("macro", lambda g: g["themes"]["macro_f1"]),
    ("micro", lambda g: g["themes"]["micro_f1"]),
    ("polar.", lambda g: g["themes"]["polarity"]),
    ("klageF1", lambda g: g["complaint"]["klage"]["f1"]),
    ("recall", lambda g: g["complaint"]["klage"]["recall"]),
    ("prec.", lambda g: g["complaint"]["klage"]["precision"]),
    ("danger r", lambda g: g["danger"]["danger"]["recall"]),
    ("prec.", lambda g: g["danger"]["danger"]["precision"]),
    ("wishes", lambda g: g["wishes"]["micro_f1"]),
    ("svar", lambda g: g["svar_nej"]["f1"]),
)


def table(report: Json) -> str:
    """The whole report in less than 120 lines."""
    parts = (_head, _figures, _themes, _small_labels, _rules, _baselines, _speed, _confusions, _misses)
    return "\n".join(line for part in parts for line in part(report)) + "\n"


def number(value: "float | None") -> str:
    """Two or three decimals with no leading zero; a figure that is not defined is a dash."""
    if value is None:
        return "–"
    if abs(value) >= CLEAR:
        return f"{value:.0f}"
    return f"{value:.{3 if 0 < abs(value) < SMALL else 2}f}".removeprefix("0")


def _head(report: Json) -> Iterator[str]:
    groups = ", ".join(f"{report['groups'][g]['messages']} {g}" for g in GROUPS if g in report["groups"])
    yield f"{', '.join(report['data']['files'])}: {groups}; model of {report['model']['trained']}"
    yield "seconds: " + ", ".join(f"{part} {taken:.0f}" for part, taken in report["seconds"].items())
    yield ""


def _figures(report: Json) -> Iterator[str]:
    shown = [name for name in GROUPS if name in report["groups"]]
    yield f"{'':32}{'goal':7}" + "".join(f"{name:>24}" for name in shown)
    for name, goal, figure in FIGURES:
        cells = [_with_interval(figure(report["groups"][group])) for group in shown]
        yield f"{name:32}{goal:7}" + "".join(f"{cell:>24}" for cell in cells)
    yield ""


def _themes(report: Json) -> Iterator[str]:
    groups = report["groups"]
    rest = [name for name in GROUPS[1:] if name in groups]
    yield _cells("theme", ("wanted", "found", "prec.", "recall", "F1", "polarity", *(f"F1 {name}" for name in rest)), width=WIDTH)
    for theme, each in groups["all"]["themes"]["each"].items():
        apart = [number(groups[name]["themes"]["each"][theme]["f1"]) for name in rest]
        yield _cells(theme, (*_of_label(each), number(each["polarity"]["share"]), *apart), width=WIDTH)
    yield ""


def _small_labels(report: Json) -> Iterator[str]:
    everybody = report["groups"]["all"]
    yield _cells("label", ("wanted", "found", "prec.", "recall", "F1"))
    danger, complaint = everybody["danger"], everybody["complaint"]
    others = {"fare": danger["danger"], "klage": complaint["klage"], "utilfreds": complaint["utilfreds"]}
    for name, each in {**others, **everybody["wishes"]["each"], "svar nej": everybody["svar_nej"]}.items():
        yield _cells(name, _of_label(each))
    wrong = [f"{pair} {times}" for pair, times in everybody["language"]["wrong"].items()]
    yield "languages wanted>found wrongly: " + (", ".join(wrong[:10]) or "none")


def _rules(report: Json) -> Iterator[str]:
    rules = report["rules_alone"]
    recall, harmless = _with_interval(rules["danger"]["recall"]), _with_interval(rules["harmless"])
    yield f"safety net's rules alone: danger recall {recall} (goal ≥ .75), harmless hit {harmless} (goal ≤ .05)"
    yield ""


def _baselines(report: Json) -> Iterator[str]:
    if not report["baselines"]:
        return
    yield _cells("all messages", (*(name for name, _ in COMPARED), "ms"), first=26, width=9)
    rows = {OURS: report["groups"]["all"], **{name: each["all"] for name, each in report["baselines"].items()}}
    for name, group in rows.items():
        cells = [number(_value(figure(group))) for _, figure in COMPARED]
        yield _cells(name, (*cells, _ms(report, name)), first=26, width=9)
    yield ""


def _speed(report: Json) -> Iterator[str]:
    if not report["speed"]:
        return
    speed = report["speed"]
    yield f"ms a message, one core, {speed['messages']} messages:"
    for name, each in speed["ms"].items():
        ratio = f"{speed['ratio'][name]:.2f}" if name in speed["ratio"] else ""
        yield f"  {name:26}median {each['median']:6.1f}   p95 {each['p95']:6.1f}" + (f"   {OURS} × {ratio}" if ratio else "")
    yield ""


def _confusions(report: Json) -> Iterator[str]:
    shown = [f"{each['wanted']}>{each['found']} {each['times']}" for each in report["confused_themes"][:MOST_CONFUSIONS]]
    yield "themes missed>found instead: " + (", ".join(shown) or "none")
    pairs = [f"{pair} {times}" for pair, times in report["groups"]["all"]["themes"]["polarity_confusion"].items()]
    yield "polarity wanted>found: " + ", ".join(pairs)


def _misses(report: Json) -> Iterator[str]:
    misses = report["misses"]
    yield f"messages with a wrong label: {len(misses)}; the worst, label wanted>found and distance of the score:"
    for each in misses[:MOST_MISSES]:
        wrong = ", ".join(
            f"{m['label']} {m['wanted']}>{m['found']} {number(m['distance'])}" for m in each["misses"][:SHOWN_LABELS]
        )
        yield f"  {each['id']:8}{wrong}" + (f"  “{each['text']}”" if "text" in each else "")


def _of_label(each: Mapping[str, Any]) -> tuple[str, ...]:
    shares = (each["precision"]["share"], each["recall"]["share"], each["f1"])
    return (str(each["wanted"]), str(each["found"]), *map(number, shares))


def _cells(name: str, cells: Sequence[str], *, first: int = 18, width: int = 10) -> str:
    return f"{name:{first}}" + "".join(f"{cell:>{width}}" for cell in cells)


def _with_interval(figure: "Json | float | None") -> str:
    value = number(_value(figure))
    if not isinstance(figure, Mapping) or _value(figure) is None:
        return value
    of = f" of {figure['of']}" if "of" in figure else ""
    return f"{value} ({number(figure['low'])}–{number(figure['high'])}){of}"


def _value(figure: "Json | float | None") -> "float | None":
    if isinstance(figure, Mapping):
        found = figure["share"] if "share" in figure else figure["value"]
        return None if found is None else float(found)
    return figure


def _at(found: "Json | None") -> "Json | None":
    return None if found is None else found["precision"]


def _ms(report: Json, name: str) -> str:
    speed = report["speed"] or {"ms": {}}
    return f"{speed['ms'][name]['median']:.1f}" if name in speed["ms"] else ""
