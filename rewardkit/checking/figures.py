"""Figures of a grader on a policy's completions, as people read them: `0.62 (0.55 to 0.69), 40 prompts`."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from .results import Figure, OnCompletions

_WIDTH = 12


def on_completions_lines(seen: OnCompletions) -> Iterator[Text]:
    """What was looked at, and each figure with its interval; they say something too where no check warns."""
    for label, line in zip(["on", *[""] * len(seen.figures)], _lines(seen), strict=True):
        yield Text(f"  {label:<{_WIDTH}}", style="dim").append(line, style="not dim")


def figure_text(figure: Figure) -> str:
    """The value, its interval where there is one, and over how many prompts."""
    count = f"{figure.prompts:,} prompt" + ("" if figure.prompts == 1 else "s")
    return f"{interval_text(figure)}, {count}"


def interval_text(figure: Figure) -> str:
    """The value and its interval: `0.62 (0.55 to 0.69)`."""
    if figure.low is None or figure.high is None:
        return _short(figure.value)
    return f"{_short(figure.value)} ({_short(figure.low)} to {_short(figure.high)})"


def _lines(seen: OnCompletions) -> Iterator[str]:
    parts = [f"{seen.source}: {seen.completions:,} completions of {seen.prompts:,} prompts"]
    parts += [f"mean reward {interval_text(seen.reward)}"] if seen.reward else []
    parts += [f"{seen.unscored:,} unscored"] if seen.unscored else []
    parts += [f"{seen.stored:,} scores taken from the run"] if seen.stored else []
    parts += [f"{seen.left_out:,} not looked at"] if seen.left_out else []
    yield ", ".join(parts)
    for figure in seen.figures:
        yield f"{figure.name}: {figure_text(figure)}"


def _short(value: float) -> str:
    return f"{value:.2g}" if abs(value) < 0.1 else f"{value:.2f}"
