"""The charts of a training run: reward and components over steps, and the signs that training is healthy or is not.

The loss of RFT is not among them: it is near 0 by construction on the first step and says nothing of progress.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import charts
from .figures import Figure
from .records import Metrics

PHASES = {
    "rft": "RFT",
    "raft": "RAFT",
    "warm_start": "Warm-start samples",
    "sft": "SFT warm start",
    "sft_alone": "SFT alone",
}
_MOST_CURVES = 6  # components in one chart; more cannot be told apart
_HEALTH = (
    ("saturated", "Saturated groups", "all rewards of the group equal: nothing to learn from", True),
    ("length", "Completion length", "tokens, mean of the step", False),
    ("truncated", "Truncated completions", "cut off at the token limit", True),
    ("unscored", "Unscored completions", "the grader could not decide; left out of the update", True),
)


def progress(metrics: Sequence[Metrics], components: Sequence[str] = ()) -> list[tuple[str, list[Figure]]]:
    """(name of the phase, its charts), RFT first; a phase or a chart without data is left out.

    `components` is the order of the parts of a score: the logs of a training have them by the alphabet.
    """
    by_phase: dict[str, list[Metrics]] = {}
    for row in metrics:
        by_phase.setdefault(row.phase, []).append(row)
    order = sorted(by_phase, key=lambda phase: list(PHASES).index(phase) if phase in PHASES else len(PHASES))
    charted = [(PHASES.get(phase, phase), _figures(by_phase[phase], components)) for phase in order]
    return [(name, figures) for name, figures in charted if figures]


def _figures(rows: Sequence[Metrics], components: Sequence[str]) -> list[Figure]:
    found = [
        _curve(rows, "reward", "Reward", "mean over the completions of the step"),
        _components(rows, components),
    ]
    found += [_curve(rows, field, title, caption, share=share) for field, title, caption, share in _HEALTH]
    if not any(row.reward is not None for row in rows):
        found.append(_curve(rows, "loss", "Loss", "on the examples imitated; low says little of answers"))
    return [figure for figure in found if figure is not None]


def _curve(
    rows: Sequence[Metrics], field: str, title: str, caption: str, *, share: bool = False
) -> Figure | None:
    points = [(float(row.step), float(value)) for row in rows if (value := getattr(row, field)) is not None]
    series = charts.Series(title, points)
    drawn = charts.curves([series], f"{title} over steps", share=share)
    return Figure(title, drawn, f"{caption}; {charts.ends(series, share)}") if drawn else None


def _components(rows: Sequence[Metrics], order: Sequence[str]) -> Figure | None:
    there = dict.fromkeys(name for row in rows for name in row.components)
    names = [*(name for name in order if name in there), *(name for name in there if name not in order)]
    names = names[:_MOST_CURVES]
    series = [
        charts.Series(n, [(float(r.step), float(r.components[n])) for r in rows if n in r.components])
        for n in names
    ]
    drawn = charts.curves(series, "Components over steps")
    return Figure("Components", drawn, "mean of each part of the score", names) if drawn else None
