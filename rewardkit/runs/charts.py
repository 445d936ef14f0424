"""Charts of the report as inline SVG, drawn here so that the page needs no library and no network.

Each function returns one `<svg role="img">` with a title and a description in words. Colours are classes (`s0`, `s1`, ...) that the style
sheet sets for light, dark and print; series differ by dash as well, so that colour is never the only mark.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from .wording import percent, visible

WIDTH = 480  # units of the view box; the page scales the drawing
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 12, 26
_LEAST_SHARE = 0.1  # an axis of shares reaches at least so far, or one stray completion looks like a mountain
_SMOOTH_FROM = 50  # steps from which a curve is drawn with its moving average


@dataclass(frozen=True, slots=True)
class Whisker:
    """One line of a dot-and-whisker chart: shares in [0, 1]; `low` and `high` None draw the dot alone."""

    label: str
    note: str
    mean: float
    low: float | None
    high: float | None
    hollow: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A curve: (step, value) points in order of steps."""

    name: str
    points: Sequence[tuple[float, float]]


def dot_whisker(rows: Sequence[Whisker], title: str) -> Markup:
    """Shares with their intervals, one line each, on a common axis from 0 to 100 %."""
    left, right, pitch = 66, 54, 24
    scale = _Scale(0, 1, left, WIDTH - right)
    drawn, y = [], 4.0
    for i, row in enumerate(rows):
        if i == 0 or row.label != rows[i - 1].label:
            y += 26
            drawn.append(_text(0, y - 6, row.label, "label strong" if row.strong else "label", "start"))
        drawn.append(_whisker(row, y + pitch / 2 - 4, scale, left))
        y += pitch
    axis = [_vertical(scale(t), 12, y, f"{t * 100:.0f} %", y + 16) for t in (0, 0.25, 0.5, 0.75, 1)]
    words = "; ".join(f"{row.label} {row.note} {_interval_words(row)}" for row in rows)
    return _svg(WIDTH, y + 22, title, words, [*axis, *drawn])


def curves(
    series: Sequence[Series], title: str, *, width: int = 348, height: int = 190, share: bool = False
) -> Markup:
    """Curves over steps, on an axis that holds 0 and the data; `share` prints it in per cent and stops it at 100 %.

    Points that are not finite are left out, and the line is broken there. Long curves are drawn faint with a moving average.
    """
    finite = [(x, y) for one in series for x, y in one.points if math.isfinite(y)]
    if not finite:
        return Markup("")
    low, high = _fit([y for _, y in finite] + ([_LEAST_SHARE] if share else []))
    steps = [x for x, _ in finite]
    across = _Scale(min(steps), max(max(steps), min(steps) + 1), _LEFT, width - _RIGHT)
    up = _Scale(low, high, height - _BOTTOM, _TOP)
    parts = [_horizontal(up(t), _LEFT, width - _RIGHT, _tick(t, share)) for t in _ticks(low, high)]
    parts += [_text(across(x), height - 8, _count(x), "tick", anchor) for x, anchor in _ends(steps)]
    for i, one in enumerate(series):
        parts.append(_curve(one, i, across, up))
    return _svg(width, height, title, "; ".join(_trend(one, share) for one in series), parts)


