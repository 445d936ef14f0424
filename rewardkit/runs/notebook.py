"""What a notebook shows of a run: a table of its figures, made of nothing but HTML."""

from __future__ import annotations

from html import escape

from .records import RunInfo, StageRow, Summary
from .wording import bounds, figure, visible


def summary_html(info: RunInfo, summary: Summary) -> str:
    """A line per stage and grader with the share solved and the mean score, each with its interval."""
    rows = [row for row in summary.stages if row.slice is None]
    pairs: dict[tuple[str, str, str], dict[str, StageRow]] = {}
    for row in rows:
        pairs.setdefault((row.name, row.decoding, row.grader), {})[row.metric] = row
    lines = "".join(
        f"<tr>{''.join(f'<td>{_text(part)}</td>' for part in (*about, *_cells(figures)))}</tr>"
        for about, figures in pairs.items()
    )
    heads = ("stage", "decoding", "grader", "prompts", "solved (95 %)", "mean score (95 %)", "unscored")
    head = "".join(f"<th>{name}</th>" for name in heads)
    caption = f"{_text(info.verb)} {_text(info.name)}"
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _cells(figures: dict[str, StageRow]) -> tuple[str, ...]:
    any_row = next(iter(figures.values()))
    shown = (
        f"{figure(figures[metric])} ({bounds(figures[metric])})" if metric in figures else ""
        for metric in ("solved", "score")
    )
    return (f"{any_row.prompts:,}", *shown, f"{any_row.unscored:,}")


def _text(text: str) -> str:
    return escape(visible(text))
