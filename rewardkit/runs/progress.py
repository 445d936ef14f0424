"""The charts of a training run: reward and components over steps, and the signs that training is healthy or is not.

The loss of RFT is not among them: it is near 0 by construction on the first step and says nothing of progress.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import charts
from .figures import Figure
from .records import Metrics, StepTimes
from .wording import percent

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
_POLICY = (  # of what is drawn from a model; imitation has an entropy too, which says nothing of it
    ("unique", "Distinct completions", "share of a prompt's completions that differ", True),
    ("entropy", "Entropy", "nats a token: how undecided the model is", False),
    ("kl", "Distance from the start", "KL, nats a token", False),
)
_SECONDS = ("generating", "scoring", "optimising")


def progress(
    metrics: Sequence[Metrics], components: Sequence[str] = (), times: Sequence[StepTimes] = ()
) -> list[tuple[str, list[Figure]]]:
    """(name of the phase, its charts), RFT first; a phase or a chart without data is left out.

    `components` is the order of the parts of a score: the logs of a training have them by the alphabet.
    """
    by_phase: dict[str, list[Metrics]] = {}
    for row in metrics:
        by_phase.setdefault(row.phase, []).append(row)
    order = sorted(by_phase, key=lambda phase: list(PHASES).index(phase) if phase in PHASES else len(PHASES))
    charted = [
        (
            PHASES.get(phase, phase),
            _figures(by_phase[phase], components, [row for row in times if row.phase == phase]),
        )
        for phase in order
    ]
    return [(name, figures) for name, figures in charted if figures]


def _figures(rows: Sequence[Metrics], components: Sequence[str], times: Sequence[StepTimes]) -> list[Figure]:
    found = [
        _curve(rows, "reward", "Reward", "mean over the completions of the step"),
        _curve(rows, "true_reward", "The grader's own score", "mean; the optimiser was given another"),
        _components(rows, components),
    ]
    found += [_curve(rows, field, title, caption, share=share) for field, title, caption, share in _HEALTH]
    if any(row.reward is not None for row in rows):
        found += [
            _curve(rows, field, title, caption, share=share) for field, title, caption, share in _POLICY
        ]
        found.append(_seconds(times))
    else:
        found.append(_curve(rows, "loss", "Loss", "on the examples imitated; low says little of answers"))
    return [figure for figure in found if figure is not None]


def _curve(
    rows: Sequence[Metrics], field: str, title: str, caption: str, *, share: bool = False
) -> Figure | None:
    points = [
        (float(row.step), float(value)) for row in rows if (value := getattr(row, field, None)) is not None
    ]
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


def _seconds(times: Sequence[StepTimes]) -> Figure | None:
    """Where the seconds of a step go, and which grader is the slowest."""
    waited = any(row.waiting >= 1 for row in times)
    names = [*_SECONDS, *(["waiting"] if waited else [])]
    series = [charts.Series(name, [(float(row.step), _part(row, name)) for row in times]) for name in names]
    drawn = charts.curves(series, "Seconds of a step")
    if not drawn:
        return None
    total = sum(row.seconds for row in times) or 1.0
    caption = f"seconds; scoring {percent(sum(_part(row, 'scoring') for row in times) / total)} of them{_reused(times)}"
    slowest = _slowest(times)
    waiting = " (waiting: for a judge that was away)" if waited else ""
    return Figure("Time of a step", drawn, f"{caption}{waiting}{slowest}", names)


def _reused(times: Sequence[StepTimes]) -> str:
    shares = [row.reused for row in times if row.reused is not None]
    mean = sum(shares) / len(shares) if shares else 0.0
    return f", {percent(mean)} of the calls answered from earlier ones" if mean else ""


def _part(row: StepTimes, name: str) -> float:
    """The seconds of a part; the wait for a judge is told apart from scoring."""
    value: float = getattr(row, name)
    return value - row.waiting if name == "scoring" else value


def _slowest(times: Sequence[StepTimes]) -> str:
    """The slowest grader by its mean over the steps, with the median step's 95 % bound; empty when no call was timed."""
    by_name: dict[str, list[tuple[int, float, float]]] = {}
    for row in times:
        for name, each in row.graders.items():
            by_name.setdefault(name, []).append((each.calls, each.mean_ms, each.p95_ms))
    means = {
        name: sum(calls * mean for calls, mean, _ in rows) / max(1, sum(calls for calls, _, _ in rows))
        for name, rows in by_name.items()
    }
    if not means:
        return ""
    slow = max(means, key=lambda name: means[name])
    late = sorted(p95 for _, _, p95 in by_name[slow])[len(by_name[slow]) // 2]
    which = f"slowest grader {slow}" if len(means) > 1 else slow
    return f"; {which}: {means[slow]:.3g} ms a call, 95 % within {late:.3g} ms"
