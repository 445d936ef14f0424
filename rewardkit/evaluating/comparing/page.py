"""A comparison as one page: the verdict first, differences with their intervals, seeds one by one, parts of the data, the worst regressions.

    write_comparison(compare("runs/before", "runs/after"), Path("difference.html"))

Like report.html it loads nothing, needs no script, prints, and shows whatever a model wrote as text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from rewardkit.runs import charts
from rewardkit.runs.files import replace_file
from rewardkit.runs.records import Metric
from rewardkit.runs.templates import asset, environment

from . import wording
from .compared import Against, Compared
from .figures import Figures

_STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)  # times a power of ten: where an axis may end


@dataclass(frozen=True, slots=True)
class Lane:
    """A difference on an axis: places in [0, 1] of its dot and interval (None: none), and its words."""

    name: str
    small: str
    mean: float
    low: float | None
    high: float | None
    figure: str
    cells: Sequence[str] = ()
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Lanes:
    """Differences on one axis, in the middle of which is no difference; `axis` names its ends and its middle."""

    axis: tuple[str, str, str]
    lanes: Sequence[Lane]
    metric: Metric


@dataclass(frozen=True, slots=True)
class Section:
    """One other side on the page."""

    headline: str
    paired: str
    pair: Against
    figures: Sequence[Lanes]
    seeds: Lanes | None
    slices: Lanes | None
    balance: Markup
    spread: Markup | None
    beside: Sequence[str]


def write_comparison(compared: Compared, path: Path, *, margin: float | None = None) -> Path:
    """Write the page and return its path."""
    templates = environment()
    html = templates.get_template("comparison.html.j2").render(
        base=compared.base,
        sections=[_section(compared, pair, margin) for pair in compared.pairs],
        style=asset(templates, "report.css.j2"),
    )
    replace_file(path.resolve(), html.encode())
    return path


def _section(compared: Compared, pair: Against, margin: float | None) -> Section:
    first = pair.primary
    metrics = dict.fromkeys(each.metric for each in pair.figures)
    return Section(
        wording.headline(compared, pair),
        wording.paired(compared, pair),
        pair,
        [
            _lanes([(each.grader, each) for each in pair.figures if each.metric == metric])
            for metric in metrics
        ],
        _seeds(first),
        _lanes(list(pair.slices)) if pair.slices else None,
        _balance(first),
        _spread(first),
        list(wording.beside(pair, margin)),
    )


def _lanes(found: Sequence[tuple[str, Figures]]) -> Lanes:
    """Differences of one metric on the axis that holds them all."""
    reach = _reach([bound for _, each in found for bound in (*each.bounds, each.comparison.difference)])
    lanes = [
        Lane(
            name,
            f"{each.prompts:,} prompts",
            _place(each.comparison.difference, reach),
            _placed(each.bounds[0], reach),
            _placed(each.bounds[1], reach),
            wording.difference(each),
            (
                wording.verdict(each),
                f"{wording.level(each, each.base)} \N{RIGHTWARDS ARROW} {wording.level(each, each.other)}",
                f"{each.won:,} / {each.tied:,} / {each.lost:,}",
                wording.p_value(each),
            ),
            strong=each.primary,
        )
        for name, each in found
    ]
    return Lanes(_axis(found[0][1], reach), lanes, found[0][1].metric)


def _seeds(first: Figures) -> Lanes | None:
    """The difference of each seed, then their mean with the interval over seeds and prompts."""
    if first.seeds is None:
        return None
    low, high = first.bounds
    reach = _reach([*first.seeds.means, low, high])
    lanes = [
        Lane(f"Seed {n}", "", _place(mean, reach), None, None, wording.size(first, mean))
        for n, mean in enumerate(first.seeds.means, 1)
    ]
    sure = "another seed on other prompts" if first.seeds.both.low is not None else "other prompts only"
    whole = Lane(
        "All seeds",
        sure,
        _place(first.comparison.difference, reach),
        _placed(low, reach),
        _placed(high, reach),
        wording.difference(first),
        strong=True,
    )
    return Lanes(_axis(first, reach), [*lanes, whole], first.metric)


def _balance(first: Figures) -> Markup:
    parts = [
        ("the other did better", first.won, "gain"),
        ("no difference", first.tied, "wrong"),
        ("the base did better", first.lost, "loss"),
    ]
    return charts.stacked(parts, "Prompts by which side did better")


def _spread(first: Figures) -> Markup | None:
    """How large the differences of single prompts are; nothing where they only say won, tied or lost."""
    if len(set(first.differences)) < 4:
        return None
    low, high = min(-1.0, *first.differences), max(1.0, *first.differences)
    return charts.histogram(first.differences, low, high, "Differences of single prompts", bins=40)


def _reach(values: Sequence[float | None]) -> float:
    """How far the axis goes to both sides: the largest of the values, rounded up to a round number."""
    most = max((abs(value) for value in values if value is not None), default=0.0) or 0.01
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in _STEPS if step * power >= most * (1 - 1e-9))


def _place(value: float, reach: float) -> float:
    return (value + reach) / (2 * reach)


def _placed(value: float | None, reach: float) -> float | None:
    return None if value is None else _place(value, reach)


def _axis(each: Figures, reach: float) -> tuple[str, str, str]:
    scale = 100 if each.metric == "solved" else 1
    return (f"\N{MINUS SIGN}{scale * reach:g}", "0", f"+{scale * reach:g}")
