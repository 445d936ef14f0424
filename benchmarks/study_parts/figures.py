"""The study's figures for docs/: the charts of the report, each in a file that stands alone, in light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import escape

from rewardkit.evaluating.statistics import OverSeeds
from rewardkit.runs.charts import WIDTH, Series, Whisker, curves, dot_whisker

from .findings import SETTINGS, Findings, Setting, Way

_STYLE = """
:root{--paper:#fdfdfc;--ink:#1c2024;--soft:#5a6169;--line:#dfe2e6;--accent:#0b6e7f;--s0:#0b6e7f;--s1:#b25e00;--s2:#6a4bb0;--s3:#1f7a3d}
@media (prefers-color-scheme:dark){:root{--paper:#15181b;--ink:#e7e9eb;--soft:#a0a8b0;--line:#343a40;--accent:#5cc2d3;--s0:#5cc2d3;--s1:#f0a656;--s2:#b6a0ee;--s3:#74cc8c}}
.paper{fill:var(--paper)}text{font:12px system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--ink)}.head{font-size:14px;font-weight:650}
.tick{fill:var(--soft);font-size:11px}.strong{font-weight:650}.grid{stroke:var(--line);stroke-width:1}
line.dot{stroke:var(--soft);stroke-width:2.5;stroke-linecap:round}circle.dot{fill:var(--soft);stroke:var(--soft);stroke-width:2}
line.dot.strong{stroke:var(--accent)}circle.dot.strong{fill:var(--accent);stroke:var(--accent)}circle.hollow,circle.dot.strong.hollow{fill:var(--paper)}
.line{fill:none;stroke-width:2;stroke-linejoin:round}.line.s0{stroke:var(--s0)}.line.s1{stroke:var(--s1);stroke-dasharray:7 4}.line.s2{stroke:var(--s2);stroke-dasharray:2 4}
.line.s3{stroke:var(--s3);stroke-dasharray:10 3 2 3}.point.s0{fill:var(--s0)}.point.s1{fill:var(--s1)}.point.s2{fill:var(--s2)}.point.s3{fill:var(--s3)}
"""
_MARGIN, _HEAD = 16, 40
NUMBERS = (6, 12, 50, 200)
NUMBERED = {"base": Way("base"), "SFT, own": Way("sft-own"), "SFT, expert": Way("sft-expert"), "SFT, answer": Way("sft-answer"), "RAFT": Way("raft"), "RFT": Way("rft-partial", "ours"), "SFT+RFT": Way("sft-own+rft", "ours")}  # fmt: skip
STEPPED = {
    "exact only, our scaling": Way("rft-exact", "ours"),
    "partial credit, our scaling": Way("rft-partial", "ours"),
    "exact only, TRL's scaling": Way("rft-exact", "trl"),
    "partial credit, TRL's scaling": Way("rft-partial", "trl"),
}


def write_figures(study: Findings, folder: Path) -> list[Path]:
    """Every figure that the record has something for."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {}
    for setting in SETTINGS:
        if setting.n == 12 and study.ways(setting):
            few = "-few" if setting.few else ""
            low = "-low" if setting.bases == ("low",) else ""
            drawn[f"{setting.task}{low}{few}"] = _methods(study, setting)
    for task in ("sql", "orders"):
        drawn[f"{task}-numbers"] = _numbers(study, task)
    near_zero = Setting("near 0", "sql", ("low",))
    drawn["sql-low-reward"] = _steps(study, near_zero, "reward", "Reward of each step, from a base near 0 %")
    drawn["sql-low-saturated"] = _steps(
        study, near_zero, "saturated", "Groups without a signal, from a base near 0 %"
    )
    paths = []
    for name, figure in drawn.items():
        if figure:
            paths.append(folder / f"{name}.svg")
            paths[-1].write_text(figure + "\n", encoding="utf-8")
    return paths


def _methods(study: Findings, setting: Setting) -> str:
    rows = []
    for way in study.ways(setting):
        for decoding in ("greedy", "sampled"):
            found = study.shares(setting, way, decoding)
            if found:
                rows.append(_whisker(way.label, decoding, found, strong="rft" in way.method and decoding == "greedy", hollow=decoding == "sampled"))  # fmt: skip
    return _alone(dot_whisker(rows, setting.title), f"{setting.title}: share solved")


def _numbers(study: Findings, task: str) -> str:
    """How far each number of labels carries; one base, whatever seeds there are."""
    rows = []
    for n in NUMBERS:
        setting = Setting("", task, ("a",), n)
        for name, way in NUMBERED.items():
            found = study.shares(setting, way)
            if found and (way.method != "base" or n == NUMBERS[0]):
                rows.append(_whisker("no labels" if way.method == "base" else f"{n} labels", name, found, strong="rft" in way.method))  # fmt: skip
    if len({row.label for row in rows}) < 3:
        return ""
    return _alone(dot_whisker(rows, "Numbers of labels"), "Share solved greedily, by the number of labels")


def _steps(study: Findings, setting: Setting, key: str, title: str) -> str:
    found = [
        Series(name, list(enumerate(study.curve(setting, way, key), 1))) for name, way in STEPPED.items()
    ]
    found = [one for one in found if one.points]
    if not found:
        return ""
    chart = curves(found, title, width=WIDTH, height=260, share=True)
    return _alone(chart, title, [one.name for one in found])


def _whisker(label: str, note: str, found: OverSeeds, *, strong: bool, hollow: bool = False) -> Whisker:
    both = found.both
    low, high = (
        (None, None) if both.low is None or both.high is None else (max(0.0, both.low), min(1.0, both.high))
    )
    return Whisker(label, note, both.mean, low, high, hollow, strong)


def _alone(chart: str, title: str, legend: Sequence[str] = ()) -> str:
    """A chart of the report as a file of its own: its style, a title, a legend, some paper around."""
    width, height = map(float, chart.partition('viewBox="')[2].partition('"')[0].split()[2:])
    top = _HEAD + 18 * len(legend)
    inner = str(chart).replace(  # Markup would escape what is put in
        "<svg ", f'<svg x="{_MARGIN}" y="{top}" width="{width:g}" height="{height:g}" ', 1
    )
    keys = "".join(
        f'<path class="line s{i}" d="M{_MARGIN} {_HEAD + 18 * i}h28"/><text x="{_MARGIN + 36}" y="{_HEAD + 4 + 18 * i}">{escape(name)}</text>'
        for i, name in enumerate(legend)
    )
    across, down = width + 2 * _MARGIN, top + height + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:g} {down:g}" width="{across:g}" height="{down:g}"><style>{_STYLE}</style>'
        f'<rect class="paper" width="100%" height="100%"/><text class="head" x="{_MARGIN}" y="24">{escape(title)}</text>{keys}{inner}</svg>'
    )
