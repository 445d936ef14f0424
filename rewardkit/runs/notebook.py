"""The figures of a run as a small HTML fragment, for notebooks: `Run._repr_html_` gives it back.

    summary_html(read_run(folder), read_summary(folder))

It has no script, no style sheet and no address; colours are those of the notebook, so that it is readable on light and dark alike.
Whatever a model wrote or was named is text in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from . import wording
from .dots import Dot, Line, components_of, parts_of
from .focus import Focus, focus_of, grader_names
from .records import RunInfo, StageRow, Summary

_MOST_PARTS = 8  # of each column, the worst
_WIDTH, _HEIGHT = 160, 14
_CELL = "text-align:left;padding:.15em 1em .15em 0;vertical-align:middle"


def summary_html(info: RunInfo, summary: Summary) -> str:
    """The headline, one table of stages per grader, comparisons, and where the best stage fails; some kilobytes of HTML."""
    focus = focus_of(info, summary)
    parts = [_line(f"{info.name} ({info.verb})", "opacity:.75")]
    if focus is None:
        parts.append(_line("This run has no figures yet.", "font-weight:bold"))
        return str(_box(parts))
    names = grader_names(info, summary)
    sentence = wording.headline(
        focus.last, focus.first, focus.comparison, info.verb, named=len(names) > 1, baseline=focus.baseline
    )
    parts.append(_line(sentence, "font-weight:bold;font-size:1.1em;max-width:50em"))
    parts += [_stages(name, summary) for name in names]
    parts += [_line(wording.against(row), "") for row in focus.rivals]
    small = (wording.detectable(focus.last), _made(focus.last))
    parts += [_line(sentence, "opacity:.75;font-size:.9em") for sentence in small if sentence]
    return str(_box([*parts, _fails(focus, summary)]))


def _stages(grader: str, summary: Summary) -> Markup:
    rows = [row for row in summary.stages if row.grader == grader and row.slice is None]
    scores = {(row.name, row.decoding): row for row in rows if row.metric == "score"}
    lines = [
        (
            _named(row),
            _bar(row.mean, row.low, row.high, f"{wording.figure(row)}, {wording.bounds(row)}"),
            wording.figure(row),
            wording.bounds(row),
            wording.figure(score) if (score := scores.get((row.name, row.decoding))) else "",
            f"{row.prompts:,}",
            f"{row.unscored:,}",
        )
        for row in rows
        if row.metric == "solved"
    ]
    columns = (grader, "", "Solved", "95 % interval", "Mean score", "Prompts", "Unscored")
    return _table(columns, lines, f"Figures of {grader} by stage")


def _fails(focus: Focus, summary: Summary) -> Markup:
    """The worst parts of the data and the components of the headlined stage, folded."""
    last = focus.last
    rows = [row for row in summary.stages if (row.grader, row.decoding) == (last.grader, last.decoding)]
    mine = [row for row in rows if row.name == last.name]
    tables = [
        _dots(
            dots.title, (*dots.lines, *dots.few)[:_MOST_PARTS], f"Share solved {dots.title}, the worst first"
        )
        for dots in parts_of(mine, last.name)
    ]
    about = (last.name, last.grader, last.decoding)
    parts = [row for row in summary.components if (row.name, row.grader, row.decoding) == about]
    if parts:
        tables.append(_dots("Component", components_of(parts), "Means of the components"))
    if not tables:
        return Markup("")
    head = Markup('<details><summary style="cursor:pointer">Where {} fails</summary>')
    return (
        head.format(wording.visible(wording.within(last.name)))
        + Markup("").join(tables)
        + Markup("</details>")
    )


def _dots(first: str, lines: Sequence[Line], caption: str) -> Markup:
    rows = [_dot_cells(line.label, line.dots[0]) for line in lines]
    return _table((first, "", "Mean", "95 % interval", "Prompts"), rows, caption)


def _dot_cells(label: str, dot: Dot) -> tuple[str | Markup, ...]:
    bar = _bar(dot.mean, dot.low, dot.high, f"{dot.figure}, {dot.small}")
    return label, bar, dot.figure, dot.small, f"{dot.prompts:,}"


def _named(row: StageRow) -> str:
    times = f" \N{MULTIPLICATION SIGN} {row.k}" if row.k > 1 else ""
    alone = row.decoding == "given" and not times
    return wording.stage_label(row.name) + ("" if alone else f", {row.decoding}{times}")


def _made(row: StageRow) -> str:
    how = wording.method(row)
    return f"Interval: {how}." if how else ""


def _bar(mean: float | None, low: float | None, high: float | None, words: str) -> Markup:
    """A dot with its whisker on an axis from 0 to 1; what lies outside is drawn at its end."""
    head = Markup(
        '<svg role="img" aria-label="{}" width="{}" height="{}" viewBox="-6 0 {} {}" style="color:inherit">'
        '<path d="M0 {m}H{w}M0 2V{b}M{w} 2V{b}" stroke="currentColor" stroke-opacity=".3"/>'
    ).format(
        wording.visible(words), _WIDTH, _HEIGHT, _WIDTH, _HEIGHT, m=_HEIGHT / 2, w=_WIDTH - 12, b=_HEIGHT - 2
    )
    drawn = []
    if low is not None and high is not None:
        whisker = Markup('<path d="M{:.1f} {y}H{:.1f}" stroke="currentColor" stroke-width="3"/>')
        drawn.append(whisker.format(_at(low), _at(high), y=_HEIGHT / 2))
    if mean is not None:
        drawn.append(
            Markup('<circle cx="{:.1f}" cy="{}" r="5" fill="currentColor"/>').format(_at(mean), _HEIGHT / 2)
        )
    return head + Markup("").join(drawn) + Markup("</svg>")


def _at(share: float) -> float:
    return (_WIDTH - 12) * min(1.0, max(0.0, share))


def _table(columns: Iterable[str], lines: Iterable[Sequence[str | Markup]], caption: str) -> Markup:
    head = Markup("").join(_cell("th", name) for name in columns)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(_cell("td", cell) for cell in line)) for line in lines
    )
    return Markup(
        '<table aria-label="{}" style="border-collapse:collapse;margin:.4em 0"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(wording.visible(caption), head, body)


def _cell(tag: str, text: str | Markup) -> Markup:
    shown = text if isinstance(text, Markup) else escape(wording.visible(text))
    return Markup('<{tag} style="{style}">{}</{tag}>').format(shown, tag=Markup(tag), style=_CELL)


def _line(text: str, style: str) -> Markup:
    return Markup('<p style="margin:.2em 0;{}">{}</p>').format(style, wording.visible(text))


def _box(parts: Iterable[Markup]) -> Markup:
    return Markup('<div style="line-height:1.4">{}</div>').format(Markup("").join(parts))