def histogram(values: Sequence[float], low: float, high: float, title: str, *, bins: int = 20) -> Markup:
    """How many of the values fall into each of `bins` equal parts of [low, high]; the highest is printed on its bar."""
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, max(0, int((value - low) / (high - low) * bins)))] += 1
    width, height, top = 250, 140, 22
    across = _Scale(0, bins, 8, width - 8)
    up = _Scale(0, max(counts) or 1, height - _BOTTOM, top)
    parts = [_horizontal(up(0), across(0), across(bins), "")]
    for i, count in enumerate(counts):
        edges = f"{low + (high - low) * i / bins:g} to {low + (high - low) * (i + 1) / bins:g}"
        parts.append(
            _bar(
                across(i) + 1,
                up(count),
                across(i + 1) - across(i) - 2,
                up(0) - up(count),
                f"{edges}: {count:,}",
            )
        )
        if i == counts.index(max(counts)):
            parts.append(
                _text(
                    across(i + 0.5),
                    up(count) - 5,
                    f"{count:,}",
                    "tick",
                    "middle" if 0 < i < bins - 1 else "end",
                )
            )
    parts += [
        _text(across(i), height - 8, f"{low + (high - low) * i / bins:g}", "tick", "middle")
        for i in (0, bins // 2, bins)
    ]
    return _svg(
        width, height, title, f"{len(values):,} scores from {min(values):g} to {max(values):g}", parts
    )


def stacked(parts: Sequence[tuple[str, int, str]], title: str) -> Markup:
    """One bar of parts (name, count, class), each as wide as its share."""
    total = sum(count for _, count, _ in parts)
    scale = _Scale(0, total or 1, 0, WIDTH)
    drawn, start = [], 0
    for name, count, kind in parts:
        x, width = scale(start), scale(start + count) - scale(start)
        drawn.append(
            Markup('<rect class="{}" x="{:.1f}" y="0" width="{:.1f}" height="30">{}</rect>').format(
                kind, x, max(0, width - 2), _title(f"{name}: {count:,}")
            )
        )
        if width > 9 * len(f"{count:,}"):
            drawn.append(_text(x + width / 2, 20, f"{count:,}", f"on {kind}", "middle"))
        start += count
    return _svg(WIDTH, 30, title, "; ".join(f"{name} {count:,}" for name, count, _ in parts), drawn)


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def _svg(width: float, height: float, title: str, words: str, parts: Iterable[Markup]) -> Markup:
    head = Markup(
        '<svg class="chart" role="img" viewBox="0 0 {:g} {:g}" preserveAspectRatio="xMinYMin meet" aria-label="{}">'
    ).format(width, height, f"{visible(title)}. {visible(words)}")
    return head + Markup("").join(parts) + Markup("</svg>")


def _whisker(row: Whisker, y: float, scale: _Scale, left: float) -> Markup:
    kind = "dot strong" if row.strong else "dot"
    parts = [_text(left - 8, y + 4, row.note, "tick", "end")]
    if row.low is not None and row.high is not None:
        line = Markup('<line class="{}" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>')
        parts.append(line.format(kind, scale(row.low), scale(row.high), y, y))
    circle = Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="5.5">{}</circle>')
    words = f"{row.label} {row.note}: {_interval_words(row)}"
    parts.append(circle.format(f"{kind} hollow" if row.hollow else kind, scale(row.mean), y, _title(words)))
    parts.append(_text(WIDTH, y + 4, percent(row.mean), "value strong" if row.strong else "value", "end"))
    return Markup("").join(parts)


def _interval_words(row: Whisker) -> str:
    if row.low is None or row.high is None:
        return percent(row.mean)
    return f"{percent(row.mean)}, interval {row.low * 100:.0f} to {row.high * 100:.0f} %"


def _curve(series: Series, index: int, across: _Scale, up: _Scale) -> Markup:
    points = [(across(x), up(y) if math.isfinite(y) else None) for x, y in series.points]
    long = len(points) >= _SMOOTH_FROM
    parts = [_path(points, f"line s{index % 6}{' faint' if long else ''}")]
    if long:
        parts.append(_path(_moving_average(points), f"line s{index % 6}"))
    elif len(points) <= 40:
        circle = Markup('<circle class="point s{}" cx="{:.1f}" cy="{:.1f}" r="2.6">{}</circle>')
        for (x, y), (step, value) in zip(points, series.points, strict=True):
            if y is not None:
                parts.append(
                    circle.format(index % 6, x, y, _title(f"{series.name}, step {step:g}: {value:.3g}"))
                )
    return Markup("").join(parts)


def _moving_average(points: Sequence[tuple[float, float | None]]) -> list[tuple[float, float | None]]:
    reach = max(2, len(points) // 20)
    averaged: list[tuple[float, float | None]] = []
    for i, (x, _) in enumerate(points):
        near = [y for _, y in points[max(0, i - reach) : i + reach + 1] if y is not None]
        averaged.append((x, sum(near) / len(near) if near else None))
    return averaged


def _path(points: Sequence[tuple[float, float | None]], kind: str) -> Markup:
    commands, pen_up = [], True
    for x, y in points:
        if y is not None:
            commands.append(f"{'M' if pen_up else 'L'}{x:.1f} {y:.1f}")
        pen_up = y is None
    return Markup('<path class="{}" d="{}"/>').format(kind, "".join(commands))


def _horizontal(y: float, x1: float, x2: float, label: str) -> Markup:
    line = Markup('<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>').format(x1, x2, y, y)
    return line + (_text(x1 - 6, y + 4, label, "tick", "end") if label else Markup(""))


def _vertical(x: float, y1: float, y2: float, label: str, label_y: float) -> Markup:
    line = Markup('<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>').format(x, x, y1, y2)
    return line + _text(x, label_y, label, "tick", "middle")


def _bar(x: float, y: float, width: float, height: float, words: str) -> Markup:
    rect = Markup('<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">{}</rect>')
    return rect.format(x, y, width, height, _title(words))


def _text(x: float, y: float, text: str, kind: str, anchor: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        kind, x, y, anchor, visible(text)
    )


def _title(words: str) -> Markup:
    return Markup("<title>{}</title>").format(escape(visible(words)))


def _fit(values: Sequence[float]) -> tuple[float, float]:
    """An axis that holds the values and 0, up to a round number."""
    low, high = min(0.0, *values), max(0.0, *values)
    step = _step(high - low or 1.0)
    return math.floor(low / step) * step, max(math.ceil(high / step), 1) * step


def _ticks(low: float, high: float) -> list[float]:
    step = _step(high - low)
    return [low + i * step for i in range(round((high - low) / step) + 1)]


def _step(span: float) -> float:
    """1, 2, 2.5 or 5 times a power of ten, so that the span has about four steps."""
    size = 10.0 ** math.floor(math.log10(span / 4))
    return next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor * 4 >= span * 0.999)


def _tick(value: float, share: bool) -> str:
    return f"{value * 100:.3g} %" if share else f"{value:.3g}"


def _ends(steps: Sequence[float]) -> list[tuple[float, str]]:
    first, last = min(steps), max(steps)
    return [(first, "start")] + ([(last, "end")] if last > first else [])


def _count(step: float) -> str:
    return f"step {step:g}"


def ends(series: Series, share: bool = False) -> str:
    """The first and the last finite value of a curve: `0.39 → 0.87`."""
    finite = [y for _, y in series.points if math.isfinite(y)]
    if not finite:
        return "no finite value"
    show = percent if share and min(finite) >= 0 else "{:.3g}".format
    return f"{show(finite[0])} → {show(finite[-1])}"


def _trend(series: Series, share: bool) -> str:
    return f"{series.name}: {ends(series, share)}"
